import { describe, expect, test } from "vitest";
import { parseStamp } from "./recording-stamp.ts";

function parse(text: string): [boolean, number, number] | "no time" {
  const bytes = Uint8Array.from(Buffer.from(`(${text}) can0`, "latin1"));
  const into = { hasStamp: false, stampSeconds: 0, stampNanos: 0 };
  const at = parseStamp(bytes, 1, bytes.length, into);
  if (at < 0) return "no time";
  expect(at).toBe(text.length + 2);
  return [into.hasStamp, into.stampSeconds, into.stampNanos];
}

describe("parseStamp", () => {
  test.each([
    { text: "1436509052.249713", is: [true, 1436509052, 249713000] },
    { text: "0000000000.000002", is: [true, 0, 2000] },
    { text: "12.3", is: [true, 12, 300000000] },
    { text: "12", is: [true, 12, 0] },
    { text: "1436509052.123456789", is: [true, 1436509052, 123456789] },
    { text: "1.1234567899", is: [true, 1, 123456789] },
    { text: "-000000607.860600", is: [true, -608, 139400000] },
    { text: "-5", is: [true, -5, 0] },
    { text: "-0.000000", is: [true, 0, 0] },
    { text: " 3.5", is: [true, 3, 500000000] },
    { text: "2015-07-10 06:17:32.249713", is: [true, 1436509052, 249713000] },
    { text: "2015-07-10 06:17:32", is: [true, 1436509052, 0] },
    { text: "", is: [false, 0, 0] },
    { text: "nan", is: "no time" },
    { text: "1.5x", is: "no time" },
    { text: "-", is: "no time" },
    { text: ".5", is: "no time" },
    { text: "1e9", is: "no time" },
    { text: "1234567890123456", is: "no time" },
    { text: "2015-07-10", is: "no time" },
    { text: "2015-17-10 06:17:32.2", is: "no time" },
  ])("reads ($text)", ({ text, is }) => expect(parse(text)).toEqual(is));

  test("does not read past the end", () => {
    const into = { hasStamp: false, stampSeconds: 0, stampNanos: 0 };
    const bytes = Uint8Array.from(Buffer.from("(1.5) can0"));
    for (let end = 0; end <= 4; end++) expect(parseStamp(bytes, 1, end, into)).toBe(-1);
  });
});
