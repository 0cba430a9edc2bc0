import { CodedError } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "./byte-writer.ts";
import { decodePayload, encodePayload } from "./sparkplug-payload.ts";
import { DataType, type Metric, type Payload, toInteger } from "./sparkplug-types.ts";

const fromHex = (text: string) => decodePayload(Buffer.from(text, "hex"));
const back = (metric: Metric) => decodePayload(encodePayload({ metrics: [metric] })).metrics[0];

/** Only SPARKPLUG_MALFORMED may come out of any bytes. */
function survive(bytes: Uint8Array): string {
  try {
    decodePayload(bytes);
    return "decoded";
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    return (error as CodedError).code;
  }
}

const integers = [
  { datatype: DataType.Int8, value: fc.integer({ min: -128, max: 127 }) },
  { datatype: DataType.Int16, value: fc.integer({ min: -32_768, max: 32_767 }) },
  { datatype: DataType.Int32, value: fc.integer() },
  { datatype: DataType.UInt8, value: fc.nat({ max: 255 }) },
  { datatype: DataType.UInt16, value: fc.nat({ max: 65_535 }) },
  { datatype: DataType.UInt32, value: fc.nat({ max: 0xffff_ffff }) },
  { datatype: DataType.Int64, value: fc.maxSafeInteger() },
  { datatype: DataType.Int64, value: fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }) },
  { datatype: DataType.Int64, value: fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }) },
  { datatype: DataType.UInt64, value: fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }) },
  { datatype: DataType.DateTime, value: fc.nat({ max: Number.MAX_SAFE_INTEGER }) },
];
const typed: fc.Arbitrary<Pick<Metric, "datatype" | "value">> = fc.oneof(
  ...integers.map(({ datatype, value }) =>
    (value as fc.Arbitrary<number | bigint>).map((one) => ({ datatype, value: one })),
  ),
  fc.float().map((value) => ({ datatype: DataType.Float, value })),
  fc.double().map((value) => ({ datatype: DataType.Double, value })),
  fc.double().map((value) => ({ value })),
  fc.boolean().map((value) => ({ datatype: DataType.Boolean, value })),
  fc.string({ unit: "binary" }).map((value) => ({ datatype: DataType.String, value })),
  fc.uint8Array().map((value) => ({ datatype: DataType.Bytes, value })),
);
const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const metric = fc
  .tuple(
    fc.record(
      {
        name: fc.string({ unit: "binary" }),
        alias: counter,
        timestampMs: counter,
        isHistorical: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    typed,
  )
  .map(([rest, value]): Metric => ({ ...rest, ...value }));
const payload: fc.Arbitrary<Payload> = fc
  .tuple(
    fc.record(
      {
        timestampMs: counter,
        seq: fc.nat({ max: 255 }),
        uuid: fc.string(),
        body: fc.uint8Array(),
      },
      { requiredKeys: [] },
    ),
    fc.array(metric, { maxLength: 20 }),
  )
  .map(([rest, metrics]) => ({ ...rest, metrics }));

describe("encodePayload and decodePayload", () => {
  test("give back what was given", () => {
    fc.assert(
      fc.property(payload, (one) => {
        expect(decodePayload(encodePayload(one))).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  test("a null metric has no value", () => {
    const given = { name: "oil", datatype: DataType.Float, isNull: true };
    expect(back({ ...given, value: 5 })).toEqual(given);
  });

  test("properties come back, whatever their names", () => {
    const properties = new Map([
      ["Quality", { type: DataType.Int32, value: -1 }],
      ["__proto__", { type: DataType.String, value: "x" }],
      ["constructor", { isNull: true }],
    ]);
    const read = back({ name: "__proto__", properties })?.properties;
    expect(read).toEqual(properties);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test.each([
    { name: "a number above its type", datatype: DataType.UInt8, value: 256 },
    { name: "a number below its type", datatype: DataType.UInt32, value: -1 },
    { name: "a fraction in an integer", datatype: DataType.Int32, value: 0.5 },
    { name: "a bigint beyond 64 bits", datatype: DataType.UInt64, value: 2n ** 64n },
  ])("$name is a bug", ({ datatype, value }) => {
    expect(() => encodePayload({ metrics: [{ datatype, value }] })).toThrow("fits");
  });
});

describe("decodePayload", () => {
  test("skips data sets, templates, metadata and fields it does not know", () => {
    const name = "0a0178";
    const skipped = [
      "4202 0801",
      "8a0102 0801",
      "920102 0801",
      "3001",
      "fd0f 00000000",
      "f90f 0000000000000000",
    ];
    const inner = Buffer.from((skipped.join("") + name).replaceAll(" ", ""), "hex");
    const bytes = Buffer.concat([Uint8Array.of(0xfa, 0x01, 0, 0x12, inner.length), inner]);
    expect(decodePayload(bytes)).toEqual({ metrics: [{ name: "x" }] });
  });

  test("drops the value of a metric that says it is null", () => {
    expect(fromHex("120438015005").metrics).toEqual([{ isNull: true }]);
  });

  test("takes the data type from behind the value", () => {
    expect(fromHex("12 05 50f401 2001".replaceAll(" ", "")).metrics).toEqual([
      { datatype: DataType.Int8, value: -12 },
    ]);
  });

  test("reads an integer by alias without sign, for toInteger", () => {
    const raw = fromHex("12081001 50f4ffffff0f".replaceAll(" ", "")).metrics[0]?.value;
    expect(raw).toBe(4_294_967_284);
    expect(toInteger(DataType.Int8, raw as number)).toBe(-12);
  });

  test("keeps the low 32 bits of an int sent with 64", () => {
    expect(fromHex("120d 2003 50f4ffffffffffffffff01".replaceAll(" ", "")).metrics).toEqual([
      { datatype: DataType.Int32, value: -12 },
    ]);
  });

  test.each([
    { name: "a length beyond the bytes", hex: "12ff01" },
    { name: "a length beyond memory", hex: "12ffffffffffffff0f" },
    { name: "an unended number", hex: "08ffffffffffffffffffffff" },
    { name: "a timestamp of 64 bits", hex: "08ffffffffffffffffff01" },
    { name: "a timestamp beyond exactness", hex: "088080808080808010" },
    { name: "a group", hex: "0b0c" },
    { name: "wire type 7", hex: "0f" },
    { name: "a name that is no UTF-8", hex: "12030a01ff" },
    { name: "more keys than values", hex: "12054a030a0178" },
  ])("refuses $name", ({ hex }) => {
    expect(survive(Buffer.from(hex, "hex"))).toBe("SPARKPLUG_MALFORMED");
  });

  test("refuses more metrics than a machine can have", () => {
    const bytes = new Uint8Array(2 * 20_001);
    for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x12;
    expect(survive(bytes.subarray(2))).toBe("decoded");
    expect(survive(bytes)).toBe("SPARKPLUG_MALFORMED");
  });

  test("refuses more properties than a metric can have", () => {
    const withCount = (count: number) => {
      const set = Buffer.from("0a00".repeat(count) + "1200".repeat(count), "hex");
      const out = new ByteWriter();
      out.byte(0x12);
      out.varint(set.length + (set.length < 128 ? 2 : 3));
      out.byte(0x4a);
      out.varint(set.length);
      out.append(set);
      return out.written();
    };
    expect(survive(withCount(1_000))).toBe("decoded");
    expect(survive(withCount(1_001))).toBe("SPARKPLUG_MALFORMED");
  });

  test("refuses random and damaged bytes in order", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void survive(bytes)),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(payload, fc.array(fc.nat(), { maxLength: 4 }), fc.nat(), (one, flips, cut) => {
        const bytes = Buffer.concat([encodePayload(one), Uint8Array.of(0x08, 0)]);
        for (const flip of flips) {
          const at = (flip >>> 3) % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ (1 << (flip & 7));
        }
        survive(bytes);
        survive(bytes.subarray(0, cut % bytes.length));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("toInteger", () => {
  test.each([
    { datatype: DataType.Int8, raw: 4_294_967_284, value: -12 },
    { datatype: DataType.Int8, raw: 244, value: -12 },
    { datatype: DataType.Int16, raw: 65_236, value: -300 },
    { datatype: DataType.Int16, raw: 18_446_744_073_709_551_316n, value: -300 },
    { datatype: DataType.UInt32, raw: 4_000_000_000, value: 4_000_000_000 },
    { datatype: DataType.Int32, raw: 4_000_000_000, value: -294_967_296 },
    { datatype: DataType.Int64, raw: 18_446_744_073_709_551_611n, value: -5 },
    {
      datatype: DataType.UInt64,
      raw: 18_446_744_073_709_551_611n,
      value: 18_446_744_073_709_551_611n,
    },
    { datatype: DataType.UInt8, raw: -1, value: 255 },
    { datatype: DataType.Double, raw: 7, value: 7 },
  ])("reads $raw as data type $datatype: $value", ({ datatype, raw, value }) => {
    expect(toInteger(datatype, raw)).toBe(value);
  });
});
