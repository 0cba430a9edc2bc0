import { describe, expect, test } from "vitest";
import { compareRuns, type Run, type StoredSample } from "../compare-runs.fixture.ts";

/** Two signals, ten samples each, turn about. */
const expected = (offsetUs: number) =>
  Array.from({ length: 10 }, (_, at) => ({
    tUs: at * 6_000 + offsetUs,
    value: at % 4 === 3 ? null : at,
    quality: at % 4 === 3 ? "not-available" : "good",
  }));
const recording = {
  endUs: 60_000,
  signals: new Map([
    ["190@0", expected(0)],
    ["100@0", expected(3_000)],
  ]),
};
const startNs = 1_700_000_000_000_000_000n;

const storedOf = (tag: number, until = 10): Map<string, StoredSample[]> =>
  new Map(
    [...recording.signals].map(([key, samples]) => [
      key,
      samples.slice(0, until).map(({ tUs, value, quality }) => ({
        t: startNs + BigInt(tUs + tag) * 1_000n - BigInt(recording.endUs) * 1_000n,
        value,
        quality,
      })),
    ]),
  );

function edited(
  edit: (rows: StoredSample[], stored: Map<string, StoredSample[]>) => void,
  until?: number,
) {
  const stored = storedOf(7, until);
  edit(stored.get("190@0") ?? [], stored);
  return stored;
}

const whole: Run = { tag: 7, recording };
const cut: Run = { tag: 7, recording, isCut: true };

describe("the comparison of runs with the store", () => {
  test("accepts a whole run, and the beginning of a cut one", () => {
    const { problems, found } = compareRuns(storedOf(7), [whole]);
    expect(problems).toEqual([]);
    expect(found).toEqual([{ tag: 7, stored: 20, startNs, reachedUs: 57_000 }]);
    expect(compareRuns(storedOf(7, 4), [cut]).problems).toEqual([]);
    expect(compareRuns(new Map(), [cut]).problems).toEqual([]);
  });

  test.each([
    { name: "a missing sample", edit: (rows: StoredSample[]) => rows.splice(4, 1) },
    { name: "the last one missing", edit: (rows: StoredSample[]) => rows.pop() },
    {
      name: "a doubled sample",
      edit: (rows: StoredSample[]) => rows.splice(4, 0, rows[4] as StoredSample),
    },
    {
      name: "two in the wrong order",
      edit: (rows: StoredSample[]) => rows.splice(4, 2, rows[5] as never, rows[4] as never),
    },
    {
      name: "another value",
      edit: (rows: StoredSample[]) => Object.assign(rows[2] as object, { value: 2.5 }),
    },
    {
      name: "another quality",
      edit: (rows: StoredSample[]) => Object.assign(rows[2] as object, { quality: "error" }),
    },
    {
      name: "a value where none is",
      edit: (rows: StoredSample[]) => Object.assign(rows[3] as object, { value: 0 }),
    },
    {
      name: "a stamp a nanosecond off",
      edit: (rows: StoredSample[]) =>
        Object.assign(rows[2] as object, { t: (rows[2]?.t ?? 0n) + 1n }),
    },
    {
      name: "a stamp a millisecond off",
      edit: (rows: StoredSample[]) =>
        Object.assign(rows[2] as object, { t: (rows[2]?.t ?? 0n) + 1_000_000n }),
    },
    {
      name: "a signal that nobody sent",
      edit: (rows: StoredSample[], stored: Map<string, StoredSample[]>) => stored.set("1@1", rows),
    },
    {
      name: "a whole signal missing",
      edit: (_rows: StoredSample[], stored: Map<string, StoredSample[]>) => stored.delete("100@0"),
    },
    {
      name: "a run that was never played",
      edit: (rows: StoredSample[]) => rows.push({ t: startNs + 8_000n, value: 1, quality: "good" }),
    },
  ])("finds $name", ({ edit }) => {
    expect(compareRuns(edited(edit), [whole]).problems).not.toEqual([]);
  });

  test("finds a hole in a cut run, also where a signal only ends too early", () => {
    const inside = edited((rows) => rows.splice(1, 1), 4);
    expect(compareRuns(inside, [cut]).problems).not.toEqual([]);
    const early = edited((rows) => rows.splice(2, 2), 4);
    expect(compareRuns(early, [cut]).problems).toEqual([
      "run 7: a hole, 7 samples came before the last one, 6 stored",
    ]);
  });
});
