import { readFleet } from "@firebreak/ingest/aemp/read-fleet.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import { skippedText } from "./parts/iso15143/skipped-text.ts";
import { freeColumns, guessMapping, queryOf, wideOf } from "./parts/telemetry/mapping.ts";
import { readColumns } from "./parts/telemetry/read-columns.ts";
import { toInput } from "./parts/telemetry/when.ts";
import { zones } from "./parts/telemetry/zones.ts";

const wanted = (query: string | undefined) => [...new URLSearchParams(query)];

describe("what the columns of a file hold", () => {
  test("an export of ours is understood by its header", () => {
    const columns = ["machine", "signal", "unit", "time", "value", "quality"];
    expect(wanted(queryOf(guessMapping(columns), "preview"))).toEqual([
      ["mode", "preview"],
      ["time", "time"],
      ["machine", "machine"],
      ["value", "value"],
      ["signal", "signal"],
      ["unit", "unit"],
      ["quality", "quality"],
    ]);
  });

  test("columns that hold a signal each are known by its name or title", () => {
    const columns = ["时间", "Engine speed", "fuel", "remark"];
    const known = [
      { name: "engineSpeed", title: { en: "Engine speed", "zh-CN": "发动机转速" } },
      { name: "fuel", title: { en: "Fuel", "zh-CN": "燃油" } },
    ];
    const guessed = { ...guessMapping(columns), machineId: "M=1", zone: "+08:00" };
    expect(guessed).toMatchObject({ time: "时间", shape: "wide", machine: "" });
    expect(queryOf(guessed, "preview")).toBeUndefined();
    const wide = wideOf(columns, { ...guessed, wide: { fuel: "" } }, known);
    expect(wide).toEqual({ "Engine speed": "engineSpeed", fuel: "", remark: "" });
    expect(wanted(queryOf({ ...guessed, wide }, "import"))).toEqual([
      ["mode", "import"],
      ["time", "时间"],
      ["zone", "+08:00"],
      ["machineId", "M=1"],
      ["wide", "Engine speed=engineSpeed"],
    ]);
  });

  test("without machine, values or signal it is not enough", () => {
    const mapping = guessMapping(["time", "value"]);
    expect(queryOf(mapping, "preview")).toBeUndefined();
    expect(queryOf({ ...mapping, machineId: "M" }, "preview")).toBeUndefined();
    const whole = { ...mapping, machineId: "M", signalName: "s" };
    expect(queryOf(whole, "preview")).toContain("signalName=s");
    expect(freeColumns(["time", "a", "a"], mapping)).toEqual(["a"]);
  });
});

describe("learning the columns of a file", () => {
  afterEach(() => vi.unstubAllGlobals());
  const lines = `time,pressure\n${"2026-05-01T08:00:00Z,1\n".repeat(10_000)}`;

  /** Answers each file that is sent; tells how large they were. */
  function answering(...answers: readonly (readonly [status: number, body: object])[]): number[] {
    const sizes: number[] = [];
    vi.stubGlobal("fetch", async (_path: string, { body }: { body: FormData }) => {
      const [status, answer] = answers[sizes.length] ?? [500, {}];
      sizes.push((body.get("file") as File).size);
      return Response.json(answer, { status });
    });
    return sizes;
  }

  test("of a large CSV file only whole lines at its beginning are sent", async () => {
    const sizes = answering([200, { columns: ["time", "pressure"] }]);
    expect(await readColumns(new File([lines], "Large.CSV"))).toEqual(["time", "pressure"]);
    const [sent = 0] = sizes;
    expect(sent).toBeLessThanOrEqual(65_536);
    expect(lines[sent - 1]).toBe("\n");
  });

  test("a cell that reaches over the cut has the whole file sent; so has a workbook", async () => {
    const found = [200, { columns: ["a"] }] as const;
    const csv = answering(
      [400, { code: "EXCHANGE_FILE", message: "a quote is not closed" }],
      found,
    );
    expect(await readColumns(new File([lines], "a.csv"))).toEqual(["a"]);
    expect(csv.at(-1)).toBe(lines.length);
    const workbook = answering(found);
    await readColumns(new File([lines], "a.xlsx"));
    expect(workbook).toEqual([lines.length]);
  });
});

test("times of a form are this device's, and its zone stands first", () => {
  const ms = Date.parse("2026-05-01T08:00:00Z");
  expect(Date.parse(toInput(ms))).toBe(ms);
  expect(new Set(zones()).size).toBe(zones().length);
  expect(zones()).toContain("+05:45");
  for (const zone of zones()) expect(zone).toMatch(/^([+-]\d\d:\d\d|Z)$/);
});

test("why something of another maker's document was left out is said in the reader's words", () => {
  const { skipped } = readFleet(`<Fleet><Equipment><EquipmentHeader><SerialNumber>1</SerialNumber>
    </EquipmentHeader><Colour/><Distance><Odometer>1</Odometer></Distance>
    <FuelRemaining datetime="2026-05-01T00:00:00Z"><Percent>much</Percent></FuelRemaining>
    <EngineStatus datetime="2026-05-01T00:00:00Z"><Running>maybe</Running></EngineStatus>
    <CumulativeOperatingHours datetime="2026-05-01T00:00:00Z"><Hour>-5</Hour></CumulativeOperatingHours>
    <FuelUsed datetime="2026-05-01T00:00:00Z"><FuelUnits>barrel</FuelUnits><FuelConsumed>1</FuelConsumed>
    </FuelUsed></Equipment></Fleet>`);
  const reasons = [...skipped.keys()];
  expect(reasons.length).toBe(6);
  for (const reason of [...reasons, "a machine that is there twice", "a time that lies ahead"])
    expect(skippedText(reason)).not.toBe(reason);
  expect(skippedText("something new")).toBe("something new");
});
