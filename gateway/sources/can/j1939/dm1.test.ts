import { describe, expect, test } from "vitest";
import { decodeDm1, decodeDtc } from "./dm1.ts";

const decode = (hex: string) => {
  const payload = Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  return decodeDm1(payload, payload.length);
};

const dark = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" };
const amber = { ...dark, amberWarning: "on" };

describe("decodeDm1: codes (SAE J1939-73, DM1)", () => {
  const oilPressure = { spn: 100, fmi: 4, oc: 1, cm: 0 };
  test.each([
    { name: "one code", hex: "04ff 64000401 ffff", lamps: amber, dtcs: [oilPressure] },
    { name: "one code in 6 bytes", hex: "04ff 64000401", lamps: amber, dtcs: [oilPressure] },
    { name: "no code, zeros", hex: "00ff 00000000 ffff", lamps: dark, dtcs: [] },
    { name: "no code, ones", hex: "00ff ffffffff ffff", lamps: dark, dtcs: [] },
    { name: "a lamp without a code", hex: "04ff 00000000 ffff", lamps: amber, dtcs: [] },
    { name: "lamps alone", hex: "04ff", lamps: amber, dtcs: [] },
    {
      name: "a maker's SPN",
      hex: "04ff f4fe ff 7f",
      lamps: amber,
      dtcs: [{ spn: 524020, fmi: 31, oc: 127, cm: 0 }],
    },
    {
      name: "an old conversion method",
      hex: "04ff 64000481 ffff",
      lamps: amber,
      dtcs: [{ ...oilPressure, cm: 1 }],
    },
    {
      name: "occurrence count not available",
      hex: "04ff 6400047f",
      lamps: amber,
      dtcs: [{ ...oilPressure, oc: 127 }],
    },
    {
      name: "SPN 0 with a failure mode",
      hex: "04ff 00000401",
      lamps: amber,
      dtcs: [{ spn: 0, fmi: 4, oc: 1, cm: 0 }],
    },
    {
      name: "several codes after reassembly, one of them none",
      hex: "04ff 7302047f 00000000 2b03027f",
      lamps: amber,
      dtcs: [
        { spn: 627, fmi: 4, oc: 127, cm: 0 },
        { spn: 811, fmi: 2, oc: 127, cm: 0 },
      ],
    },
    { name: "a code cut off", hex: "04ff 640004", lamps: amber, dtcs: [] },
  ])("reads $name", ({ hex, lamps, dtcs }) => expect(decode(hex)).toEqual({ lamps, dtcs }));

  test("is undefined without the lamp bytes", () => {
    expect(decode("04")).toBeUndefined();
    expect(decode("")).toBeUndefined();
  });

  test("reads no further than the length given", () => {
    const payload = Uint8Array.from(Buffer.from("04ff64000401", "hex"));
    expect(decodeDm1(payload, 5)).toEqual({ lamps: amber, dtcs: [] });
  });
});

describe("decodeDm1: lamps (bits 8-7 MIL, 6-5 red stop, 4-3 amber, 2-1 protect)", () => {
  test.each([
    { name: "MIL", hex: "40ff", lamps: { ...dark, mil: "on" } },
    { name: "red stop", hex: "10ff", lamps: { ...dark, redStop: "on" } },
    { name: "protect", hex: "01ff", lamps: { ...dark, protect: "on" } },
    { name: "slow flash", hex: "0400", lamps: { ...dark, amberWarning: "slow-flash" } },
    { name: "fast flash", hex: "1010", lamps: { ...dark, redStop: "fast-flash" } },
    { name: "reserved flash", hex: "4080", lamps: { ...dark, mil: "on" } },
    { name: "an unsupported MIL", hex: "c0ff", lamps: { ...dark, mil: "not-available" } },
    { name: "a lamp error", hex: "02ff", lamps: { ...dark, protect: "error" } },
    { name: "flash of a dark lamp", hex: "0000", lamps: dark },
  ])("tells $name", ({ hex, lamps }) =>
    expect(decode(`${hex} 00000000 ffff`)?.lamps).toEqual(lamps),
  );
});

describe("SPN conversion methods", () => {
  /** SPN 1234 = 0x4D2 = 0b00000000100_11010_010: SAE J1939-73 lays it out in three ways. */
  test.each([
    { method: 1, hex: "009a41" },
    { method: 2, hex: "9a0041" },
    { method: 3, hex: "d20401" },
    { method: 4, hex: "d20401" },
  ] as const)("reads SPN 1234 FMI 1 sent in version $method", ({ method, hex }) => {
    const sent = Uint8Array.from(Buffer.from(`${hex}85`, "hex"));
    expect(decodeDtc(sent, 0, method)).toEqual({ spn: 1234, fmi: 1, oc: 5, cm: 1 });
  });

  test("reads a code with conversion bit 0 as version 4, whatever is set", () => {
    for (const method of [1, 2, 3, 4] as const)
      expect(decodeDtc(Uint8Array.of(0xd2, 0x04, 0x01, 0x05), 0, method)).toEqual({
        spn: 1234,
        fmi: 1,
        oc: 5,
        cm: 0,
      });
  });
});
