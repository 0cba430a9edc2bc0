import fc from "fast-check";
import { expect, test } from "vitest";
import { isoNs, nsOfIso } from "./iso-ns.ts";

const firstNs = BigInt(Date.parse("0000-01-01T00:00:00Z")) * 1_000_000n;
const lastNs = BigInt(Date.parse("9999-12-31T23:59:59.999Z")) * 1_000_000n;

test("times are what Date makes of them, and the nanoseconds behind", () => {
  fc.assert(
    fc.property(fc.bigInt(firstNs, lastNs), (timeNs) => {
      const text = isoNs(timeNs);
      const restNs = ((timeNs % 1_000_000n) + 1_000_000n) % 1_000_000n;
      const ms = Number((timeNs - restNs) / 1_000_000n);
      const before = new Date(ms).toISOString().slice(0, -1);
      expect(text).toBe(`${before}${String(restNs).padStart(6, "0")}Z`);
      expect(nsOfIso(text)).toBe(timeNs);
    }),
  );
});

test.each([
  [0n, "1970-01-01T00:00:00.000000000Z"],
  [-1n, "1969-12-31T23:59:59.999999999Z"],
  [86_399_999_999_999n, "1970-01-01T23:59:59.999999999Z"],
  [1_709_164_800_000_000_001n, "2024-02-29T00:00:00.000000001Z"],
])("%s is %s", (timeNs, text) => {
  expect(isoNs(timeNs)).toBe(text);
});
