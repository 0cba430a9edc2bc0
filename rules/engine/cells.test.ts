import { describe, expect, test } from "vitest";
import {
  beginAfresh,
  layoutOf,
  listOf,
  packedLength,
  packNumbers,
  placesOf,
  unpackNamed,
  unpackNumbers,
} from "./cells.ts";

const values = { open: 0, sinceNs: Number.NaN, ...listOf("list", 2, -1), "list.length": 0 };

describe("layoutOf and placesOf", () => {
  test("give every number its place, in the order in which they are named", () => {
    expect(placesOf(values)).toEqual({
      ...{ open: 0, sinceNs: 1, "list.0": 2, "list.1": 3, "list.length": 4 },
    });
    expect([...layoutOf(values).initial]).toEqual([0, Number.NaN, -1, -1, 0]);
  });

  test("begin afresh where the numbers of a rule lie, and nowhere else", () => {
    const numbers = new Float64Array(7).fill(9);
    beginAfresh({ numbers, at: 1 }, layoutOf(values));
    expect([...numbers]).toEqual([9, 0, Number.NaN, -1, -1, 0, 9]);
  });
});

describe("packNumbers", () => {
  test("brings back every number as it was", () => {
    const numbers = Float64Array.of(0, -0, 1 / 3, Number.NaN, -1e300, Number.POSITIVE_INFINITY);
    const into = new Float64Array(6);
    const text = packNumbers(numbers);
    unpackNumbers(text, into);
    expect([...into]).toEqual([...numbers]);
    expect(text).toHaveLength(packedLength(6));
  });

  test("knows one NaN, whatever the processor made of it", () => {
    const odd = new Float64Array(BigUint64Array.of(0xfff8_0000_0000_0001n).buffer);
    expect(packNumbers(odd)).toBe(packNumbers(Float64Array.of(Number.NaN)));
  });

  test.each([
    { name: "fewer than there are now", stored: [1, 2], is: [1, 2, 7] },
    { name: "more than there are now", stored: [1, 2, 3, 4], is: [1, 2, 3] },
    { name: "none", stored: [], is: [7, 7, 7] },
  ])("takes back $name", ({ stored, is }) => {
    const into = new Float64Array(4).fill(7);
    unpackNumbers(packNumbers(Float64Array.from(stored)), into.subarray(0, 3));
    expect([...into]).toEqual([...is, 7]);
  });
});

describe("unpackNamed", () => {
  test.each([
    { name: "of an object", path: "open", is: 1 },
    { name: "further inside", path: "row.count", is: 3 },
    { name: "of a list from its begin", path: "row.list.0", is: 5 },
    { name: "of a list from its end", path: "row.list.-1", is: 6 },
    { name: "that is the length of a list", path: "row.list.length", is: 2 },
    { name: "that was not known", path: "row.list.-3", is: -1 },
    { name: "of what is no object", path: "none.list.0", is: -1 },
    { name: "that is a word", path: "word", is: -1 },
  ])("takes a number $name", ({ path, is }) => {
    const into = Float64Array.of(-1);
    const stored = { open: true, row: { count: 3, list: [5, 6] }, none: null, word: "stuck" };
    unpackNamed(stored, [path], into);
    expect([...into]).toEqual([is]);
  });
});
