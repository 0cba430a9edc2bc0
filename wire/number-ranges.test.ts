import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumberRanges } from "./number-ranges.ts";
import type { NumberRange } from "./session.ts";

/** Small numbers, so that ranges overlap, touch and swallow each other. */
const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.nat({ max: 12 }))
  .map(([first, more]): NumberRange => [first, first + more]);
const ranges = fc.array(range, { maxLength: 40 });

const expanded = (list: readonly NumberRange[]): number[] =>
  list.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
const sorted = (numbers: Iterable<number>) => [...numbers].toSorted((one, other) => one - other);

describe("NumberRanges", () => {
  test("holds what a set of single numbers would hold", () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const model = new Set(expanded(list));
        const set = NumberRanges.from(list);
        expect(expanded(set.toJSON())).toEqual(sorted(model));
        expect(set.size).toBe(model.size);
        expect(set.highest).toBe(Math.max(0, ...model));
        for (let number = 0; number < 80; number++) expect(set.has(number)).toBe(model.has(number));
      }),
    );
  });

  test("keeps its ranges ascending, disjoint and apart", () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const kept = NumberRanges.from(list).toJSON();
        for (const [at, [first, last]] of kept.entries()) {
          expect(first).toBeLessThanOrEqual(last);
          expect(first).toBeGreaterThan((kept[at - 1]?.[1] ?? -1) + 1);
        }
      }),
    );
  });

  test("add says whether a number is new", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (numbers) => {
        const set = new NumberRanges();
        const model = new Set<number>();
        for (const number of numbers) {
          expect(set.add(number)).toBe(!model.has(number));
          model.add(number);
        }
      }),
    );
  });

  test("through and above divide the set", () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const set = NumberRanges.from(list);
        expect(set.has(set.through + 1)).toBe(false);
        const below: NumberRange[] = set.through > 0 ? [[1, set.through]] : [];
        expect([...below, ...set.above]).toEqual(set.toJSON());
      }),
    );
  });

  test("missing is exactly what the set lacks", () => {
    fc.assert(
      fc.property(ranges, fc.nat({ max: 80 }), fc.nat({ max: 80 }), (list, from, to) => {
        const set = NumberRanges.from(list);
        const lacking = [];
        for (let number = Math.max(1, from); number <= to; number++)
          if (!set.has(number)) lacking.push(number);
        const missing = set.missing(from, to);
        expect(expanded(missing)).toEqual(lacking);
        expect(missing).toEqual(NumberRanges.from(missing).toJSON());
      }),
    );
  });

  test("comes back from its JSON in any order", () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const kept = NumberRanges.from(list).toJSON();
        const text = JSON.stringify(NumberRanges.from(kept.toReversed()));
        expect(NumberRanges.from(JSON.parse(text)).toJSON()).toEqual(kept);
      }),
    );
  });

  test("takes a range up to the greatest number", () => {
    const set = NumberRanges.from([[1, Number.MAX_SAFE_INTEGER]]);
    expect(set.through).toBe(Number.MAX_SAFE_INTEGER);
    expect(set.missing(1, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  test("is one range after a million numbers in order", () => {
    const set = new NumberRanges();
    for (let number = 1; number <= 1_000_000; number++) set.add(number);
    expect(set.toJSON()).toEqual([[1, 1_000_000]]);
  });

  test.each([
    [0, 1],
    [2, 1],
    [1.5, 2],
    [1, Number.NaN],
    [1, 2 ** 53],
  ])("refuses %d to %d", (first, last) => {
    expect(() => new NumberRanges().addRange(first, last)).toThrow(RangeError);
  });
});
