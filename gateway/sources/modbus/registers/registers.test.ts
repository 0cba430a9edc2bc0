import { Quality } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeRegister,
  type Position,
  type RegisterSignal,
  type RegisterType,
  widthOf,
} from "./decode-register.ts";
import { maxCount, planReads } from "./plan-reads.ts";

const signal = (
  position: Partial<Position>,
  rest: Partial<RegisterSignal> = {},
): RegisterSignal => ({
  index: 0,
  position: { table: "holding", address: 0, type: "uint16", ...position },
  scale: 1,
  offset: 0,
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  ...rest,
});

describe("decodeRegister", () => {
  test.each([
    { type: "uint16", words: [0xfffe], value: 65_534 },
    { type: "int16", words: [0xfffe], value: -2 },
    { type: "uint32", words: [0x0001, 0x0002], value: 65_538 },
    { type: "uint32", wordOrder: "little", words: [0x0002, 0x0001], value: 65_538 },
    { type: "int32", words: [0xffff, 0xfffe], value: -2 },
    { type: "int32", wordOrder: "little", words: [0xfffe, 0xffff], value: -2 },
    { type: "float32", words: [0x42f6, 0xe979], value: Math.fround(123.456) },
    { type: "float32", wordOrder: "little", words: [0xe979, 0x42f6], value: Math.fround(123.456) },
    { type: "uint64", words: [0, 1, 0, 2], value: 4_294_967_298 },
    { type: "uint64", wordOrder: "little", words: [2, 0, 1, 0], value: 4_294_967_298 },
    { type: "int64", words: [0xffff, 0xffff, 0xffff, 0xfffe], value: -2 },
    { type: "float64", words: [0x405e, 0xdd2f, 0x1a9f, 0xbe77], value: 123.456 },
    {
      type: "float64",
      wordOrder: "little",
      words: [0xbe77, 0x1a9f, 0xdd2f, 0x405e],
      value: 123.456,
    },
    { type: "bool", words: [1], value: 1 },
    { type: "bool", words: [0], value: 0 },
    { type: "uint16", bit: 15, words: [0x8000], value: 1 },
    { type: "uint16", bit: 14, words: [0x8000], value: 0 },
  ] as const)("$type $wordOrder $bit of $words", ({ words, value, ...position }) => {
    expect(decodeRegister(signal(position), words, 0)).toEqual({ value, quality: Quality.good });
  });

  test("reads where the signal begins in the block", () => {
    expect(decodeRegister(signal({ type: "uint32" }), [9, 9, 0, 7], 2).value).toBe(7);
  });

  test.each([
    { name: "not available, by raw value", raw: 0x7fff, quality: Quality.notAvailable },
    { name: "error, by raw value", raw: 0x7ffe, quality: Quality.error },
    { name: "above the range, after scaling", raw: 2_010, quality: Quality.outOfRange },
    { name: "below the range", raw: 0xff00, quality: Quality.outOfRange },
    { name: "at the edge of the range", raw: 2_000, quality: Quality.good },
  ])("$name", ({ raw, quality }) => {
    const map = signal(
      { type: "int16", notAvailable: [0x7fff], error: [0x7ffe] },
      { scale: 0.1, min: 0, max: 200 },
    );
    const reading = decodeRegister(map, [raw], 0);
    expect(reading.quality).toBe(quality);
    expect(Number.isNaN(reading.value)).toBe(quality !== Quality.good);
  });

  test.each([
    { name: "NaN", words: [0x7fc0, 0] },
    { name: "infinity", words: [0xff80, 0] },
  ])("a float of $name is an error of the sensor", ({ words }) => {
    expect(decodeRegister(signal({ type: "float32" }), words, 0).quality).toBe(Quality.error);
  });

  test("scale and offset apply in this order", () => {
    const scaled = signal({}, { scale: 0.5, offset: -40 });
    expect(decodeRegister(scaled, [100], 0).value).toBe(10);
  });
});

const anyType = fc.constantFrom<RegisterType>("uint16", "int32", "float64");
const anySignal = fc.record({
  table: fc.constantFrom<Position["table"]>("holding", "input"),
  address: fc.integer({ min: 0, max: 400 }),
  type: anyType,
});

describe("planReads", () => {
  const at = (
    address: number,
    type: RegisterType = "uint16",
    table: Position["table"] = "holding",
  ) => signal({ address, type, table });

  test("neighbours share a request, tables and gaps part them", () => {
    const blocks = planReads([at(0), at(1, "uint32"), at(3), at(5), at(3, "uint16", "input")]);
    expect(blocks.map(({ table, address, count }) => ({ table, address, count }))).toEqual([
      { table: "holding", address: 0, count: 4 },
      { table: "holding", address: 5, count: 1 },
      { table: "input", address: 3, count: 1 },
    ]);
  });

  test("bits of one register are read once", () => {
    const blocks = planReads([signal({ bit: 0 }), signal({ bit: 5 })]);
    expect(blocks).toMatchObject([{ address: 0, count: 1 }]);
    expect(blocks[0]?.signals).toHaveLength(2);
  });

  test("a value at the limit of a request moves whole into the next", () => {
    const signals = Array.from({ length: 124 }, (_, address) => at(address));
    const blocks = planReads([...signals, at(124, "uint32")]);
    expect(blocks.map(({ address, count }) => [address, count])).toEqual([
      [0, 124],
      [124, 2],
    ]);
  });

  test("every signal lies whole in one request, and no address is read that none names", () => {
    fc.assert(
      fc.property(fc.array(anySignal, { maxLength: 60 }), (positions) => {
        const signals = positions.map((position, index) => signal(position, { index }));
        const blocks = planReads(signals);
        expect(blocks.flatMap((block) => block.signals.map(({ index }) => index)).sort()).toEqual(
          signals.map(({ index }) => index).sort(),
        );
        for (const { table, address, count, signals: inside } of blocks) {
          expect(count).toBeLessThanOrEqual(maxCount[table]);
          const named = new Set<number>();
          for (const { position } of inside) {
            expect(position.table).toBe(table);
            for (let word = 0; word < widthOf(position); word++) named.add(position.address + word);
          }
          expect([...named].sort((a, b) => a - b)).toEqual(
            Array.from({ length: count }, (_, offset) => address + offset),
          );
        }
      }),
    );
  });
});
