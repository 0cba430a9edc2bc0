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

  test.each([
    { times: 2, isAs: true },
    { times: 2.01, isAs: false },
  ])("compares with $times times a number that was kept", async ({ times, isAs }) => {
    const quantities = [1.1, 2.2];
    const desk = new OrderDesk({
      ask: async () => ({ status: 200, answer: { quantity: quantities.shift() } }),
    });
    const get = { order: "get", path: "forecast", atHour: 0 } as const;
    await desk.give({ ...get, keep: { before: "quantity" } });
    await desk.give({ ...get, expect: { quantity: { times, kept: "before" } } });
    expect(desk.answered[1]?.against.length).toBe(isAs ? 0 : 1);
  });

  test("each machine has names of its own, and knows those that are everybody's", async () => {
    const asked: unknown[] = [];
    const answers = [ticket, { ticketId: "T-2" }, { ticketId: "T-3" }];
    const desk = new OrderDesk({
      ask: async (...request) => {
        asked.push(request[1]);
        return { status: 200, answer: answers.shift() ?? null };
      },
    });
    await desk.give(open);
    for (const machineId of ["A-001", "A-002"])
      await desk.give({
        ...open,
        path: "tickets?machine=$machine",
        machineId,
        keep: { two: "ticketId" },
      });
    for (const machineId of ["A-001", "A-002", undefined])
      await desk.give({
        ...{ order: "get", path: "$one/$two", atHour: 0 },
        ...(machineId === undefined ? {} : { machineId }),
      });
    expect(asked).toEqual([
      "tickets",
      ...["tickets?machine=A-001", "tickets?machine=A-002"],
      ...["T-1/T-2", "T-1/T-3", "T-1/$two"],
    ]);
  });

  test("null expects that nothing stands there", async () => {
    const desk = deskWith(200, []);
    await desk.give({ ...open, expect: { "parts[1].quantity": null, ticketId: null } });
    expect(desk.answered[0]?.against).toHaveLength(1);
  });

  test("tells what was refused, and every answer that is another one", async () => {
    const desk = deskWith(409, []);
    await desk.give({ ...open, keep: { no: "sla" }, expect: { ticketId: "T-2", other: 1 } });
    const [{ against = [] } = {}] = desk.answered;
    expect(against.map((one) => one.slice(0, 12))).toEqual([
      '409 {"ticket',
      "sla is neith",
      "ticketId is ",
      "other is und",
    ]);
  });
});
