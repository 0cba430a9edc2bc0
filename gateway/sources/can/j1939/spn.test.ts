import { qualityName } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { describe, expect, test } from "vitest";
import { compileSpn, type J1939Signal, readSpn } from "./spn.ts";
import { factOfSpn } from "./spn-facts.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

/** What one signal says in a payload. */
function read(signal: J1939Signal, hex: string): { value: number; quality: string } {
  const columns = new SampleColumns(0n);
  readSpn(compileSpn(signal), bytes(hex), 5, columns);
  expect(columns.length).toBe(1);
  expect([columns.signal[0], columns.offsetNs[0]]).toEqual([signal.index, 5]);
  return { value: columns.value[0] ?? 0, quality: qualityName(columns.quality[0] ?? 99) };
}

const wide: J1939Signal = {
  index: 7,
  pgn: 65280,
  startByte: 1,
  startBit: 1,
  bits: 8,
  scale: 1,
  offset: 0,
  min: 0,
  max: 2 ** 32,
  kind: "analog",
};

function ofSpn(spn: number): J1939Signal {
  const fact = factOfSpn(spn);
  if (fact === undefined) throw new Error(`no SPN ${spn}`);
  return { ...fact, index: 3 };
}

const bad = (quality: string) => ({ value: Number.NaN, quality });
const good = (value: number) => ({ value, quality: "good" });

describe("raw ranges by width (SAE J1939-71, transmitted signal ranges)", () => {
  test.each([
    { bits: 8, hex: "00", is: good(0) },
    { bits: 8, hex: "fa", is: good(250) },
    { bits: 8, hex: "fb", is: bad("reserved") },
    { bits: 8, hex: "fd", is: bad("reserved") },
    { bits: 8, hex: "fe", is: bad("error") },
    { bits: 8, hex: "ff", is: bad("not-available") },
    { bits: 16, hex: "ff fa", is: good(0xfaff) },
    { bits: 16, hex: "00 fb", is: bad("reserved") },
    { bits: 16, hex: "ff fd", is: bad("reserved") },
    { bits: 16, hex: "00 fe", is: bad("error") },
    { bits: 16, hex: "ff fe", is: bad("error") },
    { bits: 16, hex: "00 ff", is: bad("not-available") },
    { bits: 16, hex: "ff ff", is: bad("not-available") },
    { bits: 24, hex: "ff ff fa", is: good(0xfaffff) },
    { bits: 24, hex: "00 00 fe", is: bad("error") },
    { bits: 32, hex: "ff ff ff fa", is: good(0xfaffffff) },
    { bits: 32, hex: "00 00 00 fb", is: bad("reserved") },
    { bits: 32, hex: "ff ff ff fd", is: bad("reserved") },
    { bits: 32, hex: "00 00 00 fe", is: bad("error") },
    { bits: 32, hex: "00 00 00 ff", is: bad("not-available") },
    { bits: 12, hex: "ff 0a", is: good(0xaff) },
    { bits: 12, hex: "af 0f", is: good(0xfaf) },
    { bits: 12, hex: "b0 0f", is: bad("reserved") },
    { bits: 12, hex: "e0 0f", is: bad("error") },
    { bits: 12, hex: "f0 0f", is: bad("not-available") },
    { bits: 10, hex: "fa 03", is: good(0x3fa) },
    { bits: 10, hex: "fb 03", is: bad("reserved") },
    { bits: 10, hex: "fe 03", is: bad("error") },
    { bits: 10, hex: "ff 03", is: bad("not-available") },
    { bits: 4, hex: "0a", is: good(10) },
    { bits: 4, hex: "0b", is: bad("reserved") },
    { bits: 4, hex: "0e", is: bad("error") },
    { bits: 4, hex: "0f", is: bad("not-available") },
  ])("reads analog $bits bits $hex as $is.quality", ({ bits, hex, is }) => {
    expect(read({ ...wide, bits }, hex)).toEqual(is);
  });

  test.each([
    { bits: 1, hex: "01", is: good(1) },
    { bits: 2, hex: "00", is: good(0) },
    { bits: 2, hex: "01", is: good(1) },
    { bits: 2, hex: "02", is: bad("error") },
    { bits: 2, hex: "03", is: bad("not-available") },
    { bits: 3, hex: "05", is: good(5) },
    { bits: 3, hex: "06", is: bad("error") },
    { bits: 3, hex: "07", is: bad("not-available") },
    { bits: 4, hex: "0d", is: good(13) },
    { bits: 4, hex: "0e", is: bad("error") },
    { bits: 4, hex: "0f", is: bad("not-available") },
    { bits: 5, hex: "1d", is: good(29) },
    { bits: 5, hex: "1e", is: bad("error") },
    { bits: 5, hex: "1f", is: bad("not-available") },
    { bits: 8, hex: "fb", is: good(251) },
    { bits: 8, hex: "fe", is: bad("error") },
    { bits: 8, hex: "ff", is: bad("not-available") },
  ])("reads a state of $bits bits $hex as $is.quality", ({ bits, hex, is }) => {
    expect(read({ ...wide, bits, kind: "state" }, hex)).toEqual(is);
  });

  test.each([
    { hex: "fd", is: good(253) },
    { hex: "fe", is: good(254) },
    { hex: "ff", is: bad("not-available") },
  ])("reads an address $hex as $is.quality", ({ hex, is }) => {
    expect(read({ ...wide, kind: "address" }, hex)).toEqual(is);
  });
});

describe("known signals", () => {
  test.each([
    { name: "engine speed", spn: 190, hex: "ffffff e02e ffffff", is: good(1500) },
    { name: "engine speed, error", spn: 190, hex: "ffffff 00fe ffffff", is: bad("error") },
    {
      name: "oil pressure, error (1016 kPa)",
      spn: 100,
      hex: "ffffff fe ffffffff",
      is: bad("error"),
    },
    { name: "coolant below zero", spn: 110, hex: "00 ffffffffffffff", is: good(-40) },
    { name: "percent torque 7D = 0 %", spn: 513, hex: "ffff 7d ffffffffff", is: good(0) },
    { name: "fractional torque", spn: 4154, hex: "7f ffffffffffffff", is: good(0.875) },
    { name: "beyond its range", spn: 4154, hex: "8f ffffffffffffff", is: bad("out-of-range") },
    { name: "engine hours", spn: 247, hex: "40e20100 ffffffff", is: good(123456 * 0.05) },
    { name: "latitude", spn: 584, hex: "00943577 ffffffff", is: good(2e9 * 1e-7 - 210) },
    { name: "parking brake set", spn: 70, hex: "f7 ffffffffffffff", is: good(1) },
    {
      name: "a component id above 250",
      spn: 911,
      hex: "fb ffffffffffffff",
      is: bad("out-of-range"),
    },
    {
      name: "temperature FF00, not 1767 °C",
      spn: 175,
      hex: "ffff 00ff ffffffff",
      is: bad("not-available"),
    },
  ])("$name", ({ spn, hex, is }) => expect(read(ofSpn(spn), hex)).toEqual(is));

  test("a value below the plausible range is out of range", () => {
    expect(read({ ...wide, offset: -40, min: -30, max: 120 }, "05")).toEqual(bad("out-of-range"));
    expect(read({ ...wide, offset: -40, min: -30, max: 120 }, "0a")).toEqual(good(-30));
  });
});
