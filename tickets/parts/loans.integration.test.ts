import { expect, test } from "vitest";
import type { ChannelTables } from "../channels/channels-tables.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { turnaroundTarget } from "../sla/sla-targets.ts";
import { addClock } from "../sla/ticket-clocks.ts";
import { requireTicket } from "../ticket-work.ts";
import { endChildren } from "./end-children.ts";
import { remindOfLoans } from "./loan-reminders.ts";
import { requestLoaner } from "./loaner.ts";
import { type Network, openNetwork } from "./network.fixture.ts";
import { calendarOf } from "./parts-clocks.ts";
import { replenishAll } from "./replenish.ts";
import { expectStockConsistent } from "./stock.fixture.ts";
import { stockFigures } from "./stock-figures.ts";
import type { StockTables } from "./stock-tables.ts";

/** In warranty until September 2026, by the organisation's file. */
const inWarranty = "LOADER-001";

async function onLoan(net: Network, machineId: string) {
  const job = await net.job(machineId);
  await net.desk.receive({
    ...net.order(),
    partNo: "PUMP",
    locationId: job.stationId,
    quantity: 2,
  });
  const { ticketId } = await net.want(job, "PUMP");
  await net.desk.handOut({ ...net.order(), ticketId, engineerId: "E-1" });
  const { items } = await net.desk.loans({ isOpen: true, limit: 9 });
  const loan = items.find((one) => one.ticketId === ticketId);
  if (!loan) throw new TypeError("what was handed out is on loan");
  return loan;
}

describeEachDatabase("loans", (open) => {
  test("SK-7, AS-13: in warranty a used part is settled only with its old part, due in 15 days", async () => {
    const net = await openNetwork(await open());
    const { ticketId, loanId } = await onLoan(net, inWarranty);
    const early = net.desk.returnOldPart({ ...net.order(), loanId });
    await expect(early).rejects.toMatchObject({ code: "LOAN_STATE" });
    const used = await net.desk.consumeLoan({ ...net.order(), loanId, reportLine: "R-1/1" });
    expect(used).toMatchObject({ state: "consumed", coreDueAt: "2026-03-17T00:00:00.000Z" });
    expect((await net.get(ticketId)).state).toBe("consumed");
    const close = net.desk.closeRequest({ ...net.order(), ticketId });
    await expect(close).rejects.toMatchObject({ code: "PARTS_OPEN" });
    const settled = await net.desk.returnOldPart({ ...net.order(), loanId });
    expect(settled.state).toBe("closed");
    expect((await net.get(ticketId)).state).toBe("closed");
    await expectStockConsistent(net.db);
  });

  test("SK-7, AS-13: out of warranty a used part is settled at once", async () => {
    const net = await openNetwork(await open());
    const { ticketId, loanId } = await onLoan(net, "meet-1");
    const used = await net.desk.consumeLoan({ ...net.order(), loanId, reportLine: "R-1/1" });
    expect([used.state, used.coreDueAt]).toEqual(["closed", undefined]);
    expect((await net.get(ticketId)).state).toBe("closed");
    const again = net.desk.returnLoan({ ...net.order(), loanId, quantity: 1 });
    await expect(again).rejects.toMatchObject({ code: "LOAN_STATE" });
  });

  test("an unused part is asked for after 3 days, once", async () => {
    const net = await openNetwork(await open());
    await onLoan(net, "meet-1");
    const remind = () => net.work((work) => remindOfLoans(work, 10));
    net.clock.advance(3 * 24 - 1);
    expect(await remind()).toBe(0);
    net.clock.advance(1);
    expect([await remind(), await remind()]).toEqual([1, 0]);
    const rows = await net.db
      .tables<ChannelTables>()
      .selectFrom("notices")
      .select("body")
      .execute();
    const notices = rows.map(({ body }) => JSON.parse(body));
    expect(notices.filter(({ kind }) => kind === "part-return-due")).toMatchObject([
      { audience: { to: "engineer", engineerId: "E-1" }, facts: { parts: "PUMP", quantity: 1 } },
    ]);
  });

  test("SK-4: no issue or loan without a parts ticket, no consumption without a line of a report", async () => {
    const net = await openNetwork(await open(), { home: "PUMP: { bin: A, quantity: 1 }" });
    const row = {
      movement_id: "m-1",
      part_no: "PUMP",
      location_id: "home",
      quantity: 0,
      amount: 1,
      actor: "user-1",
      at: "2026-03-02T00:00:00.000Z",
    };
    for (const kind of ["issue", "loan_out", "consume"] as const) {
      const write = net.work((work) =>
        work.tx
          .tables<StockTables>()
          .insertInto("stock_ledger")
          .values({ ...row, kind } as never)
          .execute(),
      );
      await expect(write).rejects.toMatchObject({ code: "DATABASE_CONSTRAINT" });
    }
  });

  test("parts for the customer, who fits them himself, are issued", async () => {
    const net = await openNetwork(await open(), { home: "PUMP: { bin: A, quantity: 1 }" });
    const { ticketId } = await net.want(await net.job("meet-1"), "PUMP");
    await net.desk.handOut({ ...net.order(), ticketId, isIssue: true });
    const { items } = await net.desk.ledger({ partNo: "PUMP", limit: 9 });
    expect(items.map(({ kind }) => kind).sort()).toEqual(["issue", "receipt"]);
  });

  test("O-07: in warranty an overdue repair gets a loaner exactly once, out of warranty none", async () => {
    const net = await openNetwork(await open());
    const overdue = async (machineId: string, isInWarranty: boolean) => {
      const { ticketId } = await net.job(machineId);
      // Received on Thursday 2026-03-05 at 08:00 in Shanghai.
      const at = "2026-03-05T00:00:00.000Z";
      const target = turnaroundTarget(isInWarranty);
      const start = { kind: "repair_turnaround", at, target } as const;
      const calendar = calendarOf("Asia/Shanghai");
      const tick = () =>
        net.work(async (work) => {
          const { ticket, key } = await requireTicket(work.tx, ticketId);
          const sla = addClock(ticket.sla, start, calendar);
          return requestLoaner(work, { ticket: { ...ticket, sla }, key });
        });
      return { tick, dueAt: addClock([], start, calendar)[0]?.dueAt };
    };
    const covered = await overdue(inWarranty, true);
    const other = await overdue("meet-1", false);
    expect([covered.dueAt, other.dueAt]).toEqual([
      "2026-03-10T10:00:00.000Z",
      "2026-03-12T10:00:00.000Z",
    ]);
    net.clock.advance(8 * 24 + 9);
    expect(await covered.tick()).toBeUndefined();
    net.clock.advance(1);
    const loaner = await covered.tick();
    expect(loaner?.demand?.purpose).toBe("loaner");
    expect(await covered.tick()).toBeUndefined();
    net.clock.advance(48);
    expect([await covered.tick(), await other.tick()]).toEqual([undefined, undefined]);
  });
});

describeEachDatabase("stocking up", (open) => {
  test("an item below its minimum gets one ticket, filled from a centre, over when it is on the shelf", async () => {
    const net = await openNetwork(await open(), {
      home: "PUMP: { bin: A, quantity: 1, min: 2, target: 4, max: 6 }",
      near: "PUMP: { bin: N, quantity: 9 }",
      "centre-1": "PUMP: { bin: C, quantity: 9 }",
    });
    const stockUp = () => net.work((work) => replenishAll(work, 10));
    expect([await stockUp(), await stockUp()]).toEqual([1, 0]);
    const { items } = await net.desk.transfers({ isOpen: true, limit: 9 });
    expect(items).toMatchObject([
      { fromId: "centre-1", toId: "home", quantity: 3, isGreen: false },
    ]);
    const { transferId = "", ticketId = "" } = items[0] ?? {};
    for (const step of ["approve", "pick", "send", "receive"] as const)
      await net.desk.stepTransfer({ ...net.order(), transferId, step });
    expect((await net.get(ticketId)).state).toBe("closed");
    expect(await net.levels("PUMP")).toMatchObject({ home: "4/0", "centre-1": "6/0" });
    expect(await stockUp()).toBe(0);
    const bottom = { partNo: "PUMP", locationId: "home", counted: 1, reason: "count" };
    await net.desk.count({ ...net.order(), ...bottom });
    // Counting asks for more at once; the turn of the hub finds nothing left to do.
    expect(await net.desk.tick()).toEqual({ replenished: 0, reminded: 0 });
    const asked = await net.desk.transfers({ isOpen: true, limit: 9 });
    expect(asked.items).toMatchObject([{ toId: "home", quantity: 3 }]);
    await expectStockConsistent(net.db);
  });

  test("what nobody has is waited for, and over when enough came from outside", async () => {
    const net = await openNetwork(await open(), {
      home: "PUMP: { bin: A, quantity: 0, min: 2, target: 3, max: 6 }",
    });
    await net.work((work) => replenishAll(work, 10));
    const { items } = await net.service.page({ kind: "parts", limit: 9 });
    expect(items).toMatchObject([{ state: "backordered", trigger: "replenishment" }]);
    const receipt = { partNo: "PUMP", locationId: "home", quantity: 3 };
    await net.desk.receive({ ...net.order(), ...receipt });
    expect((await net.get(items[0]?.ticketId ?? "")).state).toBe("closed");
  });
});

describeEachDatabase("the end of a job", (open) => {
  test("frees what is kept, ends what has not left, and lets what is on the way arrive as free stock", async () => {
    const net = await openNetwork(await open(), {
      home: "SEAL: { bin: B, quantity: 2 }",
      "centre-1": "PUMP: { bin: C, quantity: 5 }, BOLT: { bin: D, quantity: 5 }",
    });
    const job = await net.job("meet-1", "emergency");
    const [seal, pump, bolt] = [
      await net.want(job, "SEAL"),
      await net.want(await net.get(job.ticketId), "PUMP"),
      await net.want(await net.get(job.ticketId), "BOLT"),
    ];
    const transferId = pump.parts[0]?.transferId ?? "";
    for (const step of ["pick", "send"] as const)
      await net.desk.stepTransfer({ ...net.order(), transferId, step });
    await net.work(async (work) => {
      const { ticket } = await requireTicket(work.tx, job.ticketId);
      await endChildren(work, ticket, { commandId: "end-1", partsUsed: ["SEAL"] });
    });
    const states = await Promise.all(
      [seal, pump, bolt].map(async ({ ticketId }) => (await net.get(ticketId)).state),
    );
    expect(states).toEqual(["closed", "cancelled", "cancelled"]);
    await net.desk.stepTransfer({ ...net.order(), transferId, step: "receive" });
    expect(await net.levels("PUMP")).toMatchObject({ home: "1/0", "centre-1": "4/0" });
    expect(await net.levels("BOLT")).toMatchObject({ "centre-1": "5/0" });
    expect(await net.levels("SEAL")).toMatchObject({ home: "1/0" });
    await expectStockConsistent(net.db);
  });

  test("O-14: consumption, and stock averaged over time, at the master's prices", async () => {
    const net = await openNetwork(await open(), { home: "PUMP: { bin: A, quantity: 4 }" });
    const from = new Date(net.clock.nowMs()).toISOString();
    net.clock.advance(24);
    const { ticketId } = await net.want(await net.job("meet-1"), "PUMP", { quantity: 2 });
    await net.desk.handOut({ ...net.order(), ticketId });
    const { items } = await net.desk.loans({ limit: 1 });
    const { loanId = "" } = items[0] ?? {};
    await net.desk.consumeLoan({ ...net.order(), loanId, reportLine: "R-1/1" });
    const lost = { partNo: "PUMP", locationId: "home", by: -1, reason: "rust" };
    net.clock.advance(24);
    await net.desk.adjust({ ...net.order(), ...lost });
    net.clock.advance(48);
    const until = new Date(net.clock.nowMs()).toISOString();
    // Four pieces for a day, two for a day, one for two days: 2 on average, of 100 yuan each.
    expect(await stockFigures(net.db, { from, until })).toMatchObject({
      consumptionValueFen: 20_000,
      averageStockValueFen: 20_000,
      adjustedOutValueFen: 10_000,
      lostValueFen: 0,
    });
  });
});
