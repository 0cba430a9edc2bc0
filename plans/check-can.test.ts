import { describe, expect, test } from "vitest";
import { checkCan } from "./check-can.ts";

const byte = { startBit: 0, bits: 8, byteOrder: "little" } as const;
const big = { startBit: 7, bits: 16, byteOrder: "big" } as const;

describe("checkCan", () => {
  test.each([
    { name: "an identifier", can: { id: 0x185, ...byte } },
    { name: "a short identifier of 29 bits", can: { id: 0x185, extended: true, ...big } },
    { name: "a J1939 message", can: { pgn: 65280, sa: 33, ...byte, coding: "analog" } },
    { name: "a float", can: { id: 1, ...byte, bits: 64, float: true } },
    { name: "the last byte of CAN FD", can: { id: 1, ...big, startBit: 503 } },
    {
      name: "a multiplexed signal",
      can: { id: 1, ...byte, startBit: 8, mux: [{ ...byte, values: [[3, 3]] }] },
    },
  ] as const)("finds nothing wrong with $name", ({ can }) => {
    expect(checkCan(can as unknown as Parameters<typeof checkCan>[0], [])).toEqual([]);
  });

  test.each([
    { can: { ...byte }, says: 'give exactly one of "id" and "pgn"' },
    { can: { id: 1, pgn: 1, ...byte }, says: 'give exactly one of "id" and "pgn"' },
    { can: { id: 1, sa: 1, ...byte }, says: '"sa" goes with "pgn"; an identifier says it already' },
    { can: { id: 2048, extended: false, ...byte }, says: "2048 is above 2047, so it has 29 bits" },
    {
      can: { pgn: 1, extended: true, ...byte },
      says: 'leave it out: a message of "pgn" always has 29 bits',
    },
    { can: { id: 1, ...byte, float: true }, says: "a float has 32 or 64 bits" },
    {
      can: { id: 1, ...byte, bits: 32, float: true, signed: true },
      says: 'a float has its own sign; leave "signed" out',
    },
    {
      can: { id: 1, ...byte, signed: true, coding: "analog" },
      says: "only unsigned fields of up to 32 bits have such a coding",
    },
    {
      can: { id: 1, ...byte, startBit: 505 },
      says: "the field ends beyond byte 64 of its message",
    },
    {
      can: { id: 1, ...big, startBit: 504 },
      says: "the field ends beyond byte 64 of its message",
    },
    {
      can: { id: 1, ...byte, mux: [{ ...byte, startBit: 512, values: [[1, 1]] }] },
      says: "the field ends beyond byte 64 of its message",
    },
    {
      can: { id: 1, ...byte, mux: [{ ...byte, values: [[3, 2]] }] },
      says: "the range 3 to 2 is empty",
    },
  ])("says: $says", ({ can, says }) => {
    const found = checkCan(can as unknown as Parameters<typeof checkCan>[0], ["signals", "x"]);
    expect(found.map(({ message }) => message)).toEqual([says]);
    expect(found[0]?.path.slice(0, 3)).toEqual(["signals", "x", "can"]);
  });
});
