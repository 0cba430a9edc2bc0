import type { Signal } from "@firebreak/plans/plan-schema.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canSignalsOf, messageOf } from "../plan-messages.ts";
import { lowOf, writeField } from "./write-bits.ts";

const signal = (place: object, more: Partial<Signal> = {}): Signal => ({
  title: { en: "x", "zh-CN": "x" },
  unit: "kPa",
  scale: 1,
  offset: 0,
  range: [-1e12, 1e12],
  sampling: "every",
  source: "made up",
  ...place,
  ...more,
});

function encoded(
  signals: Record<string, Signal>,
  values: Record<string, number | null | undefined>,
  { bytes = 8, fill = 0xff }: { bytes?: number; fill?: number } = {},
): string {
  const all = canSignalsOf({ maker: "x", models: ["x"], signals });
  return Buffer.from(messageOf(all, bytes, fill).encode(values, 1)).toString("hex");
}

const spn = (place: object, more: Partial<Signal> = {}) =>
  signal({ j1939: { spn: 1, pgn: 61444, startBit: 1, coding: "analog", ...place } }, more);
const engineSpeed = spn({ startByte: 4, bits: 16 }, { scale: 0.125 });

describe("a message of J1939 (SAE J1939-71)", () => {
  test.each([
    { name: "1500 rpm", signal: engineSpeed, value: 1500, hex: "ffffffe02effffff" },
    {
      name: "a value between two steps",
      signal: engineSpeed,
      value: 1500.06,
      hex: "ffffffe02effffff",
    },
    { name: "not available", signal: engineSpeed, value: null, hex: "ffffffffffffffff" },
    { name: "a sensor error", signal: engineSpeed, value: Number.NaN, hex: "ffffff00feffffff" },
    { name: "beyond what can be told", signal: engineSpeed, value: 1e9, hex: "ffffffffFAffffff" },
    {
      name: "-40 °C",
      signal: spn({ startByte: 1, bits: 8 }, { offset: -40 }),
      value: -40,
      hex: "00ffffffffffffff",
    },
    {
      name: "0.05 h in 32 bits, above 2^31",
      signal: spn({ startByte: 5, bits: 32 }, { scale: 0.05 }),
      value: 0.05 * 0xfa000001,
      hex: "ffffffff010000fa",
    },
    {
      name: "an error in 32 bits",
      signal: spn({ startByte: 1, bits: 32 }),
      value: Number.NaN,
      hex: "000000feffffffff",
    },
    {
      name: "a state among others",
      signal: spn({ startByte: 1, startBit: 3, bits: 2, coding: "state" }),
      value: 1,
      hex: "f7ffffffffffffff",
    },
    {
      name: "a state in error",
      signal: spn({ startByte: 1, startBit: 3, bits: 2, coding: "state" }),
      value: Number.NaN,
      hex: "fbffffffffffffff",
    },
    {
      name: "4 bits, of which 10 is the highest value",
      signal: spn({ startByte: 1, startBit: 5, bits: 4 }),
      value: 12,
      hex: "afffffffffffffff",
    },
    {
      name: "an address that is not there",
      signal: spn({ startByte: 6, bits: 8, coding: "address" }),
      value: null,
      hex: "ffffffffffffffff",
    },
    {
      name: "12 bits, of which FAF is the highest value",
      signal: spn({ startByte: 1, bits: 12 }),
      value: 5000,
      hex: "afffffffffffffff",
    },
  ])("$name", ({ signal: one, value, hex }) => {
    expect(encoded({ one }, { one: value })).toBe(hex.toLowerCase());
  });

  test("a value that is missing leaves its neighbours alone", () => {
    const one = spn({ startByte: 1, bits: 8 });
    const two = spn({ startByte: 2, bits: 8 });
    expect(encoded({ one, two }, { two: 7 })).toBe("ff07ffffffffffff");
  });
});

describe("a message as a DBC describes it", () => {
  const raw = (place: object, more: Partial<Signal> = {}) =>
    signal({ can: { id: 0x100, byteOrder: "little", ...place } }, more);
  const big = { byteOrder: "big" };
  test.each([
    {
      name: "signed",
      signal: raw({ startBit: 8, bits: 16, signed: true }),
      value: -2,
      hex: "00feff",
    },
    {
      name: "big-endian",
      signal: raw({ startBit: 7, bits: 16, ...big }),
      value: 0x1234,
      hex: "1234",
    },
    {
      name: "big-endian across bytes",
      signal: raw({ startBit: 3, bits: 8, ...big }),
      value: 0xab,
      hex: "0ab0",
    },
    {
      name: "64 bits, signed",
      signal: raw({ startBit: 0, bits: 64, signed: true }),
      value: -1,
      hex: "ffffffffffffffff",
    },
    {
      name: "40 bits",
      signal: raw({ startBit: 0, bits: 40 }),
      value: 0x1234567890,
      hex: "9078563412",
    },
    {
      name: "a float",
      signal: raw({ startBit: 0, bits: 32, float: true }),
      value: 1.5,
      hex: "0000c03f",
    },
    {
      name: "a big-endian double",
      signal: raw({ startBit: 7, bits: 64, float: true, ...big }),
      value: 1.5,
      hex: "3ff8000000000000",
    },
    {
      name: "its code for not available",
      signal: raw({ startBit: 0, bits: 16, notAvailable: [65535] }),
      value: null,
      hex: "ffff",
    },
    {
      name: "a value beside its code",
      signal: raw({ startBit: 0, bits: 16, notAvailable: [65535], error: [65534] }),
      value: 65535,
      hex: "fdff",
    },
    {
      name: "a negative code",
      signal: raw({ startBit: 0, bits: 16, signed: true, error: [-32768] }),
      value: Number.NaN,
      hex: "0080",
    },
  ])("$name", ({ signal: one, value, hex }) => {
    expect(encoded({ one }, { one: value }, { bytes: 0, fill: 0 })).toBe(hex);
  });

  test("what has no code for not available stays as it was", () => {
    const one = raw({ startBit: 0, bits: 8 });
    const all = canSignalsOf({ maker: "x", models: ["x"], signals: { one } });
    const message = messageOf(all, 0, 0);
    expect([...message.encode({ one: 7 }, 1)]).toEqual([7]);
    expect([...message.encode({ one: null }, 2)]).toEqual([7]);
  });

  test("pages come in turn, each with the field that selects it", () => {
    const mux = (value: number) => [
      { startBit: 0, bits: 8, byteOrder: "little", values: [[value, value]] },
    ];
    const signals = {
      speed: raw({ startBit: 8, bits: 8 }),
      one: raw({ startBit: 16, bits: 8, mux: mux(1) }),
      two: raw({ startBit: 16, bits: 8, mux: mux(2) }),
    };
    const all = canSignalsOf({ maker: "x", models: ["x"], signals });
    const message = messageOf(all, 0, 0);
    const hex = () =>
      Buffer.from(message.encode({ speed: 9, one: 0x11, two: 0x22 }, 1)).toString("hex");
    expect([hex(), hex(), hex()]).toEqual(["010911", "020922", "010911"]);
  });
});

test("any field is written bit by bit as the slow way writes it, and nothing beside it", () => {
  const field = fc
    .record({ firstBit: fc.nat(63), bits: fc.integer({ min: 1, max: 32 }), isBig: fc.boolean() })
    .filter(({ firstBit, bits }) => firstBit + bits <= 64);
  fc.assert(
    fc.property(
      field,
      fc.nat(0xffffffff),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      (place, raw, before) => {
        const { firstBit, bits, isBig } = place;
        const value = raw % 2 ** bits;
        const expected = before.slice();
        for (let at = 0; at < bits; at++) {
          const bit = Math.floor(value / 2 ** (isBig ? bits - 1 - at : at)) % 2;
          const index = firstBit + at;
          const mask = isBig ? 0x80 >> (index & 7) : 1 << (index & 7);
          const byte = expected[index >> 3] ?? 0;
          expected[index >> 3] = bit === 1 ? byte | mask : byte & ~mask;
        }
        const written = before.slice();
        writeField(written, place, lowOf(value), 0);
        expect([...written]).toEqual([...expected]);
      },
    ),
  );
});
