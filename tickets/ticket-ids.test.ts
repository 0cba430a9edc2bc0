import { describe, expect, test } from "vitest";
import { createTicketIds } from "./ticket-ids.ts";

describe("createTicketIds", () => {
  test("gives ids that differ and sort by time, also within one millisecond", () => {
    let nowMs = Date.parse("2026-03-01T08:00:00Z");
    const { ticketId } = createTicketIds(() => nowMs);
    const ids = Array.from({ length: 5000 }, (_, index) => {
      if (index === 2500) nowMs -= 1000;
      return ticketId();
    });
    expect(new Set(ids.map((id) => id.slice(0, 11))).size).toBe(5000);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids[0]).toMatch(/^T-[0-9A-HJKMNP-TV-Z]{9}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  test("gives progress codes of 128 bits", () => {
    const { progressCode, rowId } = createTicketIds(() => 0);
    expect(Buffer.from(progressCode(), "base64url")).toHaveLength(16);
    expect(progressCode()).not.toBe(progressCode());
    expect(rowId()).not.toBe(rowId());
  });
});
