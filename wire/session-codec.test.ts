import { CodedError } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumberRanges } from "./number-ranges.ts";
import type { Offer } from "./session.ts";
import {
  encodeAcknowledgements,
  encodeOffer,
  parseAcknowledgements,
  parseOffer,
} from "./session-codec.ts";

const epoch = "00112233445566778899aabbccddeeff";
const offer: Offer = {
  protocol: 1,
  storeId: "store-1",
  epochs: [
    {
      epoch,
      next: 101,
      held: [
        [3, 7],
        [9, 100],
      ],
      machines: { "truck-7": { produced: 1_000, suppressed: 12 } },
    },
  ],
};
const acknowledgement = {
  storeId: "store-1",
  epoch,
  through: 4,
  ranges: [
    [7, 9],
    [11, 11],
  ] as const,
};

/** Only SESSION_MALFORMED may come out of any text. */
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    return (error as CodedError).code;
  }
  return "accepted";
}

const changed = (change: Record<string, unknown>) =>
  JSON.stringify({ ...offer, epochs: [{ ...offer.epochs[0], ...change }] });

describe("parseOffer", () => {
  test("gives back what was encoded", () => {
    expect(parseOffer(encodeOffer(offer))).toEqual(offer);
    expect(parseOffer(encodeOffer({ ...offer, storeId: null })).storeId).toBeNull();
  });

  test("finds a machine only under the name it was sent by", () => {
    const ledger = { produced: 1, suppressed: 0 };
    const text = changed({ machines: { hasOwnProperty: ledger } }).replace(
      '"hasOwnProperty"',
      '"__proto__"',
    );
    const machines = parseOffer(text).epochs[0]?.machines ?? {};
    expect(machines.constructor).toBeUndefined();
    expect(Object.entries(machines)).toEqual([["__proto__", ledger]]);
    expect(({} as Record<string, unknown>).produced).toBeUndefined();
  });

  test("ignores fields of a newer gateway", () => {
    expect(parseOffer(changed({ mood: "good" }))).toEqual(offer);
  });

  test.each([
    { name: "no JSON", text: "{" },
    { name: "a list", text: "[]" },
    { name: "null", text: "null" },
    { name: "another protocol", text: JSON.stringify({ ...offer, protocol: 2 }) },
    { name: "no store id", text: JSON.stringify({ protocol: 1, epochs: [] }) },
    { name: "a store id that is no text", text: JSON.stringify({ ...offer, storeId: 5 }) },
    { name: "epochs that are no list", text: JSON.stringify({ ...offer, epochs: {} }) },
    { name: "too many epochs", text: JSON.stringify({ ...offer, epochs: Array(1_001).fill(0) }) },
    { name: "an epoch in capitals", text: changed({ epoch: epoch.toUpperCase() }) },
    { name: "an epoch with a line behind it", text: changed({ epoch: `${epoch}\n` }) },
    { name: "next 0", text: changed({ next: 0 }) },
    { name: "next as text", text: changed({ next: "101" }) },
    { name: "next beyond exactness", text: changed({ next: 2 ** 53 }) },
    { name: "held from 0", text: changed({ held: [[0, 1]] }) },
    { name: "held up to next", text: changed({ held: [[1, 101]] }) },
    { name: "a range that runs back", text: changed({ held: [[5, 4]] }) },
    {
      name: "ranges out of order",
      text: changed({
        held: [
          [5, 6],
          [1, 2],
        ],
      }),
    },
    {
      name: "ranges that overlap",
      text: changed({
        held: [
          [1, 5],
          [5, 6],
        ],
      }),
    },
    { name: "a range of three", text: changed({ held: [[1, 2, 3]] }) },
    { name: "a fraction", text: changed({ held: [[1, 2.5]] }) },
    { name: "machines as a list", text: changed({ machines: [] }) },
    {
      name: "a machine id with a slash",
      text: changed({ machines: { "a/b": { produced: 1, suppressed: 0 } } }),
    },
    { name: "a ledger without counts", text: changed({ machines: { a: {} } }) },
    {
      name: "a negative count",
      text: changed({ machines: { a: { produced: -1, suppressed: 0 } } }),
    },
    { name: "too much text", text: `${" ".repeat(1024 * 1024)}{}` },
    { name: "deep nesting", text: "[".repeat(500_000) },
  ])("refuses $name", ({ text }) => {
    expect(codeOf(() => parseOffer(text))).toBe("SESSION_MALFORMED");
  });

  test("refuses any other JSON and any damaged text in order", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 3 }), (json, at, replacement) => {
        const text = encodeOffer(offer);
        const cut = at % text.length;
        const damaged = text.slice(0, cut) + replacement + text.slice(cut + replacement.length);
        for (const parse of [parseOffer, parseAcknowledgements])
          for (const one of [json, damaged])
            expect(codeOf(() => parse(one))).toMatch(/^(accepted|SESSION_MALFORMED)$/);
      }),
    );
  });
});

describe("encodeOffer", () => {
  test("refuses what parseOffer would refuse for its size", () => {
    const held = Array.from({ length: 100_000 }, (_, at) => [2 * at + 1, 2 * at + 1] as const);
    const one = { epoch, next: 200_001, held, machines: {} };
    expect(codeOf(() => encodeOffer({ ...offer, epochs: [one] }))).toBe("SESSION_TOO_LARGE");
  });
});

describe("parseAcknowledgements", () => {
  test("gives back what was encoded", () => {
    const text = encodeAcknowledgements([acknowledgement]);
    expect(parseAcknowledgements(text)).toEqual([acknowledgement]);
  });

  test("takes the ranges of NumberRanges", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 })), (numbers) => {
        const set = NumberRanges.from(numbers.map((number) => [number, number]));
        const one = { storeId: "s", epoch, through: set.through, ranges: set.above };
        expect(parseAcknowledgements(encodeAcknowledgements([one]))).toEqual([one]);
      }),
    );
  });

  test("keeps the lowest of very many ranges", () => {
    const ranges = Array.from({ length: 5_000 }, (_, at) => [2 * at + 9, 2 * at + 9] as const);
    const [one] = parseAcknowledgements(encodeAcknowledgements([{ ...acknowledgement, ranges }]));
    expect(one?.ranges).toEqual(ranges.slice(0, 1_000));
  });

  test.each([
    { name: "an object", value: acknowledgement },
    { name: "no store id", value: [{ ...acknowledgement, storeId: null }] },
    { name: "a negative number", value: [{ ...acknowledgement, through: -1 }] },
    { name: "a range at or below through", value: [{ ...acknowledgement, ranges: [[4, 5]] }] },
    { name: "no ranges", value: [{ ...acknowledgement, ranges: undefined }] },
    { name: "a hole in the list", value: [null] },
  ])("refuses $name", ({ value }) => {
    expect(codeOf(() => parseAcknowledgements(JSON.stringify(value)))).toBe("SESSION_MALFORMED");
  });
});
