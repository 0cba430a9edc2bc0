import { describe, expect, test } from "vitest";
import { readBitsBe, readBitsLe } from "./bit-field.ts";

const payload = Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0);

describe("readBitsLe", () => {
  test.each([
    { name: "one bit", start: 0, shift: 1, bits: 1, raw: 1 },
    { name: "a nibble", start: 1, shift: 4, bits: 4, raw: 0x3 },
    { name: "a byte", start: 7, shift: 0, bits: 8, raw: 0xf0 },
    { name: "a word", start: 0, shift: 0, bits: 16, raw: 0x3412 },
    { name: "ten bits over a byte edge", start: 0, shift: 6, bits: 10, raw: 0x0d0 },
    { name: "three bytes", start: 5, shift: 0, bits: 24, raw: 0xf0debc },
    { name: "19 bits in three bytes", start: 2, shift: 5, bits: 19, raw: 0x4d3c2 },
    { name: "a long without a sign", start: 4, shift: 0, bits: 32, raw: 0xf0debc9a },
    { name: "32 bits over five bytes", start: 3, shift: 4, bits: 32, raw: 0x0debc9a7 },
    {
      name: "53 bits",
      start: 0,
      shift: 0,
      bits: 53,
      raw: Number(0x1ebc9a78563412n & 0x1fffffffffffffn),
    },
  ])("reads $name", ({ start, shift, bits, raw }) => {
    const exact = payload
      .slice(start)
      .reduce((sum, byte, at) => sum + (BigInt(byte) << BigInt(8 * at)), 0n);
    expect(BigInt(readBitsLe(payload, { start, shift, bits }))).toBe(
      (exact >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n),
    );
    if (bits <= 32) expect(readBitsLe(payload, { start, shift, bits })).toBe(raw);
  });
});

describe("readBitsBe", () => {
  test.each([
    { start: 0, shift: 0, bits: 8 },
    { start: 0, shift: 3, bits: 2 },
    { start: 1, shift: 4, bits: 12 },
    { start: 2, shift: 7, bits: 10 },
    { start: 4, shift: 0, bits: 32 },
    { start: 1, shift: 3, bits: 53 },
  ])("reads $bits bits from $start.$shift", (field) => {
    const whole = payload.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const below = 64 - field.start * 8 - field.shift - field.bits;
    expect(BigInt(readBitsBe(payload, field))).toBe(
      (whole >> BigInt(below)) & ((1n << BigInt(field.bits)) - 1n),
    );
  });
});
