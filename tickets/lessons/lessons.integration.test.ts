import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { KpiTables } from "../kpi/kpi-tables.ts";
import { openWork } from "../open-work.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { workOf } from "../planner/planned-work.ts";
import { createJudgeStore } from "../registry/judge-store.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { carryOut, requireTicket } from "../ticket-work.ts";
import { finding, plan, signal } from "../tickets.fixture.ts";
import type { Actor } from "../vocabulary.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { fieldCauseCounts } from "./cause-counts.ts";
import { answerDesignFeedback, listDesignFeedback } from "./design-feedback.ts";
import { learnFromReport } from "./learn-from-report.ts";
import { lessonsDefaults } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { isAdvisory, saveRuleMode } from "./rule-modes.ts";
import { loadTrust, trustKey } from "./rule-trust.ts";
import { changeUnknownCode, listUnknownCodes } from "./unknown-codes.ts";

const engineer: Actor = { kind: "person", id: "E-1" };
const DAY_MS = 24 * 3600 * 1000;
const attempt = (result: "fixed" | "no_fault_found") => ({
  judgement: "looked at it",
  handling: "as the procedure says",
  result,
});

describeEachDatabase("what is learnt from the field", (open) => {
  let world: World;
  let commands = 0;
  beforeEach(async () => {
    world = await openWorld(await open());
  });

  const order = (ticketId: string, given: TicketOrder) => {
    world.clock.advance(60_000);
    return world.db.transaction(async (tx) => {
      const work = world.service.begin(tx, engineer);
      const commandId = `learn-${commands++}`;
      return carryOut(work, await requireTicket(tx, ticketId), { ...given, commandId });
    });
  };

  const raised = (machineId: string, facts: Partial<Finding> = {}): Finding => ({
    ...finding({ findingId: `f-${commands++}`, machineId, ...facts }),
    at: new Date(world.clock.nowMs()).toISOString(),
  });

  const pressureLow = (machineId: string, observed = 80) =>
    raised(machineId, {
      ruleId: "oil-pressure-low",
      failureMode: "oil-pressure-low",
      evidence: [signal("good", observed)],
    });

  const opened = async (of: Finding): Promise<string | undefined> => {
    world.clock.advance(60_000);
    const changes = await world.apply(of);
    return changes.find(({ ticket }) => ticket.kind !== "parts")?.ticket.ticketId;
  };

  const required = async (of: Finding): Promise<string> => {
    const ticketId = await opened(of);
    if (ticketId === undefined) throw new TypeError("no ticket was opened");
    return ticketId;
  };

  /** The engineer goes, does something and hands in a report; the ticket is left to verification. */
  async function report(
    ticketId: string,
    found: { result: "fixed" | "no_fault_found"; faultCode?: string; causeId?: string },
  ): Promise<void> {
    const { result, ...cause } = found;
    const assignment = { engineerId: engineer.id, score: 1, reasons: [] };
    if ((await world.service.get(ticketId)).state === "new")
      await order(ticketId, { type: "assign", assignment });
    await order(ticketId, { type: "depart" });
    await order(ticketId, { type: "arrive", distanceKm: 0.1 });
    await order(ticketId, { type: "start-work", isSafetyChecked: true });
    await order(ticketId, {
      type: "finish",
      attempts: [attempt(result)],
      isMachineChecked: true,
      inspection: { isAnswered: true, isSurveyed: true, failedSteps: [] },
    });
    await order(ticketId, {
      type: "submit-report",
      reportId: `R-${commands++}`,
      cause: "as found",
      solution: "as done",
      preventionAdvice: "as advised",
      ...cause,
    });
  }

  const registerMachines = (count: number) =>
    world.db.transaction(async (tx) => {
      for (let at = 1; at <= count; at += 1)
        await tx
          .tables<OrganisationTables>()
          .insertInto("machine_files")
          .values({
            id: `M-${at}`,
            version: 1,
            search: "",
            body: JSON.stringify({ model: "L-5" }),
            serial_key: `S-${at}`,
            gateway_id: null,
            customer_id: null,
            site_id: null,
            region_id: "north",
            station_id: null,
            product_type: "loader",
            state: "in_service",
          })
          .execute();
    });

  const verdicts = async () =>
    (
      await world.db
        .tables<LessonsTables>()
        .selectFrom("rule_verdicts")
        .selectAll()
        .orderBy("rule_id")
        .execute()
    ).map(({ rule_id, verdict }) => `${rule_id}: ${verdict}`);
  const nothing = { result: "no_fault_found" } as const;
  const pump = { result: "fixed", faultCode: "oil-pressure-low", causeId: "sensor" } as const;

  test("a report gives the rule its verdict and the cause its count; the same ticket never counts twice", async () => {
    const ticketId = await required(pressureLow("M-1"));
    await report(ticketId, pump);
    expect(await verdicts()).toEqual(["oil-pressure-low: true_positive"]);
    expect(await fieldCauseCounts(world.db, "loader", "oil-pressure-low")).toEqual(
      new Map([["sensor", 1]]),
    );
  });

  test("AS-9: verification fails, so the cause no longer counts; the next report's does", async () => {
    const ticketId = await required(pressureLow("M-1"));
    await report(ticketId, { ...pump, causeId: "plug" });
    await order(ticketId, { type: "verification-failed", detail: "active again" });
    expect(await verdicts()).toEqual([]);
    expect((await fieldCauseCounts(world.db, "loader", "oil-pressure-low")).size).toBe(0);
    await report(ticketId, pump);
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
      const ticketId = await required(pressureLow(machineId));
      const [candidate] = (await world.service.get(ticketId)).candidateFaults;
      return candidate?.causes.map(({ id, confidence }) => [id, confidence]);
    };
    expect(await causesOf("M-0")).toEqual([
      ["sensor", 6 / 8],
      ["plug", 2 / 8],
    ]);
    for (let at = 1; at <= 6; at += 1)
      await report(await required(pressureLow(`M-${at}`)), { ...pump, causeId: "plug" });
    expect(await causesOf("M-9")).toEqual([
      ["plug", 8 / 14],
      ["sensor", 6 / 14],
    ]);
  });

  test("AS-16: a rule that is wrong too often opens no more tickets, and a proposal waits for a person", async () => {
    for (let at = 0; at < 4; at += 1)
      await report(await required(pressureLow(`M-${at}`, 60)), pump);
    for (let at = 4; at < 9; at += 1)
      await report(await required(pressureLow(`M-${at}`, 92)), nothing);
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(false);
    await report(await required(pressureLow("M-9")), nothing);
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(true);
    expect(await opened(pressureLow("M-10"))).toBeUndefined();
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
      await report(await required(pressureLow(`M-${at}`)), nothing);
    expect(await opened(pressureLow("M-10"))).toBeUndefined();
    const next = (machineId: string) => ({
      ...pressureLow(machineId),
      findingId: `next-${machineId}`,
      planRef: "loader@99",
    });
    expect(await opened(next("M-11"))).toBeDefined();
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(false);
    const rule = { planId: "loader", ruleId: "oil-pressure-low" };
    await world.db.transaction((tx) =>
      saveRuleMode(world.service.begin(tx, engineer), rule, { mode: "advisory", reason: "noisy" }),
    );
    expect(await opened(next("M-12"))).toBeUndefined();
  });

  test("AS-16: what was judged before a person's decision does not count again", async () => {
    for (let at = 0; at < 10; at += 1)
      await report(await required(pressureLow(`M-${at}`)), nothing);
    const rule = { planId: "loader", ruleId: "oil-pressure-low" };
    await world.db.transaction((tx) =>
      saveRuleMode(world.service.begin(tx, engineer), rule, { mode: "active", reason: "tuned" }),
    );
    await report(await required(pressureLow("M-10")), nothing);
    expect(await isAdvisory(world.db, "loader", "oil-pressure-low")).toBe(false);
  });

  test("AS-16: a safety rule is never demoted by itself", async () => {
    const slip = (machineId: string) =>
      raised(machineId, {
        ruleId: "brake-slip",
        failureMode: "brakes",
        evidence: [{ ...signal(), rule: "brake-slip" }],
      });
    for (let at = 0; at < 11; at += 1) await report(await required(slip(`M-${at}`)), nothing);
    expect(await verdicts()).toHaveLength(11);
    expect(await isAdvisory(world.db, "loader", "brake-slip")).toBe(false);
    expect(await opened(slip("M-11"))).toBeDefined();
  });

  test("a fault that people had to report counts as missed by the rule that looks for it", async () => {
    const ticketId = await required(pressureLow("M-1"));
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
    expect(await verdicts()).toEqual(["oil-pressure-low: missed"]);
  });

  test("MR-8: one fault on five machines of a model goes to the designers, once", async () => {
    for (const at of [1, 2, 3, 4]) await required(pressureLow(`M-${at}`));
    expect(await listDesignFeedback(world.db, world.clock.nowMs())).toEqual([]);
    for (const at of [5, 6]) await required(pressureLow(`M-${at}`));
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
    await registerMachines(8);
    for (let at = 1; at <= 5; at += 1) await required(pressureLow(`M-${at}`));
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
    for (const at of [6, 7, 8]) await required(pressureLow(`M-${at}`));
    world.clock.advance(60_000);
    const [answered] = await listDesignFeedback(world.db, world.clock.nowMs());
    expect(answered).toMatchObject({ state: "answered", note: "new seal", changedAt });
    expect(answered?.effect).toMatchObject({ before: 625, after: 375 });
    expect(answered?.effect?.change).toBeCloseTo(-0.4, 12);
  });

  describe("a failure that was foretold", () => {
    /** The planner's ticket of a rule over completed hours, whose finding is told already. */
    const foretell = (failureMode: string) =>
      world.db.transaction(async (tx) => {
        const trend = { ...signal(), rule: "wears", says: { word: "trend", facts: {} } };
        const told = raised("M-1", {
          ...{ findingId: "h-1", ruleId: "wears", failureMode, evidence: [trend] },
        });
        await createJudgeStore(tx, "history").commit(tx, { offset: 1, findings: [told] });
        const at = new Date(world.clock.nowMs()).toISOString();
        const wanted = await workOf(
          tx,
          { plan },
          {
            ...{ dedupeKey: "M-1:life:pump:1", machineId: "M-1", trigger: "predicted_failure" },
            ...{ kind: "inspection", priority: "general", dueWindow: { from: at, to: at } },
            ...{ title: { en: "Pump", "zh-CN": "泵" }, evidence: { en: "soon", "zh-CN": "即将" } },
            ...{ component: "pump", failureMode, ruleId: "wears", standardHours: 1, parts: [] },
          },
        );
        const work = world.service.begin(tx, { kind: "system", id: "planner" });
        return (await openWork(work, wanted, "plan/1")).ticket;
      });
    const comes = (failureMode: string) =>
      raised("M-1", {
        ...{ ruleId: "pump-loud", failureMode },
        evidence: [{ ...signal(), rule: "pump-loud" }],
      });
    const openWorkOf = async () =>
      (await world.service.page({ machine: "M-1", kind: "work", state: "open", limit: 9 })).items;

    test("says what will fail; the failure that comes is no second ticket, and nothing found counts against both rules", async () => {
      const { ticketId } = await foretell("oil-pump");
      expect(await world.service.get(ticketId)).toMatchObject({
        ...{ faultCode: "oil-pump", component: "pump", trigger: "predicted_failure" },
        ...{ candidateFaults: [{ faultCode: "oil-pump" }], activeFindings: ["h-1"] },
      });
      const live = comes("oil-pump");
      expect(await required(live)).toBe(ticketId);
      expect((await openWorkOf()).map((one) => one.ticketId)).toEqual([ticketId]);
      expect((await world.service.get(ticketId)).activeFindings).toEqual(["h-1", live.findingId]);
      await world.apply({ ...live, phase: "cleared", isOnset: false });
      expect((await world.service.get(ticketId)).activeFindings).toEqual(["h-1"]);
      await report(ticketId, nothing);
      expect(await verdicts()).toEqual(["pump-loud: false_positive", "wears: false_positive"]);
      const rule = { planId: "loader", ruleId: "wears" };
      const trust = await loadTrust(world.db, [rule], lessonsDefaults);
      expect(trust.get(trustKey(rule))).toMatchObject({ judged: 1, right: 0 });
    });

    test("is taken in by the repair that it comes to, whatever part it named", async () => {
      const { ticketId } = await foretell("oil-pressure-low");
      const repair = await required(comes("oil-pressure-low"));
      expect(await world.service.get(ticketId)).toMatchObject({ mergedInto: repair });
      expect((await openWorkOf()).map((one) => one.ticketId)).toEqual([repair]);
      await report(repair, pump);
      expect(await verdicts()).toEqual(["pump-loud: true_positive", "wears: true_positive"]);
    });

    test("has its ticket already when it has come", async () => {
      const live = await required(comes("oil-pump"));
      expect((await foretell("oil-pump")).ticketId).toBe(live);
      await report(live, { result: "fixed", faultCode: "oil-pump", causeId: "sensor" });
      expect(await verdicts()).toEqual(["pump-loud: true_positive", "wears: true_positive"]);
    });
  });

  test("an unknown trouble code is queued once for all machines that send it", async () => {
    const unknown = (machineId: string) =>
      raised(machineId, { failureMode: "uncatalogued", subject: "0:100:4" });
    await required(unknown("M-2"));
    const ticketId = await required(unknown("M-1"));
    const again = raised("M-1", {
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
