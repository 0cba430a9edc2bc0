import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { KpiTables } from "../kpi/kpi-tables.ts";
import { requireTicket } from "../ticket-work.ts";
import { plan, signal } from "../tickets.fixture.ts";
import type { Actor } from "../vocabulary.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { fieldCauseCounts } from "./cause-counts.ts";
import { answerDesignFeedback, listDesignFeedback } from "./design-feedback.ts";
import { type FieldWork, fieldWork, nothing, pump } from "./field-work.fixture.ts";
import { learnFromReport } from "./learn-from-report.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { isAdvisory, saveRuleMode } from "./rule-modes.ts";
import { changeUnknownCode, listUnknownCodes } from "./unknown-codes.ts";

const DAY_MS = 24 * 3600 * 1000;
const engineer: Actor = { kind: "person", id: "E-1" };

describeEachDatabase("what is learnt from the field", (open) => {
  let world: World;
  let on: FieldWork;
  beforeEach(async () => {
    world = await openWorld(await open());
    on = fieldWork(world);
  });

  test("a report gives the rule its verdict and the cause its count; the same ticket never counts twice", async () => {
    const ticketId = await on.required(on.pressureLow("M-1"));
    await on.report(ticketId, pump);
    expect(await on.verdicts()).toEqual(["oil-pressure-low: true_positive"]);
    expect(await fieldCauseCounts(world.db, "loader", "oil-pressure-low")).toEqual(
      new Map([["sensor", 1]]),
    );
  });

  test("AS-9: verification fails, so the cause no longer counts; the next report's does", async () => {
    const ticketId = await on.required(on.pressureLow("M-1"));
    await on.report(ticketId, { ...pump, causeId: "plug" });
    await on.order(ticketId, { type: "verification-failed", detail: "active again" });
    expect(await on.verdicts()).toEqual([]);
    expect((await fieldCauseCounts(world.db, "loader", "oil-pressure-low")).size).toBe(0);
    await on.report(ticketId, pump);
    expect(await fieldCauseCounts(world.db, "loader", "oil-pressure-low")).toEqual(
      new Map([["sensor", 1]]),
    );
    const row = await world.db
      .tables<KpiTables>()
      .selectFrom("ticket_kpis")
      .select(["first_time_fixed", "visits"])
      .where("ticket_id", "=", ticketId)
      .executeTakeFirstOrThrow();
    expect([Number(row.first_time_fixed), Number(row.visits)]).toEqual([0, 2]);
  });

  test("FC-6: what reports found changes the order of causes of the next ticket", async () => {
    const causesOf = async (machineId: string) => {
      const ticketId = await on.required(on.pressureLow(machineId));
      const [candidate] = (await world.service.get(ticketId)).candidateFaults;
      return candidate?.causes.map(({ id, confidence }) => [id, confidence]);
    };
    expect(await causesOf("M-0")).toEqual([
      ["sensor", 6 / 8],
      ["plug", 2 / 8],
    ]);
    for (let at = 1; at <= 6; at += 1)
      await on.report(await on.required(on.pressureLow(`M-${at}`)), { ...pump, causeId: "plug" });
    expect(await causesOf("M-9")).toEqual([
      ["plug", 8 / 14],
      ["sensor", 6 / 14],
    ]);
  });

  test("AS-16: a rule that is wrong too often opens no more tickets, and a proposal waits for a person", async () => {
    for (let at = 0; at < 4; at += 1)
      await on.report(await on.required(on.pressureLow(`M-${at}`, 60)), pump);
    for (let at = 4; at < 9; at += 1)
      await on.report(await on.required(on.pressureLow(`M-${at}`, 92)), nothing);
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(false);
    await on.report(await on.required(on.pressureLow("M-9")), nothing);
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(true);
    expect(await on.opened(on.pressureLow("M-10"))).toBeUndefined();
    // What the plan says is not touched; what would have been better is told.
    const proposals = await world.db
      .tables<LessonsTables>()
      .selectFrom("rule_proposals")
      .selectAll()
      .execute();
    expect(proposals.map(({ state, rule_id }) => [state, rule_id])).toEqual([
      ["open", "oil-pressure-low"],
    ]);
    expect(JSON.parse(proposals[0]?.body ?? "").record).toMatchObject({
      judged: 10,
      precision: 0.4,
    });
    expect(JSON.parse(proposals[0]?.body ?? "").limit).toEqual({
      ...{ signal: "engineOilPressure", unit: "kPa" },
      ...{ from: 100, to: 70, kept: 4, dropped: 6 },
    });
  });

  test("AS-16: a newer version of the plan lets a demoted rule open tickets again; a person's word holds on", async () => {
    for (let at = 0; at < 10; at += 1)
      await on.report(await on.required(on.pressureLow(`M-${at}`)), nothing);
    expect(await on.opened(on.pressureLow("M-10"))).toBeUndefined();
    const next = (machineId: string) => ({
      ...on.pressureLow(machineId),
      findingId: `next-${machineId}`,
      planRef: "loader@99",
    });
    expect(await on.opened(next("M-11"))).toBeDefined();
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(false);
    const rule = { planId: "loader", ruleId: "oil-pressure-low" };
    await world.db.transaction((tx) =>
      saveRuleMode(world.service.begin(tx, engineer), rule, { mode: "advisory", reason: "noisy" }),
    );
    expect(await on.opened(next("M-12"))).toBeUndefined();
  });

  test("AS-16: what was judged before a person's decision does not count again", async () => {
    for (let at = 0; at < 10; at += 1)
      await on.report(await on.required(on.pressureLow(`M-${at}`)), nothing);
    const rule = { planId: "loader", ruleId: "oil-pressure-low" };
    await world.db.transaction((tx) =>
      saveRuleMode(world.service.begin(tx, engineer), rule, { mode: "active", reason: "tuned" }),
    );
    await on.report(await on.required(on.pressureLow("M-10")), nothing);
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(false);
  });

  test("AS-16: a safety rule is never demoted by itself", async () => {
    const slip = (machineId: string) =>
      on.raised(machineId, {
        ruleId: "brake-slip",
        failureMode: "brakes",
        evidence: [{ ...signal(), rule: "brake-slip" }],
      });
    for (let at = 0; at < 11; at += 1) await on.report(await on.required(slip(`M-${at}`)), nothing);
    expect(await on.verdicts()).toHaveLength(11);
    expect(await isAdvisory(world.db, "loader", "brake-slip")).toBe(false);
    expect(await on.opened(slip("M-11"))).toBeDefined();
  });

  test("a fault that people had to report counts as missed by the rule that looks for it", async () => {
    const ticketId = await on.required(on.pressureLow("M-1"));
    await world.db.transaction(async (tx) => {
      const { ticket } = await requireTicket(tx, ticketId);
      const reported = {
        ...ticket,
        trigger: "customer_report" as const,
        outcome: "fixed" as const,
      };
      await learnFromReport(
        world.service.begin(tx, engineer),
        reported,
        { reportId: "R-9", faultCode: "oil-pressure-low", causeId: "sensor" },
        { plan: plan as Plan },
      );
    });
    expect(await on.verdicts()).toEqual(["oil-pressure-low: missed"]);
  });

  test("MR-8: one fault on five machines of a model goes to the designers, once", async () => {
    for (const at of [1, 2, 3, 4]) await on.required(on.pressureLow(`M-${at}`));
    expect(await listDesignFeedback(world.db, world.clock.nowMs())).toEqual([]);
    for (const at of [5, 6]) await on.required(on.pressureLow(`M-${at}`));
    const [item, ...others] = await listDesignFeedback(world.db, world.clock.nowMs());
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      product: "loader",
      faultCode: "oil-pressure-low",
      state: "open",
      machineIds: ["M-1", "M-2", "M-3", "M-4", "M-5"],
    });
    const notices = await world.db
      .tables<{ notices: { body: string } }>()
      .selectFrom("notices")
      .select("body")
      .execute();
    expect(notices.filter(({ body }) => body.includes("design-feedback"))).toHaveLength(1);
  });

  test("O-23: the item shows what a new design brought, in equal times before and after", async () => {
    await on.registerMachines(8);
    for (let at = 1; at <= 5; at += 1) await on.required(on.pressureLow(`M-${at}`));
    const [item] = await listDesignFeedback(world.db, world.clock.nowMs());
    world.clock.advance(DAY_MS);
    const changedAt = new Date(world.clock.nowMs()).toISOString();
    await world.db.transaction((tx) =>
      answerDesignFeedback(world.service.begin(tx, engineer), item?.itemId ?? "", {
        note: "new seal",
        changedAt,
      }),
    );
    world.clock.advance(2 * DAY_MS);
    for (const at of [6, 7, 8]) await on.required(on.pressureLow(`M-${at}`));
    world.clock.advance(60_000);
    const [answered] = await listDesignFeedback(world.db, world.clock.nowMs());
    expect(answered).toMatchObject({ state: "answered", note: "new seal", changedAt });
    expect(answered?.effect).toMatchObject({ before: 625, after: 375 });
    expect(answered?.effect?.change).toBeCloseTo(-0.4, 12);
  });

  test("an unknown trouble code is queued once for all machines that send it", async () => {
    const unknown = (machineId: string) =>
      on.raised(machineId, { failureMode: "uncatalogued", subject: "0:100:4" });
    await on.required(unknown("M-2"));
    const ticketId = await on.required(unknown("M-1"));
    const again = on.raised("M-1", {
      failureMode: "uncatalogued",
      subject: "0:100:4",
      phase: "updated",
    });
    await world.apply(again);
    await world.apply(again);
    const [code, ...others] = await listUnknownCodes(world.db);
    expect(others).toEqual([]);
    expect(code).toMatchObject({
      codeId: "loader:0:100:4",
      spn: 100,
      fmi: 4,
      sa: 0,
      count: 3,
      machineIds: ["M-1", "M-2"],
      state: "open",
    });
    expect(ticketId).toBeDefined();
    await world.db.transaction((tx) =>
      changeUnknownCode(world.service.begin(tx, engineer), "loader:0:100:4", { assignedTo: "u-1" }),
    );
    expect(await listUnknownCodes(world.db, "open")).toEqual([]);
    expect(await listUnknownCodes(world.db, "assigned")).toMatchObject([{ assignedTo: "u-1" }]);
    await expect(
      world.db.transaction((tx) =>
        changeUnknownCode(world.service.begin(tx, engineer), "nothing", { mappedTo: "x" }),
      ),
    ).rejects.toMatchObject({ code: "LESSON_UNKNOWN" });
  });
});
