import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { Ticket } from "../ticket.ts";
import { expectConsistent } from "../world.fixture.ts";
import {
  arrive,
  atWorkIn,
  days,
  finish,
  fixed,
  inWarrantyId,
  leaking,
  type OrdersWorld,
  openOrdersWorld,
  proveIn,
  pumpId,
  report,
  start,
} from "./orders.fixture.ts";

const guarded = { code: "TICKET_GUARD" };
const kinds = (ticket: Ticket) => ticket.timeline.map(({ type }) => type);

describeEachDatabase("orders", (open) => {
  let world: OrdersWorld;
  beforeEach(async () => {
    world = await openOrdersWorld(await open());
  });

  const opened = () => world.apply(leaking());
  const atWork = () => atWorkIn(world);
  const prove = (ticketId: string, order: Parameters<typeof proveIn>[2]) =>
    proveIn(world, ticketId, order);

  describe("acceptance scenarios", () => {
    test("AS-8: diagnosis fails, then a part is missing: consult, grades, green channel, second visit", async () => {
      const { ticketId } = await atWork();
      const failed = { ...fixed, result: "not_fixed" } as const;
      const consult = { mode: "expert", question: "pressure still falls" } as const;
      const first = await world.work(ticketId, { type: "not-fixed", attempts: [failed], consult });
      expect(first).toMatchObject({ state: "assigned", outcome: "not_fixed", consultCount: 1 });
      const second = await world.work(ticketId, { type: "depart" }, arrive, start, {
        type: "miss-parts",
        lines: [{ partNo: "FB-CP-FV-01", quantity: 1 }],
        leavesSite: true,
      });
      expect(second.childIds).toHaveLength(2);
      const child = await world.service.get(second.childIds[1] ?? "");
      expect(kinds(child)).toContain("parts-approved");
      expect(second.visitLog.map(({ outcome }) => outcome)).toEqual([
        "not_fixed",
        "diagnosed_awaiting_parts",
      ]);
      if (second.state === "waiting_parts") await world.work(ticketId, { type: "parts-ready" });
      const done = await world.work(ticketId, { type: "depart" }, arrive, start, finish);
      expect(done).toMatchObject({ visits: 3, leftWithoutFix: true, outcome: "fixed" });
      await expectConsistent(world.db);
    });

    test("AS-9: the wrong part: proof fails, the ticket is open again and no first-time fix", async () => {
      const { ticketId } = await atWork();
      await world.work(ticketId, finish, report("R-1"));
      const failed = await prove(ticketId, "verification-failed");
      expect(failed).toMatchObject({ state: "assigned", outcome: "not_fixed", reopenCount: 1 });
      await world.work(
        ticketId,
        { type: "accept" },
        { type: "depart" },
        arrive,
        start,
        finish,
        report("R-2"),
      );
      const proved = await prove(ticketId, "verification-passed");
      expect(proved).toMatchObject({ state: "follow_up", visits: 2, reopenCount: 1 });
      expect((await world.notices()).map(({ kind }) => kind)).toContain("ticket-reopened");
    });

    test("AS-12: a customer's report joins the open ticket; half an hour to dispatch", async () => {
      const ticket = await opened();
      const joined = await world.db.transaction(async (tx) => {
        const { openWork } = await import("../open-work.ts");
        const work = world.service.begin(tx, { kind: "person", id: "agent" });
        return openWork(
          work,
          {
            key: `${pumpId}:accumulator-precharge-loss`,
            kind: "repair",
            priority: "major",
            trigger: "customer_report",
            channel: "hotline",
            title: { en: "No pressure", "zh-CN": "无压力" },
            machineId: pumpId,
            report: { channel: "hotline", text: "It pumps no more", customerId: "C-001" },
          },
          "report-1",
        );
      });
      expect(joined).toMatchObject({
        how: "attached",
        ticket: { ticketId: ticket.ticketId, customerReported: true },
      });
      expect(joined.ticket.sla.slice(0, ticket.sla.length)).toEqual(ticket.sla);
      const confirmation = joined.ticket.sla.find(({ kind }) => kind === "dispatch_confirmation");
      expect(confirmation?.dueAt).toBe("2026-03-02T00:31:00.000Z");
      await world.give(ticket.ticketId, { type: "acknowledge" }, { type: "assign" });
      expect(await world.notices()).toContainEqual(
        expect.objectContaining({
          kind: "progress-code",
          audience: { to: "customer", customerId: "C-001", ticketId: ticket.ticketId },
        }),
      );
    });

    test("AS-13: warranty decides who pays, the days in the workshop and the loan machine", async () => {
      const take = async (machineId: string, failureMode: string) => {
        const { ticketId } = await world.apply(
          leaking({ machineId, failureMode, findingId: machineId }),
        );
        await world.give(ticketId, { type: "acknowledge" }, { type: "receive-in-workshop" });
        return ticketId;
      };
      const covered = await take(inWarrantyId, "hydraulic-oil-overheating");
      const paid = await take(pumpId, "accumulator-precharge-loss");
      await world.pass(days(10));
      const [one, two] = await Promise.all([world.service.get(covered), world.service.get(paid)]);
      const dueOf = ({ sla }: Ticket) =>
        sla.find(({ kind }) => kind === "repair_turnaround")?.dueAt;
      expect([one.billable, dueOf(one)]).toEqual([false, "2026-03-05T10:00:00.000Z"]);
      expect([two.billable, dueOf(two)]).toEqual([true, "2026-03-09T10:00:00.000Z"]);
      const loaners = (ticket: Ticket) =>
        kinds(ticket).filter((type) => type === "loaner-requested");
      expect([loaners(one).length, loaners(two).length]).toEqual([1, 0]);
    });

    test("AS-4: a planned inspection is released, late it becomes general, closed with survey and record only", async () => {
      const window = { from: "2026-03-03T00:00:00.000Z", to: "2026-03-10T00:00:00.000Z" };
      const { ticketId } = await world.db.transaction(async (tx) => {
        const { openWork } = await import("../open-work.ts");
        const work = world.service.begin(tx, { kind: "system", id: "planner" });
        const { ticket } = await openWork(
          work,
          {
            key: `${pumpId}:calendar:1`,
            kind: "inspection",
            priority: "planned",
            trigger: "calendar",
            channel: "machine",
            title: { en: "Month 1", "zh-CN": "首月检查" },
            machineId: pumpId,
            dueWindow: window,
          },
          "plan-1",
        );
        return ticket;
      });
      expect((await world.service.get(ticketId)).state).toBe("planned");
      await world.pass(days(1.1));
      expect((await world.service.get(ticketId)).state).toBe("new");
      await world.pass(days(7));
      expect((await world.service.get(ticketId)).priority).toBe("general");
      expect((await world.notices()).map(({ kind }) => kind)).toContain("inspection-overdue");
      await world.give(ticketId, { type: "acknowledge" }, { type: "assign" });
      await world.work(ticketId, { type: "depart" }, arrive, start);
      await expect(world.work(ticketId, finish)).rejects.toMatchObject(guarded);
      const inspection = { isAnswered: true, isSurveyed: true, failedSteps: ["hose-b"] };
      const result = { ...fixed, result: "no_fault_found" } as const;
      await world.work(ticketId, { ...finish, attempts: [result], inspection });
      const { childIds } = await world.service.get(ticketId);
      expect(await world.service.get(childIds.at(-1) ?? "")).toMatchObject({
        kind: "repair",
        parentId: ticketId,
        title: { en: "Failed check: hose-b" },
      });
      const reported = await world.work(ticketId, report("R-4"));
      expect(reported).toMatchObject({
        state: "follow_up",
        verification: { status: "not_applicable" },
      });
      expect((await world.give(ticketId, { type: "follow-up-done", note: "done" })).state).toBe(
        "closed",
      );
    });
  });
});
