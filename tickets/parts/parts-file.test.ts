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
      stock: [{ partNo: "A-1", stationId: "changsha", bin: "A-03", quantity: 2 }],
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
  test("are right, and two stations have what they sell", () => {
    const { stations, stock: items } = readPartsFiles();
    expect(stations.map(({ stationId }) => stationId)).toEqual(["changsha", "chengdu"]);
    expect(items.length).toBeGreaterThan(0);
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
