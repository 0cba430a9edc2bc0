import { readFileSync } from "node:fs";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { describe, expect, test } from "vitest";
import { rawLimits } from "./spn.ts";
import { factOfSignal, factOfSpn, parseSpnFacts, spnFacts } from "./spn-facts.ts";

const published = sharedData("j1939/j1939_spn_facts.csv");

describe("spnFacts", () => {
  test("names every SPN and every signal once", () => {
    expect(spnFacts.length).toBeGreaterThanOrEqual(156);
    expect(new Set(spnFacts.map(({ spn }) => spn)).size).toBe(spnFacts.length);
    expect(new Set(spnFacts.map(({ signal }) => signal)).size).toBe(spnFacts.length);
    expect(spnFacts.filter(({ signal }) => !/^[a-z][A-Za-z0-9]*$/.test(signal))).toEqual([]);
  });

  test("lets no two signals of a message overlap", () => {
    const taken = new Map<string, number>();
    const overlaps: number[] = [];
    for (const { pgn, spn, startByte, startBit, bits } of spnFacts)
      for (let bit = 0; bit < bits; bit++) {
        const place = `${pgn}:${(startByte - 1) * 8 + startBit - 1 + bit}`;
        if (taken.has(place)) overlaps.push(spn);
        taken.set(place, spn);
      }
    expect(overlaps).toEqual([]);
  });

  test("gives analog signals the whole raw range, save the one that the standard narrows", () => {
    const narrower = spnFacts.filter(
      ({ kind, bits, scale, offset, max }) =>
        kind === "analog" && max !== (rawLimits(kind, bits).reserved - 1) * scale + offset,
    );
    expect(narrower.map(({ spn }) => spn)).toEqual([4154]);
  });

  test.skipIf(published === undefined)("states the same positions and scales as collected", () => {
    const [, ...rows] = readFileSync(published ?? "", "utf8")
      .trim()
      .split("\n");
    const expected = rows.map((row) => {
      const cells = row.split(",");
      return [cells[0], cells[6], ...cells.slice(8, 13)].map(Number);
    });
    const collected = new Set(expected.map(([, spn]) => spn));
    const ours = spnFacts
      .filter(({ spn }) => collected.has(spn))
      .map(({ pgn, spn, startByte, startBit, bits, scale, offset }) => [
        pgn,
        spn,
        startByte,
        startBit,
        bits,
        scale,
        offset,
      ]);
    expect(ours).toEqual(expected);
  });
});

describe("lookups", () => {
  test("find a fact by SPN and by signal name", () => {
    expect(factOfSpn(190)).toMatchObject({ signal: "engineSpeed", pgn: 61444, unit: "rpm" });
    expect(factOfSignal("engineOilPressure")).toMatchObject({ spn: 100, scale: 4, unit: "kPa" });
  });

  test("know nothing of what is not there", () => {
    expect(factOfSpn(524020)).toBeUndefined();
    expect(factOfSignal("nonsense")).toBeUndefined();
  });
});

describe("parseSpnFacts", () => {
  const header =
    "pgn,acronym,spn,signal,name,startByte,startBit,bits,scale,offset,unit,min,max,kind,note";
  const row = "61444,EEC1,190,engineSpeed,Engine Speed,4,1,16,0.125,0,rpm,0,8031.875,analog,";

  test.each([
    { name: "another header", csv: `spn\n${row}` },
    { name: "a cell that is no number", csv: `${header}\n${row.replace("0.125", "an eighth")}` },
    { name: "an empty number", csv: `${header}\n${row.replace("0.125", "")}` },
    { name: "an unknown kind", csv: `${header}\n${row.replace("analog", "text")}` },
  ])("refuses $name", ({ csv }) => expect(() => parseSpnFacts(csv)).toThrow(TypeError));

  test("reads a row", () => {
    expect(parseSpnFacts(`${header}\n${row}\n`)).toEqual([{ ...factOfSpn(190), line: 2 }]);
  });
});
