import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { DtcFreezeFrame, EcuIdentity } from "@firebreak/wire/machine-event.ts";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openControllerBook } from "./controller-book.ts";
import { newestOf, placeWord, type Word } from "./placed-word.ts";

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0).reverse()) end();
});

const nowMs = 1_000_000;
const clock = { nowMs: (): number => nowMs, monotonicMs: () => nowMs };

function bookOf() {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-controllers-"));
  endings.push(() => rmSync(folder, { recursive: true }));
  const open = () => openControllerBook(join(folder, "c.sqlite"), { clock, log: silentLogger });
  return { open };
}

const software = (second: number, version: string, sa = 0): EcuIdentity => ({
  kind: "identity",
  timeNs: BigInt(second) * 1_000_000_000n,
  sa,
  fact: "software",
  fields: [version],
});

describe("controller book", () => {
  test("what cannot be noted as a whole is not noted in part, and can be told again", () => {
    const book = bookOf().open();
    endings.push(() => book.close());
    const events = [software(10, "1.4"), software(20, "1.5")];
    const now = vi.spyOn(clock, "nowMs").mockReturnValueOnce(nowMs);
    now.mockImplementationOnce(() => {
      throw new Error("database or disk is full");
    });
    book.note("M", events);
    expect(book.of("M")).toEqual([]);
    now.mockRestore();
    book.note("M", events);
    expect(book.of("M")[0]?.facts[0]?.words).toHaveLength(2);
  });

  test("a changed software version is there with its instant, also after a restart", () => {
    const { open } = bookOf();
    const before = open();
    before.note("M", [software(10, "1.4"), software(20, "1.4"), software(30, "1.5")]);
    before.note("M", [software(10, "1.4"), software(30, "1.5")]);
    before.close();
    const book = open();
    endings.push(() => book.close());
    expect(book.of("M")).toEqual([
      {
        network: 0,
        sa: 0,
        facts: [
          {
            fact: "software",
            now: { fields: ["1.5"], sinceMs: 30_000, seenMs: 30_000 },
            words: [
              { fields: ["1.4"], sinceMs: 10_000, seenMs: 20_000 },
              { fields: ["1.5"], sinceMs: 30_000, seenMs: 30_000 },
            ],
          },
        ],
      },
    ]);
    expect(book.of("other")).toEqual([]);
  });

  test("addresses, networks and facts are kept apart", () => {
    const book = bookOf().open();
    endings.push(() => book.close());
    book.note("M", [
      { ...software(1, "B", 3), network: 1 },
      software(1, "A", 3),
      { ...software(1, "8000fa0001200001", 0), fact: "name" },
    ]);
    const seen = book.of("M").map(({ network, sa, facts }) => [network, sa, facts[0]?.fact]);
    expect(seen).toEqual([
      [0, 0, "name"],
      [0, 3, "software"],
      [1, 3, "software"],
    ]);
  });

  test("a clock that is ahead does not hold the last word", () => {
    const book = bookOf().open();
    endings.push(() => book.close());
    book.note("M", [software(9_000_000_000, "future")]);
    expect(book.of("M")[0]?.facts[0]?.now.seenMs).toBe(nowMs);
  });

  test("keeps 20 words of a fact and 256 facts of a machine", () => {
    const book = bookOf().open();
    endings.push(() => book.close());
    for (let second = 1; second <= 30; second++) book.note("M", [software(second, `V${second}`)]);
    const [words] = book.of("M")[0]?.facts.map((fact) => fact.words) ?? [];
    expect(words).toHaveLength(20);
    expect(words?.at(-1)?.fields).toEqual(["V30"]);
    for (let sa = 1; sa < 256; sa++)
      book.note("M", [software(1, "V", sa), { ...software(1, "V", sa), fact: "vin" }]);
    expect(book.of("M").flatMap(({ facts }) => facts)).toHaveLength(256);
  });
});

describe("freeze frames", () => {
  const frame = (second: number, engineSpeedRpm: number, spn = 100): DtcFreezeFrame => ({
    kind: "freeze-frame",
    timeNs: BigInt(second) * 1_000_000_000n,
    sa: 0,
    dtc: { spn, fmi: 4, oc: 2, cm: 0 },
    values: {
      boostKpa: null,
      engineSpeedRpm,
      engineLoadPercent: 80,
      coolantTemperatureC: null,
      vehicleSpeedKmh: null,
    },
    extra: "ab",
  });

  test("of each code the newest is kept, with when it was first told, in whatever order they come", () => {
    const book = bookOf().open();
    endings.push(() => book.close());
    book.note("M", [frame(10, 900), frame(20, 950), frame(30, 950), frame(15, 900)]);
    const { values, extra } = frame(20, 950);
    const place = { network: 0, sa: 0, spn: 100, fmi: 4, oc: 2 };
    expect(book.freezeFrames("M")).toEqual([
      { ...place, values, extra, sinceMs: 20_000, seenMs: 30_000 },
    ]);
    expect(book.freezeFrames("other")).toEqual([]);
  });

  test("200 codes of a machine are kept, the newest", () => {
    const book = bookOf().open();
    endings.push(() => book.close());
    book.note(
      "M",
      Array.from({ length: 250 }, (_, at) => frame(at, 900, at)),
    );
    const kept = book.freezeFrames("M");
    expect(kept).toHaveLength(200);
    expect(kept.at(-1)?.spn).toBe(50);
  });
});

test("what is said in any order, any number of times, ends with the newest, and every word has its instant", () => {
  const said = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.constantFrom("a", "b", "c")), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(said, (all) => {
      // One word at each instant, as from one control unit.
      const truth = new Map(all);
      let words: Word[] = [];
      for (const [atMs] of all) {
        const placed = placeWord(words, [truth.get(atMs) ?? ""], atMs);
        if (!placed) continue;
        const { put, moved } = placed;
        words = [...words.filter((word) => word.sinceMs !== (moved ?? put.sinceMs)), put];
        words.sort((one, other) => one.sinceMs - other.sinceMs);
      }
      const lastMs = Math.max(...truth.keys());
      expect(newestOf(words)?.fields).toEqual([truth.get(lastMs)]);
      expect(words.length).toBeLessThanOrEqual(truth.size);
      for (const { fields, sinceMs } of words) expect(fields).toEqual([truth.get(sinceMs)]);
    }),
  );
});
