import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { batchOf, every, type Said, startMs } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createAuditDesk } from "@firebreak/tickets/audit/audit-desk.ts";
import { describeEachDatabase } from "@firebreak/tickets/each-database.fixture.ts";
import {
  type FieldWorld,
  finishOrders,
  openFieldWorld,
  tractorPlan,
} from "@firebreak/tickets/field/field-world.fixture.ts";
import { followField } from "@firebreak/tickets/field/follow-field.ts";
import { createShelvingDesk } from "@firebreak/tickets/shelving/shelving-desk.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { createResetDesk } from "@firebreak/tickets/verification/reset-desk.ts";
import { createVerifier } from "@firebreak/tickets/verification/verifier.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { expect, test } from "vitest";
import { JudgedJournal } from "./judged-journal.fixture.ts";

type TicketOrder = Parameters<FieldWorld["order"]>[1];

const machineId = "M-1";
const who = { gatewayId: "gw", machineId };
const name = "oil-pressure-low";
const fault = "engine-oil-pressure-low";
const dispatcher = { kind: "person", id: "D-1" } as const;

/** The tractor's plan, where low oil pressure is a matter of safety, or critical and said to be latched. */
function planOf(isSafety: boolean): Plan {
  const { service, rules } = tractorPlan;
  const mode = service.failureModes[fault];
  if (!mode) throw new TypeError(`the plan has no ${fault}`);
  const failureModes = { ...service.failureModes, [fault]: { ...mode, safetyRelated: isSafety } };
  const said = (rule: Rule): Rule =>
    rule.id === name && rule.kind === "threshold" ? { ...rule, latched: true } : rule;
  const { verification } = rules;
  const own = {
    ...rules,
    ...(verification ? { verification: { ...verification, minOperatingMinutes: 1 } } : {}),
    rules: isSafety ? rules.rules : rules.rules.map(said),
  };
  return { ...tractorPlan, rules: own, service: { ...service, failureModes } };
}

const running = (pressure: number) => (at: number) => [
  { at, signal: "engineSpeed", value: 900 },
  { at, signal: "engineOilPressure", value: pressure },
];

async function begin(db: Database, plan = planOf(true)) {
  const verifier = createVerifier({ db, planOf: () => plan, hasGateway: () => true });
  const world = await openFieldWorld(db, { follow: followField(verifier), plan });
  world.clock.advance(startMs - world.clock.nowMs());
  const journal = new JudgedJournal(world, verifier, plan);
  await journal.start();
  const dictionary = dictionaryOfPlan(plan);
  const take = async (record: JournalEntry["record"]) => {
    journal.append(record);
    await journal.judgeNext(1);
  };
  await take({ ...who, kind: "dictionary", dictionary });
  /** The hub's clock goes with the machine's. */
  const say = async (from: number, to: number, pressure: number) => {
    const said: Said[] = every(1, [from, to], running(pressure)).flat();
    const receivedAtMs = startMs + to * 1000;
    world.clock.advance(receivedAtMs - world.clock.nowMs());
    const { header, samples, events } = batchOf(plan, said);
    const block = encodeBatch(who, { ...header, dictionary, samples, events });
    await take({ ...who, kind: "batch", receivedAtMs, block });
  };
  const open = () => journal.engine.machineState(machineId)?.findings ?? [];
  const tickets = async (): Promise<Ticket[]> => {
    const { items } = await world.service.page({ machine: machineId, limit: 50 });
    const work = items.filter(({ kind }) => kind !== "parts");
    return Promise.all(work.map(({ ticketId }) => world.ticket(ticketId)));
  };
  const only = async (): Promise<Ticket> => {
    const [ticket, ...others] = await tickets();
    expect(others).toEqual([]);
    if (!ticket) throw new TypeError("no ticket");
    return ticket;
  };
  const give = async (...orders: readonly TicketOrder[]) => {
    const { ticketId } = await only();
    for (const order of orders) await world.order(ticketId, order);
  };
  const newest = async () => (await journal.store.findings(machineId, 1))[0];
  return { world, journal, say, open, tickets, only, give, newest };
}

/** Low pressure for 20 s, then as it should be. */
async function beginLatched(db: Database, plan?: Plan) {
  const at = await begin(db, plan);
  await at.say(0, 20, 40);
  await at.say(21, 40, 240);
  return at;
}

const toWork: readonly TicketOrder[] = [
  { type: "acknowledge" },
  { type: "assign", assignment: { engineerId: "E-1", score: 1, reasons: [] } },
  { type: "depart" },
  { type: "arrive", distanceKm: 0.1 },
  { type: "start-work", isSafetyChecked: true },
];
const { finish, report } = finishOrders;
const attempt = { judgement: "gauge compared", handling: "none needed" };
const foundNothing: TicketOrder = {
  ...finish,
  attempts: [{ ...attempt, result: "no_fault_found" }],
};

describeEachDatabase("a latched episode and its ticket", (openDb) => {
  test("stays active when its condition is over, and over a restart, until the repair is proved", async () => {
    const { journal, say, open, only, give } = await beginLatched(await openDb());
    const ticket = await only();
    expect(ticket.timeline.at(-1)).toMatchObject({
      type: "returned-to-normal",
      findingId: ticket.activeFindings[0],
    });
    await journal.start();
    await say(41, 42, 240);
    expect(open()).toMatchObject([{ isLatched: true, phase: "updated" }]);
    expect(await only()).toEqual(ticket);
    await give(...toWork, finish, report);
    expect(open()).toHaveLength(1);
    await say(43, 110, 240);
    expect([(await only()).state, (await only()).activeFindings]).toEqual(["follow_up", []]);
    expect((await only()).timeline.at(-1)).toMatchObject({
      type: "finding-cleared",
      cause: "repaired",
    });
    expect(open()).toEqual([]);
  });

  test("ends with the report that no fault was found, and comes again as another one", async () => {
    const { say, open, only, give, newest } = await beginLatched(await openDb());
    const [before] = open();
    await give(...toWork, foundNothing, report);
    await say(41, 42, 240);
    expect(open()).toEqual([]);
    expect((await only()).activeFindings).toEqual([]);
    expect(await newest()).toMatchObject({ phase: "cleared", cause: "reset" });
    await say(43, 60, 40);
    expect(open()).toHaveLength(1);
    expect(open()[0]?.findingId).not.toBe(before?.findingId);
  });

  test("ends with a ticket that headquarters cancels, also where it had not returned to normal", async () => {
    const { world, say, open, only, newest } = await begin(await openDb());
    await say(0, 20, 40);
    const { ticketId } = await only();
    const cancel = { type: "cancel", reason: "gauge known to be wrong" } as const;
    await world.service.order({
      ...{ ticketId, commandId: "c-1", order: cancel, role: "hq_service" },
      actor: dispatcher,
    });
    await say(21, 22, 40);
    expect(open()).toMatchObject([{ phase: "raised" }]);
    await say(23, 40, 240);
    expect(open()).toEqual([]);
    expect(await newest()).toMatchObject({ phase: "cleared" });
    expect((await newest())?.cause).toBeUndefined();
  });

  test("ends with a ticket that a dispatcher closes, where it is no matter of safety", async () => {
    const { say, open, give, newest } = await beginLatched(await openDb(), planOf(false));
    expect(open()).toMatchObject([{ isLatched: true }]);
    await give(
      { type: "acknowledge" },
      { type: "close", outcome: "no_fault_found", note: "driver called" },
    );
    await say(41, 42, 240);
    expect(open()).toEqual([]);
    expect(await newest()).toMatchObject({ phase: "cleared", cause: "reset" });
  });
});

describeEachDatabase("a latched episode without a ticket", (openDb) => {
  const shelved = async (db: Database) => {
    const plan = planOf(false);
    const at = await begin(db, plan);
    const { clock, service: tickets } = at.world;
    const desk = createShelvingDesk({ db, clock, tickets, planOf: () => plan });
    const shelf = { machineId, ruleId: name, hours: 1, reason: "gauge on order" };
    const { shelfId } = await desk.shelve(shelf, dispatcher);
    await at.say(0, 20, 40);
    await at.say(21, 40, 240);
    expect(await at.tickets()).toEqual([]);
    const resets = createResetDesk({ db, tickets });
    return { ...at, endShelf: () => desk.unshelve(machineId, shelfId, dispatcher), resets };
  };

  test("opens its ticket when its shelf ends, and says there that it waits", async () => {
    const { open, only, endShelf, resets } = await shelved(await openDb());
    await endShelf();
    const { ticketId, timeline, activeFindings } = await only();
    const types = timeline.map(({ type }) => type);
    expect(types.filter((type) => /opened|evidence|returned/.test(type))).toEqual([
      "opened",
      "evidence-added",
      "returned-to-normal",
    ]);
    const [finding] = open();
    if (!finding) throw new TypeError("nothing is open");
    expect(activeFindings).toEqual([finding.findingId]);
    await expect(resets.reset(finding, dispatcher)).rejects.toMatchObject({
      code: "FINDING_HAS_TICKET",
      message: expect.stringContaining(ticketId),
    });
  });

  test("ends by a person's reset, which the audit log keeps; one that is true again stays", async () => {
    const db = await openDb();
    const { say, open, tickets, newest, endShelf, resets } = await shelved(db);
    const [seen] = open();
    if (!seen) throw new TypeError("nothing is open");
    await say(41, 60, 40);
    await expect(resets.reset(open()[0] ?? seen, dispatcher)).rejects.toMatchObject({
      code: "FINDING_NOT_LATCHED",
    });
    await resets.reset(seen, dispatcher);
    await say(61, 80, 240);
    const [latched] = open();
    expect(latched).toMatchObject({ isLatched: true, findingId: seen.findingId });
    await resets.reset(latched ?? seen, dispatcher);
    await say(81, 82, 240);
    expect(open()).toEqual([]);
    expect(await newest()).toMatchObject({ phase: "cleared", cause: "reset" });
    const audited = createAuditDesk({ db, newId: () => "" });
    const { items } = await audited.page({ limit: 9, action: "finding.reset" });
    const line = { actor: "D-1", subjectKind: "machine", subjectId: machineId };
    expect(items).toMatchObject([line, line]);
    await endShelf();
    expect(await tickets()).toEqual([]);
  });
});
