import { describe, expect, test } from "vitest";
import { createRecordingFrame } from "./recording-frame.ts";
import { createLineParser } from "./recording-line.ts";

function parse(text: string) {
  const bytes = Uint8Array.from(Buffer.from(text, "latin1"));
  const frame = createRecordingFrame();
  const outcome = createLineParser()(bytes, 0, bytes.length, frame);
  const { bus, canId, isExtended, isRemote, isError, isFd, length, data } = frame;
  const kind = isError ? "error" : isRemote ? "remote" : isFd ? "fd" : "data";
  const hex = Buffer.from(data.subarray(0, isRemote ? 0 : length)).toString("hex");
  return outcome === "frame"
    ? `${frame.hasStamp} ${bus} ${canId.toString(16)} ${isExtended ? 29 : 11} ${kind} ${length} ${hex}`
    : outcome;
}

describe("candump -L", () => {
  test.each([
    ["(1436509052.249713) vcan0 044#2A366C2BBA", "true vcan0 44 11 data 5 2a366c2bba"],
    ["(0.1) can0 0CF00400#F0FFA02E1CFFFFFF", "true can0 cf00400 29 data 8 f0ffa02e1cffffff"],
    ["(0.1) can0 0cf00400#f0ffa02e1cffffff", "true can0 cf00400 29 data 8 f0ffa02e1cffffff"],
    ["can0 0CF00400#F0", "false can0 cf00400 29 data 1 f0"],
    ["() can0 123#", "true can0 123 11 data 0 ".replace("true", "false")],
    ["(0.1) can0 123#11.22.33", "true can0 123 11 data 3 112233"],
    ["(0.1) can0 18FEF200#R", "true can0 18fef200 29 remote 0 "],
    ["(0.1) can0 123#R8", "true can0 123 11 remote 8 "],
    [
      "(0.1) can0 123##311223344556677889900AABB",
      "true can0 123 11 fd 12 11223344556677889900aabb",
    ],
    ["(0.1) can0 123#1122334455667788_E", "true can0 123 11 data 8 1122334455667788"],
    [
      "(0.081) can0 1CFEE300#201CDD6842DCA00FD58D20E37A31F1",
      "true can0 1cfee300 29 data 15 201cdd6842dca00fd58d20e37a31f1",
    ],
    ["(0.1) can0 20000088#0000000000000000", "true can0 88 11 error 8 0000000000000000"],
    ["(0.1) can0 123#11 R", "true can0 123 11 data 1 11"],
    ["  (0.1)\tcan0  123#11  T  ", "true can0 123 11 data 1 11"],
  ])("reads %s", (text, is) => expect(parse(text)).toBe(is));
});

describe("candump", () => {
  test.each([
    [
      "  can0  0CF00400   [8]  F0 FF A0 2E 1C FF FF FF",
      "false can0 cf00400 29 data 8 f0ffa02e1cffffff",
    ],
    [" (1436509052.249713)  vcan0  123   [2]  11 22", "true vcan0 123 11 data 2 1122"],
    [
      " (000.020000)  can0  18FECA03   [6]  04 FF F4 FE FF 7F",
      "true can0 18feca03 29 data 6 04fff4feff7f",
    ],
    ["  can0  123   [0] ", "false can0 123 11 data 0 "],
    ["  can0  123   [8]  remote request", "false can0 123 11 remote 8 "],
    [
      "  can0  123  [12]  11 22 33 44 55 66 77 88 99 00 AA BB",
      "false can0 123 11 fd 12 11223344556677889900aabb",
    ],
    ["  can0  123   [3]  41 42 43   'ABC'", "false can0 123 11 data 3 414243"],
    [" (1.0)  can0  RX - -  123   [1]  11", "true can0 123 11 data 1 11"],
    [" (1.0)  can0  TX B E  18FECA03   [1]  11", "true can0 18feca03 29 data 1 11"],
    [
      "  can0  20000088   [8]  00 00 00 00 00 00 00 00   ERRORFRAME",
      "false can0 88 11 error 8 0000000000000000",
    ],
  ])("reads %s", (text, is) => expect(parse(text)).toBe(is));
});

describe("what is no frame", () => {
  test.each([
    ["", "blank"],
    [" \t ", "blank"],
    ["(x) can0 123#11", "the time is no number"],
    ["(1.5 can0 123#11", "the time is no number"],
    ["(1.5)", "no interface name"],
    [`${"x".repeat(65)} 123#11`, "no interface name"],
    ["(1.5) can0", "no frame after the interface name"],
    ["(1.5) can0 123", "no frame after the interface name"],
    ["(1.5) can0 12#11", "the identifier is not 3 or 8 hex digits"],
    ["(1.5) can0 0CF0040#11", "the identifier is not 3 or 8 hex digits"],
    ["(1.5) can0 RX - -", "the identifier is not 3 or 8 hex digits"],
    ["(1.5) can0 800#11", "the identifier has more than 29 bits"],
    ["(1.5) can0 8CF00400#11", "the identifier has more than 29 bits"],
    ["(1.5) can0 123#1", "the data are not pairs of hex digits"],
    ["(1.5) can0 123#1G", "the data are not pairs of hex digits"],
    ["(1.5) can0 123##", "the data are not pairs of hex digits"],
    [`(1.5) can0 123#${"11".repeat(65)}`, "more data than such a frame can hold"],
    ["(1.5) can0 123#11 22", "something stands behind the frame"],
    ["(1.5) can0 123#G1", "something stands behind the frame"],
    ["  can0  123   [8]  11 22", "the data are not as long as announced"],
    ["  can0  123   [1]  11 22", "something stands behind the frame"],
    ["  can0  123   [9]  11 22 33 44 55 66 77 88 99", "more data than such a frame can hold"],
    ["  can0  123   [1]  1", "the data are not pairs of hex digits"],
    ["  can0  123   [1]  11 xyz", "something stands behind the frame"],
  ])("is told from a frame: %s", (text, is) => expect(parse(text)).toBe(is));

  test("interfaces beyond the 64th, but rubbish does not count as one", () => {
    const parseLine = createLineParser();
    const frame = createRecordingFrame();
    const outcome = (text: string) => {
      const bytes = Uint8Array.from(Buffer.from(text));
      return parseLine(bytes, 0, bytes.length, frame);
    };
    for (let at = 0; at < 100; at++) expect(outcome(`rubbish${at} is no frame`)).not.toBe("frame");
    for (let at = 0; at < 64; at++) expect(outcome(`can${at} 123#`)).toBe("frame");
    expect(outcome("can64 123#")).toBe("more than 64 interfaces");
    expect(outcome("can7 123#")).toBe("frame");
  });

  test("a frame does not inherit anything from the line before", () => {
    const parseLine = createLineParser();
    const frame = createRecordingFrame();
    for (const text of ["(1.5) can0 18FECA00##1112233", "can1 123#R4", "can0 123#"]) {
      const bytes = Uint8Array.from(Buffer.from(text));
      expect(parseLine(bytes, 0, bytes.length, frame)).toBe("frame");
    }
    expect(frame).toMatchObject({
      hasStamp: false,
      stampSeconds: 0,
      isExtended: false,
      isRemote: false,
      isFd: false,
      length: 0,
      bus: "can0",
    });
  });
});
