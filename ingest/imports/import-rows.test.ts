import { qualityNames } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ImportCell, type ImportMapping, readImport } from "./import-rows.ts";

const long: ImportMapping = {
  time: "time",
  machine: { column: "machine" },
  values: { signal: { column: "signal" }, value: "value", unit: "unit", quality: "quality" },
};
const header = ["machine", "signal", "unit", "time", "value", "quality"];
const units = new Map([
  ["pressure", "kPa"],
  ["hours", "h"],
]);
const reading = {
  nowNs: 1_800_000_000_000_000_000n,
  unitOf: (machineId: string, signal: string) =>
    machineId.startsWith("M") ? units.get(signal) : undefined,
  isMachine: (machineId: string) => machineId.startsWith("M"),
};
const read = (rows: readonly (readonly ImportCell[])[], mapping = long) =>
  readImport([header, ...rows], mapping, reading);
const at = "2026-05-01T08:00:00.000000001Z";

describe("readImport", () => {
  test("tells every mistake with its row and column, all at once", async () => {
    const { faults, rows } = await read([
      ["M1", "pressure", "kPa", at, "1.5", "good"],
      ["X", "pressure", "kPa", at, "1", ""],
      ["M1", "colour", "kPa", at, "1", ""],
      ["M1", "pressure", "bar", at, "1", ""],
      ["M1", "pressure", "kPa", "yesterday", "1", ""],
      ["M1", "pressure", "kPa", "2026-05-01 08:00:00", "1", ""],
      ["M1", "pressure", "kPa", "2026-02-31T08:00:00Z", "1", ""],
      ["M1", "pressure", "kPa", "2100-01-01T00:00:00Z", "1", ""],
      ["M1", "pressure", "kPa", "2026-05-02T08:00:00Z", "1,5", ""],
      ["M1", "pressure", "kPa", "2026-05-03T08:00:00Z", "1", "fine"],
      [null, null, null, null, null, null],
      ["M1", "pressure", "kPa", at, "2", ""],
      ["M1", "pressure", "kPa", "0001-01-01T00:00:00Z", "1", ""],
    ]);
    expect(rows).toBe(12);
    expect(faults.map(({ row, column, value }) => [row, column, value])).toEqual([
      [3, "machine", "X"],
      [4, "signal", "colour"],
      [5, "unit", "bar"],
      [6, "time", "yesterday"],
      [7, "time", "2026-05-01 08:00:00"],
      [8, "time", "2026-02-31T08:00:00Z"],
      [9, "time", "2100-01-01T00:00:00Z"],
      [10, "value", "1,5"],
      [11, "quality", "fine"],
      [13, "time", ""],
      [14, "time", "0001-01-01T00:00:00Z"],
    ]);
    expect(faults.map(({ code }) => code)).toEqual([
      ...["no-machine", "no-signal", "unit", "no-time", "no-zone", "no-time", "to-come"],
      ...["no-number", "quality", "repeat", "too-early"],
    ]);
    expect(faults.at(-2)).toMatchObject({
      facts: { signal: "pressure", before: "2" },
      message: "row 2 has pressure at the same time already",
    });
  });

  test("names columns that are missing or stand twice, and reads nothing then", async () => {
    const { columns, faults, series } = await readImport(
      [["machine", "time", "time", "signal", null, "value", "unit"], ["M1"]],
      long,
      reading,
    );
    expect(series).toEqual([]);
    expect(columns).toEqual(["machine", "time", "time", "signal", "value", "unit"]);
    expect(faults.map(({ column, code }) => [column, code])).toEqual([
      ["time", "twice-column"],
      ["quality", "no-column"],
    ]);
  });

  test("reads a column for each signal, an empty cell says nothing", async () => {
    const mapping: ImportMapping = {
      time: "Zeit",
      zone: "+08:00",
      machine: { id: "M1" },
      values: {
        wide: [
          { column: "Druck", signal: "pressure" },
          { column: "Std", signal: "hours" },
        ],
      },
    };
    const rows = [
      ["Zeit", "Druck", "Std"],
      ["2026-05-01 08:00:00.5", "7", ""],
      ["1777593600000", 8, "3"],
    ];
    const { series, faults } = await readImport(rows, mapping, reading);
    expect(faults).toEqual([]);
    expect(series.map(({ signal, samples }) => [signal, samples.length])).toEqual([
      ["pressure", 2],
      ["hours", 1],
    ]);
    expect(series[0]?.samples.map(({ timeNs, value }) => [timeNs, value])).toEqual([
      [1_777_593_600_000_000_000n, 8],
      [1_777_593_600_500_000_000n, 7],
    ]);
  });

  test("a missing value is not available, one that is not good carries no number", async () => {
    const { series } = await read([
      ["M1", "pressure", "kPa", at, "", ""],
      ["M1", "pressure", "kPa", "2026-05-01T09:00:00Z", "5", "error"],
    ]);
    expect(series[0]?.samples.map(({ value, quality }) => [value, quality])).toEqual([
      [Number.NaN, "not-available"],
      [Number.NaN, "error"],
    ]);
  });

  test("more samples than a million are a mistake of the file, told at the row where they begin", async () => {
    const names = Array.from({ length: 200 }, (_, column) => `c${column}`);
    const wide = names.map((column) => ({ column, signal: "pressure" }));
    const mapping: ImportMapping = { time: "time", machine: { id: "M1" }, values: { wide } };
    const row = ["2026-05-01T08:00:00Z"];
    const table = [["time", ...names], ...Array.from({ length: 6_000 }, () => row)];
    const { faults, series } = await readImport(table, mapping, reading);
    expect(faults).toEqual([
      {
        ...{ row: 5_002, column: "", value: "", code: "too-many", facts: { most: "1000000" } },
        message: expect.stringContaining("1000000 samples"),
      },
    ]);
    expect(series).toEqual([]);
  });

  test("whatever a file holds: no throw, and every row is a sample or a mistake", async () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom("M1", "pressure", "kPa", at, "1", "good", null, true, 5),
      fc.double(),
      fc.date({ noInvalidDate: true }),
      fc.constantFrom(...qualityNames),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { maxLength: 7 }), { maxLength: 20 }),
        async (rows) => {
          const { faults, series, rows: seen } = await read(rows);
          const bad = new Set(faults.map(({ row }) => row));
          const good = new Set(series.flatMap(({ samples }) => samples.map(({ row }) => row)));
          expect(new Set([...bad, ...good]).size).toBe(seen);
        },
      ),
    );
  });
});
