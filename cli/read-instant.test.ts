import { expect, test } from "vitest";
import { readInstant } from "./read-instant.ts";

test.each([
  ["2026-03-01", Date.UTC(2026, 2, 1)],
  ["2026-03-01T08:00:00+08:00", Date.UTC(2026, 2, 1)],
  ["2026-03-01T00:00Z", Date.UTC(2026, 2, 1)],
  ["2026-03-01T00:00:00", undefined],
  ["2026-13-01", undefined],
  ["2026", undefined],
  ["5", undefined],
  ["yesterday", undefined],
])("reads %j", (text, ms) => {
  expect(readInstant(text)).toBe(ms);
});
