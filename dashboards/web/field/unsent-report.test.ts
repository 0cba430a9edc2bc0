import { emptyContent } from "@firebreak/tickets/field/empty-content.ts";
import { describe, expect, test } from "vitest";
import type { Draft, HeldOrder, SmartWorkOrder, Step } from "./field-types.ts";
import { unsentReport } from "./unsent-report.ts";

const at = "2026-03-02T08:00:00.000Z";
const content = { ...emptyContent("repair"), symptom: "belt squeals" };
const draft: Draft = {
  ...{ user: "e-1", ticketId: "T-1", visitKey: "1", savedAt: at },
  ...{ content, isUnsent: true },
};
const orderIn = (state: SmartWorkOrder["state"], isMine = true): HeldOrder => ({
  ...{ user: "e-1", ticketId: "T-1", etag: "e", fetchedAt: at, isMine, rank: 0 },
  order: {
    ticketId: "T-1",
    state,
    visits: 1,
    reports: [],
    answers: [],
  } as unknown as SmartWorkOrder,
});
const handedIn: Step = {
  ...{ seq: 1, user: "e-1", commandId: "c-1", ticketId: "T-1", type: "hand-in-report", body: {} },
  ...{ at, watch: { id: "w", ms: 0 }, status: "waiting", tries: 0 },
};

describe("unsentReport", () => {
  const of = (order: HeldOrder, one: Draft, steps: readonly Step[] = []) =>
    unsentReport({ orders: [order], drafts: [one], steps }, "T-1");

  test("words of a tab that was closed too early are found again", () => {
    expect(of(orderIn("in_progress"), draft)).toEqual(content);
  });

  test.each([
    { name: "it went already", order: orderIn("in_progress"), one: { ...draft, isUnsent: false } },
    {
      name: "it is of the visit before",
      order: orderIn("in_progress"),
      one: { ...draft, visitKey: "0" },
    },
    { name: "the ticket is another's", order: orderIn("in_progress", false), one: draft },
    { name: "no report is written there any more", order: orderIn("verifying"), one: draft },
    { name: "it is handed in", order: orderIn("work_done"), one: draft, steps: [handedIn] },
  ])("nothing is to be sent when $name", ({ order, one, steps }) => {
    expect(of(order, one, steps)).toBeUndefined();
  });
});
