import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { openWork } from "../open-work.ts";
import { createVerifier } from "../verification/verifier.ts";
import type { SyncCommand } from "./field-command.ts";
import { engineer, type FieldWorld, openFieldWorld, tractorPlan } from "./field-world.fixture.ts";
import { followField } from "./follow-field.ts";
import { surveyedPeaks } from "./survey-store.ts";
import { syncField } from "./sync.ts";

describeEachDatabase("scenarios of the field", (open) => {
  let world: FieldWorld;
  let commands = 0;
  beforeEach(async () => {
    const db = await open();
    const verifier = createVerifier({ db, planOf: () => tractorPlan, hasGateway: () => true });
    world = await openFieldWorld(db, { follow: followField(verifier) });
  });

  const send = async (ticketId: string, type: SyncCommand["type"], body: object = {}) => {
    const command = { commandId: `c-${commands++}`, ticketId, type, body };
    const options = { db: world.db, begin: world.service.begin };
    const nowMs = world.clock.nowMs();
    const order = {
      actor: engineer,
      role: "engineer",
      engineerId: "E-1",
      nowMs,
      commands: [command],
    };
    const { answers } = await syncField(options, order);
    expect(answers[0]).toMatchObject({ status: "done" });
  };
  const drive = async (ticketId: string) => {
    await send(ticketId, "depart");
    await send(ticketId, "arrive", { reason: "no position" });
    await send(ticketId, "start-work", { isSafetyChecked: true });
  };
  const attempt = (result: string) => ({ judgement: "sensor", handling: "measured", result });

  test("AS-8: not solved on site, an expert is asked, a part is missing: outcomes, green channel, a second visit", async () => {
    const ticketId = await world.bring("assigned");
    await drive(ticketId);
    await send(ticketId, "consult", { consult: { mode: "expert", question: "which sensor?" } });
    await send(ticketId, "miss-parts", {
      lines: [{ partNo: "FB-LT-CTS-01", quantity: 1 }],
      leavesSite: true,
    });
    const waiting = await world.ticket(ticketId);
    expect(waiting).toMatchObject({
      outcome: "diagnosed_awaiting_parts",
      consultCount: 1,
      leftWithoutFix: true,
    });
    const children = await Promise.all(waiting.childIds.map((id) => world.ticket(id)));
    expect(children.flatMap(({ parts }) => parts.map(({ partNo }) => partNo))).toContain(
      "FB-LT-CTS-01",
    );
    if (waiting.state === "waiting_parts") await world.order(ticketId, { type: "parts-ready" });
    await drive(ticketId);
    await send(ticketId, "not-fixed", {
      attempts: [attempt("not_fixed")],
      consult: { mode: "expert", question: "still no number" },
    });
    expect(await world.ticket(ticketId)).toMatchObject({
      state: "assigned",
      visits: 2,
      outcome: "not_fixed",
      consultCount: 2,
      leftWithoutFix: true,
    });
  });

  test("a failed step of a planned inspection becomes a repair, one that names parts a parts ticket", async () => {
    const { ticketId } = await world.work(engineer, async (work) => {
      const { ticket } = await openWork(
        work,
        {
          kind: "inspection",
          machineId: "M-1",
          key: "M-1:calendar:month-1",
          priority: "planned",
          trigger: "calendar",
          channel: "machine",
          title: { en: "Month 1", "zh-CN": "第 1 月" },
          checklist: "general-inspection",
        },
        "plan/1",
      );
      return ticket;
    });
    const assignment = { engineerId: "E-1", score: 1, reasons: [] };
    await world.order(ticketId, { type: "assign", assignment });
    await drive(ticketId);
    await send(ticketId, "answer-checklist", {
      answers: [
        {
          stepId: "drive-belt",
          result: "failed",
          parts: [{ partNo: "FB-LT-BLT-01", quantity: 1 }],
        },
        { stepId: "coolant", result: "failed", note: "radiator leaks" },
      ],
    });
    const peakPeriods = [{ from: "2026-06-01", to: "2026-07-31" }];
    const survey = {
      equipmentTypes: [],
      equipmentCounts: [],
      workingTime: "",
      projectProgress: "",
      peakPeriods,
      serviceOpinion: "",
      followOnProjects: "",
      productImpression: "",
      improvementSuggestions: "",
      operatorSkill: "basic",
      otherBrandEquipment: "",
    };
    await send(ticketId, "save-survey", { survey });
    await send(ticketId, "finish", {
      attempts: [attempt("no_fault_found")],
      isMachineChecked: true,
    });
    const done = await world.ticket(ticketId);
    expect(done).toMatchObject({ state: "work_done", failedSteps: ["drive-belt", "coolant"] });
    const children = await Promise.all(done.childIds.map((id) => world.ticket(id)));
    expect(children.map(({ kind, parentId }) => [kind, parentId]).sort()).toEqual([
      ["parts", ticketId],
      ["repair", ticketId],
    ]);
    expect(await surveyedPeaks(world.db, ["M-1"])).toEqual(new Map([["M-1", peakPeriods]]));
  });
});
