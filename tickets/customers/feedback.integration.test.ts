import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { dayIn } from "../organisation/load-organisation.ts";
import {
  advanceComplaint,
  loadComplaints,
  openComplaint,
  tellOverdueComplaints,
} from "./complaint-store.ts";
import { type CustomerWorld, dispatcher, openCustomers, toFollowUp } from "./customers.fixture.ts";
import {
  findLink,
  loadFeedback,
  makeLink,
  rateByLink,
  recordFeedback,
  summaryOf,
  withoutFew,
} from "./feedback-store.ts";
import {
  type BeginTickets,
  finishFollowUp,
  loadFollowUps,
  makeFollowUps,
} from "./follow-up-store.ts";
import { loadCampaigns, startCampaign } from "./survey.ts";

const hour = 3_600_000;
const day = 24 * hour;
const serialNumber = "FBPT56-2024-0031";

const beginIn =
  (world: CustomerWorld): BeginTickets =>
  ({ tx, actor }) =>
    world.service.begin(tx, actor);

describeEachDatabase("feedback", (open) => {
  let world: CustomerWorld;
  beforeEach(async () => {
    world = await openCustomers(await open());
  });

  /** A ticket whose work is done and proved. */
  const followedUp = async (failureMode: string, machineStopped = false): Promise<string> => {
    const { report } = await world.report({ serialNumber, failureMode, machineStopped });
    const ticketId = report.ticketId ?? "";
    for (const order of toFollowUp) await world.order(ticketId, order);
    return ticketId;
  };
  const link = (ticketId: string) =>
    world.work(
      async (work) =>
        (await makeLink(work, { subject: ticketId, source: "micro", ticketId })) ?? "",
    );

  test("FB-1: one answer per ticket and source", async () => {
    const ticketId = await followedUp("brakes");
    const code = await link(ticketId);
    await world.work((work) => rateByLink(work, code, { npsScore: 9, csat: 5 }));
    await expect(
      world.work((work) => rateByLink(work, code, { npsScore: 0 })),
    ).rejects.toMatchObject({ code: "FEEDBACK_GIVEN" });
    const say = (commandId: string) =>
      world.work((work) => recordFeedback(work, { ticketId, content: { csat: 4 }, commandId }));
    const told = await say("c-a");
    expect(await say("c-a")).toEqual(told);
    await expect(say("c-b")).rejects.toMatchObject({ code: "FEEDBACK_GIVEN" });
    const { items } = await loadFeedback(world.db, { limit: 10 });
    expect(items.map(({ source }) => source).sort()).toEqual(["follow_up", "micro"]);
    expect(items[0]).toMatchObject({ engineerId: "E-001", stationId: "changsha", ticketId });
  });

  test("FB-2: no code that a ticket shows opens the rating, and a used or old link opens nothing", async () => {
    const ticketId = await followedUp("brakes");
    const ticket = await world.service.get(ticketId);
    const code = await link(ticketId);
    for (const wrong of [ticket.progressCode, ticketId, "", "A".repeat(22)])
      await expect(
        world.work((work) => rateByLink(work, wrong, { npsScore: 10 })),
      ).rejects.toMatchObject({ code: "LINK_UNKNOWN" });
    expect(JSON.stringify(ticket)).not.toContain(code);
    const newer = await link(ticketId);
    await expect(
      world.work((work) => rateByLink(work, code, { npsScore: 10 })),
    ).rejects.toMatchObject({ code: "LINK_UNKNOWN" });
    world.clock.advance(61 * day);
    expect(
      await findLink(world.db, newer, new Date(world.clock.nowMs()).toISOString()),
    ).toBeUndefined();
  });

  test("FB-2: a rating of work that is not done is refused", async () => {
    const { report } = await world.report({ serialNumber });
    const ticketId = report.ticketId ?? "";
    await expect(
      world.work((work) =>
        recordFeedback(work, { ticketId, content: { csat: 5 }, commandId: "early" }),
      ),
    ).rejects.toMatchObject({ code: "FEEDBACK_EARLY" });
  });

  test("FB-3, O-12: NPS is promoters minus detractors, null without an answer, and hidden while few have answered", async () => {
    expect(await summaryOf(world.db, {})).toMatchObject({ answers: 0, nps: null, csat: null });
    const scores = [
      ...Array(3).fill(9),
      ...Array(2).fill(10),
      ...Array(7).fill(8),
      ...Array(8).fill(6),
    ];
    for (const [index, npsScore] of scores.entries()) {
      const code = await world.work(async (work) =>
        makeLink(work, {
          subject: `2026-Q1:C-${index}`,
          source: "quarterly",
          customerId: `C-${index}`,
        }),
      );
      await world.work((work) =>
        rateByLink(work, code ?? "", {
          npsScore,
          csat: npsScore > 8 ? 5 : 3,
          dimensions: { empathy: 4 },
        }),
      );
      if (index === 1) expect(withoutFew(await summaryOf(world.db, {})).nps).toBeNull();
    }
    const summary = await summaryOf(world.db, { source: "quarterly" });
    expect(summary).toMatchObject({
      answers: 20,
      nps: -15,
      csat: 0.25,
      dimensions: { empathy: 4, reliability: null },
    });
    expect(withoutFew(summary)).toEqual(summary);
    expect(await summaryOf(world.db, { stationId: "changsha" })).toMatchObject({
      answers: 0,
      nps: null,
    });
  });

  test("CU-1: a person follows up high-value customers, emergencies and broken promises; others get a message", async () => {
    const ticketId = await followedUp("brakes");
    expect(await world.work((work) => makeFollowUps(work))).toBe(1);
    expect(await world.work((work) => makeFollowUps(work))).toBe(0);
    const { items } = await loadFollowUps(world.db, { state: "open", limit: 10 });
    expect(items).toMatchObject([{ ticketId, mode: "human", reasons: ["high_value"], round: 0 }]);
    expect(Date.parse(items[0]?.dueAt ?? "") - world.clock.nowMs()).toBe(2 * day);
    expect(await world.notices("follow-up-due")).toHaveLength(1);
  });

  test("a follow-up that hears it is solved closes the ticket; one that hears it is not opens it again", async () => {
    const ticketId = await followedUp("brakes");
    await world.work((work) => makeFollowUps(work));
    const next = async () => (await loadFollowUps(world.db, { state: "open", limit: 10 })).items[0];
    const finish = async (outcome: "solved" | "not_solved" | "not_reached") => {
      const one = await next();
      const order = {
        followUpId: one?.followUpId ?? "",
        outcome,
        note: "called",
        commandId: `f-${outcome}`,
      };
      return world.work((work) => finishFollowUp(work, order, beginIn(world)));
    };
    expect(await finish("not_reached")).toMatchObject({ state: "open", outcome: "not_reached" });
    expect(await finish("not_solved")).toMatchObject({ state: "done", agentId: dispatcher.id });
    expect(await world.service.get(ticketId)).toMatchObject({
      state: "assigned",
      reopenCount: 1,
      outcome: "not_fixed",
    });
    for (const order of toFollowUp.slice(2)) await world.order(ticketId, order);
    await world.work((work) => makeFollowUps(work));
    expect(await next()).toMatchObject({ ticketId, round: 1 });
    await finish("solved");
    expect(await world.service.get(ticketId)).toMatchObject({ state: "closed", outcome: "fixed" });
    expect(await next()).toBeUndefined();
  });

  test("nobody asks about a ticket that closed by itself meanwhile", async () => {
    const ticketId = await followedUp("brakes");
    await world.work((work) => makeFollowUps(work));
    await world.order(ticketId, { type: "auto-close", note: "seven days", blockers: [] });
    await world.work((work) => makeFollowUps(work));
    const { items } = await loadFollowUps(world.db, { limit: 10 });
    expect(items).toMatchObject([{ state: "cancelled" }]);
  });

  test("a complaint goes open, handled, answered, closed, each step once and in time or told", async () => {
    const ticketId = await followedUp("brakes");
    const order = { text: "Nobody came for two days", ticketId, commandId: "k-1" };
    const complaint = await world.work((work) => openComplaint(work, order));
    expect(complaint).toMatchObject({ state: "open", customerId: "C-001", machineId: "PUMP-001" });
    const [opened] = await world.notices("complaint-opened");
    expect(JSON.stringify(opened)).not.toContain("two days");
    const step = (to: "handled" | "answered" | "closed", commandId: string) =>
      world.work((work) =>
        advanceComplaint(work, { complaintId: complaint.complaintId, to, note: "done", commandId }),
      );
    await expect(step("closed", "k-2")).rejects.toMatchObject({ code: "COMPLAINT_STATE" });
    world.clock.advance(day + 1);
    expect(await world.work((work) => tellOverdueComplaints(work))).toBe(1);
    expect(await world.work((work) => tellOverdueComplaints(work))).toBe(0);
    await step("handled", "k-3");
    expect(await step("handled", "k-3")).toMatchObject({ state: "handled", version: 2 });
    await step("answered", "k-4");
    expect(await step("closed", "k-5")).not.toHaveProperty("dueAt");
    world.clock.advance(30 * day);
    expect(await world.work((work) => tellOverdueComplaints(work))).toBe(0);
    expect((await loadComplaints(world.db, { state: "closed", limit: 5 })).items).toHaveLength(1);
  });
});

describeEachDatabase("the quarterly survey", (open) => {
  test("O-30: four campaigns a year at the start of the quarters, each served customer asked once in each", async () => {
    const world = await openCustomers(await open(), Date.parse("2025-12-30T02:00:00.000Z"));
    await world.work((work) => startCampaign(work));
    for (let at = 0; at < 370; at++) {
      if (at % 30 === 5)
        for (const failureMode of ["oil-pressure-sensor", "oil-pressure-low"]) {
          const symptom = `${at} ${failureMode}`;
          const { report } = await world.report({ serialNumber, failureMode, symptom });
          const ticketId = report.ticketId ?? "";
          if ((await world.service.get(ticketId)).state !== "new") continue;
          await world.order(ticketId, { type: "acknowledge" });
          await world.order(ticketId, { type: "close", outcome: "fixed", note: "by phone" });
        }
      world.clock.advance(day);
      await world.work((work) => startCampaign(work));
      await world.work((work) => startCampaign(work));
    }
    const campaigns = await loadCampaigns(world.db);
    expect(campaigns.map(({ quarter, invited }) => [quarter, invited])).toEqual([
      ["2027-Q1", 1],
      ["2026-Q4", 1],
      ["2026-Q3", 1],
      ["2026-Q2", 1],
      // At a hub's first start nobody was served.
      ["2026-Q1", 0],
      ["2025-Q4", 0],
    ]);
    const starts = campaigns
      .slice(0, -1)
      .map(({ startedAt }) => dayIn("Asia/Shanghai", Date.parse(startedAt)));
    expect(starts).toEqual(["2027-01-01", "2026-10-01", "2026-07-01", "2026-04-01", "2026-01-01"]);
    const invitations = await world.notices("survey-invited");
    expect(new Set(invitations.map(({ facts }) => facts?.quarter)).size).toBe(invitations.length);
  });
});
