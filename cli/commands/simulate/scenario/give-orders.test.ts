import { describe, expect, test } from "vitest";
import { OrderDesk, valueAt } from "./give-orders.ts";

const ticket = {
  ticketId: "T-1",
  parts: [{ transferId: "X-1", quantity: 2 }],
  sla: [
    { kind: "response", status: "running" },
    { kind: "arrival", status: "met" },
  ],
};

test.each([
  { place: "ticketId", value: "T-1" },
  { place: "parts[0].quantity", value: 2 },
  { place: "sla[kind=arrival].status", value: "met" },
  { place: "sla[kind=other].status", value: undefined },
  { place: "parts[1].quantity", value: undefined },
  { place: "ticketId.length", value: undefined },
])("valueAt: $place", ({ place, value }) => {
  expect(valueAt(ticket, place)).toBe(value);
});

describe("OrderDesk", () => {
  const deskWith = (status: number, asked: unknown[]) =>
    new OrderDesk({
      ask: async (...request) => {
        asked.push(request);
        return { status, answer: ticket };
      },
    });
  const open = { order: "post", path: "tickets", atHour: 0, keep: { one: "ticketId" } } as const;

  test("names in later orders are what earlier ones kept", async () => {
    const asked: unknown[] = [];
    const desk = deskWith(200, asked);
    await desk.give(open);
    await desk.give({
      ...{ order: "post", path: "tickets/$one/acknowledge", atHour: 0 },
      ...{ body: { note: "$one and $two" }, expect: { "parts[0].quantity": 2 } },
    });
    expect(asked[1]).toEqual(["post", "tickets/T-1/acknowledge", { note: "T-1 and $two" }]);
    expect(desk.answered.flatMap(({ against }) => against)).toEqual([]);
  });

  test("tells what was refused, and every answer that is another one", async () => {
    const desk = deskWith(409, []);
    await desk.give({ ...open, keep: { no: "sla" }, expect: { ticketId: "T-2", other: 1 } });
    const [{ against = [] } = {}] = desk.answered;
    expect(against.map((one) => one.slice(0, 12))).toEqual([
      '409 {"ticket',
      "sla is no te",
      "ticketId is ",
      "other is und",
    ]);
  });
});
