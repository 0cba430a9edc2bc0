import { Quality } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auxiliaryOf, updateAuxiliary } from "./auxiliary-register.ts";
import {
  decodeRegister,
  type Position,
  type RegisterSignal,
  type RegisterType,
  widthOf,
} from "./decode-register.ts";
import { halves, maxCount, planReads } from "./plan-reads.ts";

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
    { type: "uint16", bit: 8, bits: 4, words: [0x4321], value: 3 },
    { type: "uint32", bit: 12, bits: 8, words: [0x8765, 0x4321], value: 0x54 },
    { type: "uint32", bit: 31, words: [0x8000, 0], value: 1 },
    { type: "uint32", byteOrder: "little", words: [0x0100, 0x0200], value: 65_538 },
    { type: "float32", byteOrder: "little", words: [0xf642, 0x79e9], value: Math.fround(123.456) },
    {
      type: "float32",
      wordOrder: "little",
      byteOrder: "little",
      words: [0x79e9, 0xf642],
      value: Math.fround(123.456),
    },
    { type: "int64", words: [0x7fff, 0xffff, 0xffff, 0xffff], value: 2 ** 63 },
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

  const meanings = ["not-available", "out-of-range", "error", "reserved"] as const;
  test.each([
    { type: "uint16", words: [0xffff], quality: Quality.notAvailable },
    { type: "uint16", words: [0xfffe], quality: Quality.outOfRange },
    { type: "uint16", words: [0xfffc], quality: Quality.reserved },
    { type: "uint16", words: [0xfffb], quality: Quality.good },
    { type: "int16", words: [0x7fff], quality: Quality.notAvailable },
    { type: "int16", words: [0x7ffd], quality: Quality.error },
    { type: "int16", words: [0xffff], quality: Quality.good },
    { type: "uint32", words: [0xffff, 0xfffd], quality: Quality.error },
    { type: "uint32", words: [0xffff, 0x0000], quality: Quality.good },
    { type: "int32", words: [0x7fff, 0xffff], quality: Quality.notAvailable },
    { type: "int32", words: [0xffff, 0xffff], quality: Quality.good },
    { type: "uint64", words: [0xffff, 0xffff, 0xffff, 0xfffe], quality: Quality.outOfRange },
    // Beyond what a double tells apart, still exact.
    { type: "uint64", words: [0xffff, 0xffff, 0xffff, 0xfffb], quality: Quality.good },
    { type: "int64", words: [0x7fff, 0xffff, 0xffff, 0xffff], quality: Quality.notAvailable },
    { type: "int64", words: [0xffff, 0xffff, 0xffff, 0xffff], quality: Quality.good },
  ] as const)("the highest codes of $type: $words", ({ type, words, quality }) => {
    expect(decodeRegister(signal({ type, topCodes: [...meanings] }), words, 0).quality).toBe(
      quality,
    );
  });

  test("a value outside of what can be measured is no number", () => {
    const reading = decodeRegister(signal({ outOfRange: [9] }), [9], 0);
    expect(reading).toEqual({ value: Number.NaN, quality: Quality.outOfRange });
  });

  test.each([
    { exponent: 0xffff, value: 123.4 },
    { exponent: 2, value: 123_400 },
    { exponent: 0x8000, value: Number.NaN },
    { exponent: undefined, value: Number.NaN },
  ])("a scale register of $exponent makes $value", ({ exponent, value }) => {
    const position = {
      scaleRegister: { table: "holding", address: 5, type: "int16" },
    } as const;
    const auxiliary = auxiliaryOf({ ...signal({}).position, ...position });
    if (auxiliary === undefined) throw new Error("a scale register was given");
    if (exponent !== undefined) updateAuxiliary(auxiliary, exponent);
    const reading = decodeRegister(signal(position, { auxiliary }), [1234], 0);
    if (Number.isNaN(value)) expect(reading).toEqual({ value, quality: Quality.error });
    else expect(reading.value).toBeCloseTo(value, 9);
  });

  test("a switch of units says with what to scale; what it does not know is no value", () => {
    const unitSwitch = {
      table: "holding",
      address: 4797,
      cases: { "0": { scale: 1, offset: 0 }, "1": { scale: 0.5, offset: -16 } },
    } as const;
    const auxiliary = auxiliaryOf({ ...signal({}).position, unitSwitch });
    if (auxiliary === undefined) throw new Error("a switch was given");
    const switched = signal({ unitSwitch }, { auxiliary, scale: 99 });
    const readings = [0, 1, 2].map((word) => {
      updateAuxiliary(auxiliary, word);
      return decodeRegister(switched, [100], 0).value;
    });
    expect(readings).toEqual([100, 34, Number.NaN]);
  });

  test("scale and offset apply in this order", () => {
    const scaled = signal({}, { scale: 0.5, offset: -40 });
    expect(decodeRegister(scaled, [100], 0).value).toBe(10);
  });
});

test("whatever the words, and whatever the plan says of them: a number in range, or none", () => {
  const manners = fc.record(
    {
      wordOrder: fc.constantFrom("big" as const, "little" as const),
      byteOrder: fc.constantFrom("big" as const, "little" as const),
      bit: fc.integer({ min: 0, max: 31 }),
      bits: fc.integer({ min: 1, max: 31 }),
      topCodes: fc.array(fc.constantFrom("error" as const, "not-available" as const)),
      notAvailable: fc.array(fc.integer()),
    },
    { requiredKeys: [] },
  );
  const types: RegisterType[] = [
    ...(["bool", "uint16", "int16", "uint32", "int32"] as const),
    ...(["float32", "uint64", "int64", "float64"] as const),
  ];
  fc.assert(
    fc.property(
      manners,
      fc.constantFrom(...types),
      fc.uint16Array({ maxLength: 6 }),
      fc.double({ noNaN: true }),
      (position, type, words, scale) => {
        const map = signal({ ...position, type }, { scale, min: -1e6, max: 1e6 });
        const { value, quality } = decodeRegister(map, words, 0);
        if (quality === Quality.good) expect(Math.abs(value)).toBeLessThanOrEqual(1e6);
        else expect(value).toBeNaN();
      },
    ),
    { numRuns: process.env.FIREBREAK_SOAK ? 100_000 : 2_000 },
  );
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

  test("what a device bears decides: gaps, forbidden ranges, lengths, blocks", () => {
    const signals = [at(0), at(3), at(6), at(20, "uint32"), at(22)];
    const shape = (manners: Parameters<typeof planReads>[1]) =>
      planReads(signals, manners).map(({ address, count }) => [address, count]);
    expect(shape({ maxGap: 2 })).toEqual([
      [0, 7],
      [20, 3],
    ]);
    expect(shape({ maxGap: 99 })).toEqual([[0, 23]]);
    expect(shape({ maxGap: 99, maxRegisters: 7 })).toEqual([
      [0, 7],
      [20, 3],
    ]);
    expect(shape({ maxRegisters: 2 })).toEqual([
      [0, 1],
      [3, 1],
      [6, 1],
      [20, 2],
      [22, 1],
    ]);
    expect(shape({ maxGap: 99, forbidden: [{ table: "holding", address: 4, count: 1 }] })).toEqual([
      [0, 4],
      [6, 17],
    ]);
    expect(shape({ maxGap: 99, forbidden: [{ table: "input", address: 4, count: 1 }] })).toEqual([
      [0, 23],
    ]);
    expect(shape({ blocks: [{ table: "holding", address: 2, count: 16 }] })).toEqual([
      [2, 16],
      [0, 1],
      [20, 3],
    ]);
  });

  test("what others are scaled by is read first, and once", () => {
    const scaleRegister = { table: "holding", address: 90, type: "int16" } as const;
    const auxiliary = auxiliaryOf({ ...signal({}).position, scaleRegister });
    if (auxiliary === undefined) throw new Error("a scale register was given");
    const scaled = [0, 1].map((address) =>
      signal({ address, scaleRegister }, { index: address, auxiliary }),
    );
    const blocks = planReads(scaled);
    expect(blocks.map(({ address, count }) => [address, count])).toEqual([
      [90, 1],
      [0, 2],
    ]);
    expect(blocks[0]?.auxiliaries).toEqual([auxiliary]);
  });

  test("halving finds the one register that a device does not have, and cuts no value", () => {
    fc.assert(
      fc.property(fc.array(anySignal, { minLength: 1, maxLength: 40 }), (positions) => {
        const [first] = planReads(positions.map((position, index) => signal(position, { index })));
        if (first === undefined) return;
        const leaves: (typeof first)[] = [];
        const open = [first];
        for (let read = open.pop(); read !== undefined; read = open.pop()) {
          const parts = halves(read);
          if (parts) open.push(...parts);
          else leaves.push(read);
        }
        const inside = leaves.flatMap(({ signals }) => signals);
        expect(inside.map(({ index }) => index).sort()).toEqual(
          first.signals.map(({ index }) => index).sort(),
        );
        for (const { address, count, signals } of leaves)
          for (const { position } of signals) {
            expect(position.address).toBeGreaterThanOrEqual(address);
            expect(position.address + widthOf(position)).toBeLessThanOrEqual(address + count);
          }
        const fixed = { ...first, isFixed: true };
        expect(halves(fixed)).toBeUndefined();
      }),
    );
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
