import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const nowMs = Date.parse("2026-05-01T08:00:00Z");

test.each([
  ["7", 7_000],
  ["0", 500],
  [["12", "13"], 12_000],
  ["Fri, 01 May 2026 08:00:12 GMT", 12_000],
  ["Fri, 01 May 2026 07:00:00 GMT", 500],
  ["86400", 60_000],
  ["9".repeat(400), 60_000],
  ["soon", undefined],
  [null, undefined],
])("Retry-After %s waits %s ms", (header, expected) => {
  expect(retryAfterMs(header, nowMs, { leastMs: 500, mostMs: 60_000 })).toBe(expected);
});
