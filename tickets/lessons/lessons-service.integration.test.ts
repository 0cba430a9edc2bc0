import { Plan } from "@firebreak/plans/plan-schema.ts";
import { Value } from "typebox/value";
import { beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { emptyContent } from "../field/empty-content.ts";
import type { FieldTables } from "../field/field-tables.ts";
import type { ReportContent, ServiceReport } from "../field/service-report.ts";
import { kpiDefaults } from "../kpi/kpi-config.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { carryOut, requireTicket } from "../ticket-work.ts";
import { finding, signal } from "../tickets.fixture.ts";
import type { Actor } from "../vocabulary.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { createLessonsService, type LessonsService } from "./lessons-service.ts";

const engineer: Actor = { kind: "person", id: "E-1" };

const found = (more: Partial<ReportContent> = {}): ReportContent => ({
  ...emptyContent("repair"),
  symptom: "lamp on, no pressure shown",
  attempts: [{ judgement: "seal hard", handling: "changed", result: "fixed" }],
  rootCause: { faultCode: "oil-pressure-low", causeId: "seal", responsibility: "manufacturer" },
  solution: "new seal",
  preventionAdvice: "change it each year",
  partsUsed: [{ partNo: "FB-LT-OP-01", quantity: 1 }],
  labourHours: 2,
  travelKm: 30,
  ...more,
});

/** What a reviewer adds to each remedy of a draft. */
const withProcedures = (causes: unknown) =>
  (causes as { remedies: object[] }[]).map((cause) => ({
    ...cause,
    remedies: cause.remedies.map((one) => ({ ...one, procedureId: "replace-seal" })),
  }));

describeEachDatabase("lessons for people", (open) => {
  let world: World;
  let lessons: LessonsService;
  let count = 0;
  const order = () => ({ actorId: "u-rnd", commandId: `lesson-${count++}` });
  beforeEach(async () => {
    world = await openWorld(await open());
    lessons = createLessonsService({ db: world.db, clock: world.clock });
  });

  const obey = (ticketId: string, given: TicketOrder) => {
    world.clock.advance(60_000);
    return world.db.transaction(async (tx) => {
      const work = world.service.begin(tx, engineer);
      const commandId = `work-${count++}`;
      return carryOut(work, await requireTicket(tx, ticketId), { ...given, commandId });
    });
  };

  const storeReport = (ticketId: string, reportId: string, content: ReportContent) => {
    const report: ServiceReport = {
      reportId,
      revision: 1,
      ticketId,
      visitNo: 1,
      engineerId: engineer.id,
      state: "submitted",
      at: new Date(world.clock.nowMs()).toISOString(),
      telemetryWindows: [],
      content,
    };
    return world.db.transaction((tx) =>
      tx
        .tables<FieldTables>()
        .insertInto("service_reports")
        .values({
          report_id: reportId,
          revision: 1,
          ticket_id: ticketId,
          visit_no: 1,
          engineer_id: engineer.id,
          state: "submitted",
          at: report.at,
          body: JSON.stringify(report),
        })
        .execute(),
    );
  };

  /** A ticket of the rule `oil-pressure-low`, worked on, reported and closed. */
  async function finished(machineId: string, content: ReportContent): Promise<string> {
    world.clock.advance(60_000);
    const [opened] = await world.apply({
      ...finding({ findingId: `f-${count++}`, machineId, ruleId: "oil-pressure-low" }),
      failureMode: "oil-pressure-low",
      evidence: [signal()],
    });
    const ticketId = opened?.ticket.ticketId ?? "";
    const reportId = `R-${count++}`;
    await obey(ticketId, {
      type: "assign",
      assignment: { engineerId: "E-1", score: 1, reasons: [] },
    });
    await obey(ticketId, { type: "depart" });
    await obey(ticketId, { type: "arrive", distanceKm: 0.1 });
    await obey(ticketId, { type: "start-work", isSafetyChecked: true });
    const inspection = { isAnswered: true, isSurveyed: true, failedSteps: [] };
    const { attempts } = content;
    await obey(ticketId, { type: "finish", attempts, isMachineChecked: true, inspection });
    await storeReport(ticketId, reportId, content);
    const cause = { cause: "found", solution: "done", preventionAdvice: "advised" };
    await obey(ticketId, { type: "submit-report", reportId, ...cause, ...content.rootCause });
    const proof = "verification-not-applicable" as const;
    if ((await world.service.get(ticketId)).state === "verifying")
      await obey(ticketId, { type: proof, detail: "no signal" });
    await obey(ticketId, { type: "follow-up-done", note: "content", blockers: [] });
    return ticketId;
  }

  const nothing = (): ReportContent => {
    const { rootCause: _, ...rest } = found({ partsUsed: [] });
    return {
      ...rest,
      attempts: [{ judgement: "looks fine", handling: "none", result: "no_fault_found" }],
    };
  };

  test("F-27: precision, and what the journeys for nothing cost", async () => {
    await finished("M-1", found());
    await finished("M-2", nothing());
    await finished("M-3", nothing());
    const [rule] = await lessons.rules("loader");
    expect(rule).toMatchObject({
      ruleId: "oil-pressure-low",
      mode: "active",
      record: { judged: 3, precision: 1 / 3 },
    });
    const asked = { planId: "loader", ruleId: "oil-pressure-low" };
    const trust = await lessons.trust([asked, { planId: "loader", ruleId: "never-judged" }]);
    expect([...trust.keys()]).toEqual(["loader/oil-pressure-low"]);
    expect(trust.get("loader/oil-pressure-low")).toMatchObject({ judged: 3, right: 1 });
    const { labourFenPerHour, travelFenPerKm } = kpiDefaults.rates;
    expect(rule?.wasted).toEqual({
      visits: 2,
      costFen: 2 * (2 * labourFenPerHour + 30 * travelFenPerKm),
    });
  });

  test("a rule that was switched on again without a decision becomes advisory again, and its proposal says why", async () => {
    const rule = { planId: "loader", ruleId: "oil-pressure-low" };
    for (let number = 1; number <= 10; number++) await finished(`M-${number}`, nothing());
    await lessons.setRuleMode(order(), rule, { mode: "active", reason: "wanted" });
    for (let number = 11; number <= 20; number++) await finished(`M-${number}`, nothing());
    expect(await lessons.rules()).toMatchObject([{ mode: "advisory" }]);
    const [proposal, ...others] = await lessons.proposals("open");
    expect(others).toEqual([]);
    expect(proposal?.openedAt).toBe(new Date(world.clock.nowMs() - 2 * 60_000).toISOString());
  });

  test("AS-16: a person rejects the proposal, and the rule opens tickets again", async () => {
    for (let at = 0; at < 10; at += 1) await finished(`M-${at}`, nothing());
    const [proposal] = await lessons.proposals("open");
    expect(proposal).toMatchObject({ ruleId: "oil-pressure-low", record: { precision: 0 } });
    const { proposalId = "" } = proposal ?? {};
    const reject = { isApproved: false, note: "the sensors were a bad lot" };
    await lessons.decideRule(order(), proposalId, reject);
    expect((await lessons.rules())[0]?.mode).toBe("active");
    expect(await lessons.proposals("rejected")).toMatchObject([{ decidedBy: "u-rnd" }]);
    await expect(lessons.decideRule(order(), proposalId, reject)).rejects.toMatchObject({
      code: "LESSON_DECIDED",
    });
  });

  test("a case from the field becomes a failure mode that a plan takes as it is", async () => {
    const cases = [
      await finished("M-1", found()),
      await finished("M-2", found({ partsUsed: [], labourHours: 4 })),
    ];
    await world.apply(
      finding({
        findingId: "f-u",
        machineId: "M-1",
        failureMode: "uncatalogued",
        subject: "0:100:4",
      }),
    );
    const wanted = {
      planId: "loader",
      faultCode: "oil-seal",
      ticketIds: cases,
      codeId: "loader:0:100:4",
    };
    const draft = await lessons.propose(order(), wanted);
    expect(draft.mode).toMatchObject({
      dtcs: [{ spn: 100, fmis: [4], sa: 0 }],
      symptom: { en: "lamp on, no pressure shown" },
      causes: [
        {
          id: "seal",
          category: "part_damage",
          observedCount: 2,
          remedies: [
            { kind: "replace", text: { en: "new seal" }, partNo: "FB-LT-OP-01", quantity: 1 },
          ],
        },
      ],
      parts: [{ partNo: "FB-LT-OP-01", quantity: 1, probability: 0.5 }],
      standardHours: 3,
    });
    const { proposalId } = draft;
    await expect(
      lessons.stepProposal(order(), proposalId, { type: "submit" }),
    ).rejects.toMatchObject({
      code: "CATALOGUE_INCOMPLETE",
      message: expect.stringMatching(/skill/),
    });
    const mode = {
      ...draft.mode,
      component: "oil-seal",
      causes: withProcedures(draft.mode.causes),
      faultClass: "hydraulic",
      skill: "hydraulics",
      checks: [
        { check: { en: "Look", "zh-CN": "检查" }, expected: { en: "Dry", "zh-CN": "干燥" } },
      ],
    };
    await lessons.stepProposal(order(), proposalId, { type: "edit", mode });
    await lessons.stepProposal(order(), proposalId, { type: "submit" });
    const approved = await lessons.stepProposal(order(), proposalId, {
      type: "approve",
      note: "yes",
    });
    expect(approved).toMatchObject({ state: "approved", reviewedBy: "u-rnd" });
    const pasted = parse(`failureModes:\n${await lessons.proposalYaml(proposalId)}`);
    expect(Value.Check(Plan.properties.service.properties.failureModes, pasted.failureModes)).toBe(
      true,
    );
    expect(pasted.failureModes["oil-seal"]).toEqual({ ...mode, reviewState: "approved" });
    const none = { planId: "loader", faultCode: "x", ticketIds: [] };
    await expect(lessons.propose(order(), none)).rejects.toMatchObject({ code: "LESSON_CASES" });
  });

  test("parts that still work make the life longer than those that failed say alone", async () => {
    const months = (count: number) =>
      new Date(world.clock.nowMs() - count * (365.25 / 12) * 24 * 3600 * 1000).toISOString();
    const now = new Date(world.clock.nowMs()).toISOString();
    const rows = [
      ...[4, 6, 8].map((age) => ({ age, removed: true, left: 0 })),
      ...[9, 10, 11, 12].map((age) => ({ age, removed: false, left: 50 })),
      { age: 2, removed: true, left: 80 },
    ];
    await world.db.transaction(async (tx) => {
      for (const [at, { age, removed, left }] of rows.entries())
        await tx
          .tables<OrganisationTables>()
          .insertInto("installed_parts")
          .values({
            row_id: `ip-${at}`,
            machine_id: `M-${at}`,
            position: "a",
            part_no: "KP-A",
            removed_at: removed ? now : null,
            body: JSON.stringify({
              position: "a",
              partNo: "KP-A",
              installedAt: months(age),
              installedAtHours: 0,
              remainingLifePct: left,
              source: "measured",
            }),
          })
          .execute();
    });
    const life = await lessons.partLife("KP-A");
    expect(life).toMatchObject({ method: "weibull", failures: 3, censored: 5, unit: "months" });
    expect(life?.medianLife).toBeGreaterThan(8);
    // Of three that still work an imported file says how many strokes they have made.
    await world.db.transaction(async (tx) => {
      const tables = tx.tables<OrganisationTables>();
      for (const id of ["ip-3", "ip-4", "ip-5"]) {
        const { body } = await tables
          .selectFrom("installed_parts")
          .select("body")
          .where("row_id", "=", id)
          .executeTakeFirstOrThrow();
        const counted = JSON.stringify({ ...JSON.parse(body), usedLife: 90_000 });
        await tables
          .updateTable("installed_parts")
          .set({ body: counted })
          .where("row_id", "=", id)
          .execute();
      }
    });
    expect(await lessons.partLife("KP-A")).toEqual(life);
    expect(await lessons.partLife("NONE")).toBeUndefined();
  });
});
