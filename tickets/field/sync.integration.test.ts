import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { loadLives } from "../health/field-lives.ts";
import { observedLife } from "../lessons/part-lives.ts";
import { installPart } from "../organisation/installed-parts.ts";
import { loadInstalledParts } from "../organisation/load-organisation.ts";
import { loadLoans } from "../parts/loans.ts";
import { fold } from "../ticket-lifecycle.ts";
import { resetsOf } from "../verification/component-resets.ts";
import { createVerifier, type Verifier } from "../verification/verifier.ts";
import { emptyContent } from "./empty-content.ts";
import type { SyncCommand } from "./field-command.ts";
import { claimsOf } from "./field-notes.ts";
import {
  engineer,
  type FieldWorld,
  openFieldWorld,
  putTractor,
  startMs,
  tractorPlan,
} from "./field-world.fixture.ts";
import { followField } from "./follow-field.ts";
import { reportsOf, revisionsOf } from "./report-store.ts";
import type { ReportContent } from "./service-report.ts";
import { syncField } from "./sync.ts";
import { refusalOf } from "./sync-refusal.ts";

const survey = {
  equipmentTypes: ["loader tractor"],
  equipmentCounts: [2],
  workingTime: "8 h",
  projectProgress: "half",
  peakPeriods: [{ from: "2026-06-01", to: "2026-07-31" }],
  serviceOpinion: "",
  followOnProjects: "",
  productImpression: "",
  improvementSuggestions: "",
  operatorSkill: "skilled",
  otherBrandEquipment: "",
} as const;

const content: ReportContent = {
  ...emptyContent("inspection"),
  symptom: "no number",
  attempts: [{ judgement: "plug loose", handling: "pushed in", result: "fixed" }],
  rootCause: {
    faultCode: "engine-oil-pressure-sensor",
    causeId: "plug-loose",
    responsibility: "manufacturer",
  },
  solution: "pushed in until it locked",
  preventionAdvice: "look at it at each service",
  fullMachineCheck: true,
  machineStateNormal: true,
};

type Step = Omit<SyncCommand, "ticketId">;
/** What a whole visit leaves on the phone, in its order. */
const visit: readonly Step[] = [
  { commandId: "p-1", type: "accept", body: {} },
  { commandId: "p-2", type: "depart", body: {} },
  { commandId: "p-3", type: "arrive", body: { reason: "no position on the phone" } },
  { commandId: "p-4", type: "start-work", body: { isSafetyChecked: true } },
  {
    commandId: "p-5",
    type: "answer-checklist",
    body: { answers: [1, 2, 3].map((at) => ({ stepId: `check-${at}`, result: "passed" })) },
  },
  { commandId: "p-6", type: "save-survey", body: { survey } },
  {
    commandId: "p-7",
    type: "finish",
    body: { attempts: content.attempts, isMachineChecked: true },
  },
  { commandId: "p-8", type: "save-report", body: { content } },
  { commandId: "p-9", type: "hand-in-report", body: {} },
];

describeEachDatabase("what a phone recorded without a line", (open, { kind }) => {
  let world: FieldWorld;
  let verifier: Verifier;
  let ticketId: string;
  const openWorld = async () => {
    const db = await open();
    verifier = createVerifier({ db, planOf: () => tractorPlan, hasGateway: () => true });
    world = await openFieldWorld(db, { follow: followField(verifier) });
    ticketId = await world.bring("assigned");
  };
  beforeEach(openWorld);

  const sync = (commands: readonly unknown[], more: object = {}) =>
    syncField(
      { db: world.db, begin: world.service.begin },
      {
        actor: engineer,
        role: "engineer",
        engineerId: "E-1",
        nowMs: world.clock.nowMs(),
        commands: commands.map((one) => ({ ticketId, ...(one as object) })),
        ...more,
      },
    );
  const statuses = async (commands: readonly unknown[]) =>
    (await sync(commands)).answers.map(({ status }) => status);

  test("a whole visit at once, then the same again: done, then already", async () => {
    expect(await statuses(visit)).toEqual(visit.map(() => "done"));
    expect(await statuses(visit)).toEqual(visit.map(() => "already"));
    const ticket = await world.ticket(ticketId);
    expect(ticket).toMatchObject({ state: "verifying", visits: 1, outcome: "fixed" });
    expect(fold(ticket.timeline)).toEqual(ticket);
    expect(await reportsOf(world.db, ticketId)).toMatchObject([
      { state: "submitted", revision: 1 },
    ]);
    expect(verifier.watched("M-1")).toBeDefined();
  });

  test("a refused command keeps no unrelated one from its turn, and is done when it can be", async () => {
    const other = await world.bring("assigned", {
      findingId: "f-2",
      failureMode: "engine-raced-cold",
    });
    const { answers } = await sync([
      { commandId: "x-1", type: "start-work", body: { isSafetyChecked: true } },
      { commandId: "x-2", ticketId: other, type: "depart", body: {} },
      { commandId: "x-3", type: "depart", body: { wrong: 1 } },
      { commandId: "x-4", type: "dance", body: {} },
      null,
      { commandId: "x-5", ticketId: "T-0", type: "depart", body: {} },
      { commandId: "x-6", type: "depart", body: {} },
    ]);
    expect(answers.map(({ status, code, whatToDo }) => [status, code, whatToDo])).toEqual([
      ["refused", "TICKET_TRANSITION", "retry"],
      ["done", undefined, undefined],
      ["refused", "BAD_REQUEST", "correct"],
      ["refused", "BAD_REQUEST", "correct"],
      ["refused", "BAD_REQUEST", "correct"],
      ["refused", "TICKET_UNKNOWN", "drop"],
      ["done", undefined, undefined],
    ]);
    const arrive = { commandId: "x-7", type: "arrive", body: { reason: "no position" } };
    const again = { commandId: "x-1", type: "start-work", body: { isSafetyChecked: true } };
    expect(await statuses([arrive, again])).toEqual(["done", "done"]);
  });

  test("an id used for something else, or on another's ticket, is refused", async () => {
    await sync([{ commandId: "y-1", type: "accept", body: {} }]);
    const { answers } = await sync([{ commandId: "y-1", type: "depart", body: {} }]);
    expect(answers).toMatchObject([{ code: "COMMAND_REUSED", whatToDo: "correct" }]);
    const strange = await sync(visit, { engineerId: "E-2", actor: { kind: "person", id: "E-2" } });
    expect(new Set(strange.answers.map(({ whatToDo }) => whatToDo))).toEqual(
      new Set(["call-dispatch"]),
    );
    expect((await world.ticket(ticketId)).state).toBe("assigned");
  });

  test("a ticket that dispatch ended meanwhile is explained", async () => {
    await world.order(ticketId, { type: "cancel", reason: "customer called" });
    const { answers } = await sync(visit.slice(0, 2));
    expect(answers).toMatchObject([
      { status: "refused", state: "cancelled", whatToDo: "call-dispatch" },
      { status: "refused", state: "cancelled", whatToDo: "call-dispatch" },
    ]);
  });

  test("SR-3: an incomplete report stays a draft and says everything that is missing", async () => {
    const poor = { ...content, solution: "", preventionAdvice: "" };
    const save = { commandId: "p-8", type: "save-report", body: { content: poor } };
    const { answers } = await sync([...visit.slice(0, 7), save, visit[8]]);
    expect(answers.at(-1)).toMatchObject({
      status: "refused",
      code: "REPORT_INCOMPLETE",
      message: "solution: is needed; preventionAdvice: is needed",
      whatToDo: "correct",
    });
    expect((await world.ticket(ticketId)).state).toBe("work_done");
    expect(await reportsOf(world.db, ticketId)).toMatchObject([{ state: "draft" }]);
  });

  test("SR-4: what was handed in stays; a correction is a further revision", async () => {
    await sync(visit);
    const better = { ...content, preventionAdvice: "lock it with a tie" };
    const corrected = await statuses([
      { commandId: "c-1", type: "save-report", body: { content: better } },
      { commandId: "c-2", type: "hand-in-report", body: {} },
    ]);
    expect(corrected).toEqual(["done", "done"]);
    const [report] = await reportsOf(world.db, ticketId);
    const revisions = await revisionsOf(world.db, report?.reportId ?? "");
    expect(
      revisions.map(({ revision, state, content: { preventionAdvice } }) => [
        revision,
        state,
        preventionAdvice,
      ]),
    ).toEqual([
      [1, "submitted", "look at it at each service"],
      [2, "submitted", "lock it with a tie"],
    ]);
    expect(
      (await world.ticket(ticketId)).timeline.filter(({ type }) => type === "report-submitted"),
    ).toHaveLength(1);
  });

  test("inspections finish only with every step answered and the survey there", async () => {
    const short = visit.filter(({ type }) => type !== "answer-checklist");
    const { answers } = await sync(short.slice(0, 6));
    expect(answers.at(-1)).toMatchObject({
      code: "TICKET_GUARD",
      message: "not answered yet: check-1, check-2, check-3",
    });
    expect(await statuses([visit[4], visit[6]])).toEqual(["done", "done"]);
  });

  test("a replaced part comes from its loan, and its place begins anew at the finish", async () => {
    await world.work(engineer, (work) => putTractor(work, { lat: 28.2, lon: 112.9 }));
    const position = "oil-pressure-sensor";
    await world.work(engineer, (work) =>
      installPart(work, "M-1", {
        ...{ position, partNo: "FB-LT-OPS-01", installedAtHours: 10, source: "default" },
        installedAt: "2025-03-02T00:00:00.000Z",
      }),
    );
    const partsUsed = [{ partNo: "FB-LT-OPS-01", quantity: 1, position }];
    const measuredWear = [{ position, remainingLifePct: 5 }];
    const save = { ...visit[7], body: { content: { ...content, partsUsed, measuredWear } } };
    const { answers } = await sync([...visit.slice(0, 7), save, visit[8]]);
    expect(answers.at(-1)).toMatchObject({ status: "done" });
    const { finishedAt } = await world.ticket(ticketId);
    expect(await resetsOf(world.db, "M-1")).toMatchObject([
      { position: "oil-pressure-sensor", partNo: "FB-LT-OPS-01", ticketId, at: finishedAt },
    ]);
    expect(await loadInstalledParts(world.db, "M-1")).toMatchObject([
      { position, installedAt: finishedAt, remainingLifePct: 100, source: "default" },
    ]);
    // What was measured is the wear of the part that came out: it lived a year, in the unit in which its use is known.
    const lives = (await loadLives(world.db, ["FB-LT-OPS-01"])).get("FB-LT-OPS-01") ?? [];
    const observed = lives.map(({ installed, removedAt }) =>
      observedLife(installed, removedAt, world.clock.nowMs() + 31 * 86_400_000),
    );
    expect(observed.toSorted((a, b) => b.life - a.life)).toEqual([
      { life: expect.closeTo(12, 0), hasFailed: true },
      { life: expect.closeTo(1, 0), hasFailed: false },
    ]);
    const loans = await loadLoans(world.db, { parentId: ticketId });
    expect(loans).toMatchObject([{ partNo: "FB-LT-OPS-01", used: 1 }]);
  });

  test("ES-6: an arrival told late counts from when it was, if the phone was near; all times are kept", async () => {
    await world.work(engineer, (work) => putTractor(work, { lat: 28.2, lon: 112.9 }));
    world.clock.advance(3 * 3600_000);
    const at = (minutes: number) => new Date(startMs + minutes * 60_000).toISOString();
    const deviceNow = at(180);
    const commands = [
      { ...visit[0], at: at(1) },
      { ...visit[1], at: at(10) },
      { ...visit[2], at: at(45), body: { place: { lat: 28.2, lon: 112.9 } } },
    ];
    const { answers } = await sync(commands, { deviceNow });
    expect(answers.map(({ status }) => status)).toEqual(["done", "done", "done"]);
    const ticket = await world.ticket(ticketId);
    expect(ticket.visitLog).toMatchObject([{ arrivedAt: at(45) }]);
    expect(ticket.sla.find((clock) => clock.kind === "arrival")).toMatchObject({
      status: "met",
      stoppedAt: at(45),
    });
    expect(ticket.timeline.at(-1)).toMatchObject({
      type: "arrived",
      at: at(180),
      claimedAt: at(45),
    });
    expect((await claimsOf(world.db, ticketId)).map(({ claim }) => claim.deviceAt)).toEqual([
      at(1),
      at(10),
      at(45),
    ]);
  });

  test("ES-6: one that cannot be believed counts from when the server heard of it", async () => {
    await world.work(engineer, (work) => putTractor(work, { lat: 28.2, lon: 112.9 }));
    world.clock.advance(3 * 3600_000);
    const now = new Date(world.clock.nowMs()).toISOString();
    const early = new Date(startMs - 60_000).toISOString();
    const place = { lat: 28.2, lon: 112.9 };
    await sync([...visit.slice(0, 2), { ...visit[2], at: early, body: { place } }], {
      deviceNow: now,
    });
    expect((await world.ticket(ticketId)).visitLog).toMatchObject([{ arrivedAt: now }]);
    expect(await claimsOf(world.db, ticketId)).toMatchObject([
      { claim: { isUsable: false, why: "it lies before the job was given" } },
    ]);
  });

  test("TK-9: any order, repetition or loss corrupts nothing, and sending all again ends where it should", async () => {
    const steps = fc.constantFrom(...visit);
    const rounds = fc.array(fc.array(steps, { maxLength: 12 }), { maxLength: 3 });
    const numRuns = process.env.FIREBREAK_SOAK ? 200 : kind === "sqlite" ? 8 : 2;
    await fc.assert(
      fc.asyncProperty(rounds, async (sent) => {
        await openWorld();
        for (const round of sent) {
          await sync(round);
          const ticket = await world.ticket(ticketId);
          expect(fold(ticket.timeline)).toEqual(ticket);
        }
        const { answers } = await sync(visit);
        const refused = answers.filter(({ status }) => status === "refused");
        expect(refused.map(({ whatToDo }) => whatToDo)).toEqual(refused.map(() => "drop"));
        const ticket = await world.ticket(ticketId);
        expect(ticket).toMatchObject({ state: "verifying", visits: 1, reopenCount: 0 });
        expect(fold(ticket.timeline)).toEqual(ticket);
        for (const type of [
          "assignment-accepted",
          "departed",
          "arrived",
          "work-started",
          "finished",
          "report-submitted",
        ])
          expect(ticket.timeline.filter((event) => event.type === type).length).toBeLessThanOrEqual(
            1,
          );
        expect(await reportsOf(world.db, ticketId)).toHaveLength(1);
      }),
      { numRuns },
    );
  });
});

describe("refusalOf", () => {
  test("what is not ours to explain is not explained", () => {
    const refusal = refusalOf(new TypeError("secret"), "depart", undefined);
    expect(refusal).toEqual({
      code: "INTERNAL",
      message: "something went wrong on the server",
      whatToDo: "retry",
    });
  });
});
