import { readFileSync } from "node:fs";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { demoPartsFile, readPartsFiles } from "./load-parts.ts";
import { parsePartsFiles } from "./parts-file.ts";

const parts = `parts:
  A-1:
    name: { en: Sensor, zh-CN: 传感器 }
    category: standard
    unitPriceFen: 100
    leadTimeDays: 7
`;
const stock = `stations:
  - id: changsha
    name: { en: Changsha, zh-CN: 长沙 }
    region: hunan
    stock:
      A-1: { bin: A-03, quantity: 2 }
`;
const parse = (partsText: string, stockText: string) =>
  parsePartsFiles({ file: "parts.yaml", text: partsText }, { file: "stock.yaml", text: stockText });

describe("parsePartsFiles", () => {
  test("reads parts, stations and stock", () => {
    expect(parse(parts, stock)).toEqual({
      parts: [
        {
          partNo: "A-1",
          name: { en: "Sensor", "zh-CN": "传感器" },
          category: "standard",
          unitPriceFen: 100,
          leadTimeDays: 7,
        },
      ],
      stations: [
        { stationId: "changsha", regionId: "hunan", name: { en: "Changsha", "zh-CN": "长沙" } },
      ],
      locations: [
        {
          locationId: "changsha",
          kind: "station",
          regionId: "hunan",
          name: { en: "Changsha", "zh-CN": "长沙" },
        },
      ],
      stock: [
        {
          partNo: "A-1",
          locationId: "changsha",
          bin: "A-03",
          quantity: 2,
          plannedQty: 0,
          ringFenced: { exceed: 0, above: 0, meet: 0 },
          min: 0,
          target: 0,
          max: 0,
        },
      ],
    });
  });

  test("reads other places, with bands, fences and whose vehicle it is", () => {
    const more = `locations:
  - id: van-1
    kind: vehicle
    name: { en: Van, zh-CN: 服务车 }
    station: changsha
    engineer: E-1
    point: { lat: 28, lon: 112 }
    parent: changsha
    stock:
      A-1: { bin: L, quantity: 3, min: 1, max: 4, fenced: { exceed: 1 } }
`;
    const { locations, stock: items } = parse(parts, stock + more);
    expect(locations.at(-1)).toEqual({
      locationId: "van-1",
      kind: "vehicle",
      name: { en: "Van", "zh-CN": "服务车" },
      regionId: "",
      stationId: "changsha",
      engineerId: "E-1",
      parentId: "changsha",
      point: { lat: 28, lon: 112 },
    });
    expect(items.at(-1)).toMatchObject({
      locationId: "van-1",
      ringFenced: { exceed: 1, above: 0, meet: 0 },
      min: 1,
      target: 1,
      max: 4,
    });
  });

  test("reports every mistake of both files at once, with line and column", () => {
    const badParts = parts.replace("100", "-1").replace("7", "soon");
    const badStock = stock.replace("quantity: 2", "quantity: many").replace("region", "regoin");
    expect(() => parse(badParts, badStock)).toThrow(
      expect.objectContaining({ code: "BAD_CONFIGURATION" }),
    );
    let text = "";
    try {
      parse(badParts, badStock);
    } catch (error) {
      text = (error as Error).message;
    }
    const places = text.split("\n").map((row) => row.split(":").slice(0, 3).join(":"));
    expect(places).toEqual([
      "parts.yaml:5:19",
      "parts.yaml:6:19",
      expect.stringMatching(/^stock.yaml:/),
      "stock.yaml:4:5",
      "stock.yaml:6:35",
    ]);
  });

  test("finds stock of unknown parts and stations named twice", () => {
    const twice = stock + stock.slice(stock.indexOf("  - id")).replace("A-1", "A-2");
    expect(() => parse(parts, twice)).toThrow(
      /stock.yaml:7:9: .*named twice\nstock.yaml:11:7: .*no part A-2 in parts.yaml/,
    );
  });
});

describe("the demo files", () => {
  test("are right: three stations, headquarters and five regional centres, all on the map", () => {
    const { locations } = readPartsFiles();
    const ofKind = (wanted: string) =>
      locations.filter(({ kind }) => kind === wanted).map(({ locationId }) => locationId);
    expect(ofKind("station")).toEqual(["changsha", "chengdu", "wuhan"]);
    expect([ofKind("hq").length, ofKind("regional_centre").length]).toEqual([1, 5]);
    expect(locations.filter(({ point }) => !point)).toEqual([]);
    const known = new Set(locations.map(({ locationId }) => locationId));
    expect(locations.filter(({ parentId }) => parentId && !known.has(parentId))).toEqual([]);
  });

  test("name every part that a plan of ours needs", () => {
    const known = new Set(readPartsFiles().parts.map(({ partNo }) => partNo));
    const needed = listPlans().flatMap((id) =>
      Object.values(loadPlan(id).service.failureModes).flatMap(({ parts: lines }) =>
        lines.map(({ partNo }) => partNo),
      ),
    );
    expect(needed.filter((partNo) => !known.has(partNo))).toEqual([]);
    expect(readFileSync(demoPartsFile, "utf8")).not.toContain("\t");
  });
});
