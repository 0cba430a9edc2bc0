import { healthIndex } from "@firebreak/dashboards/server/api/health.ts";
import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import {
  amber,
  batchOf,
  dtc,
  every,
  inOrder,
  type Said,
  startMs,
} from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { describeEachDatabase } from "@firebreak/tickets/each-database.fixture.ts";
import {
  type FieldWorld,
  finishOrders,
  openFieldWorld,
  tractorPlan,
} from "@firebreak/tickets/field/field-world.fixture.ts";
import { followField } from "@firebreak/tickets/field/follow-field.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { createVerifier } from "@firebreak/tickets/verification/verifier.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { beforeEach, expect, test } from "vitest";
import { JudgedJournal } from "./judged-journal.fixture.ts";

type TicketOrder = Parameters<FieldWorld["order"]>[1];

const machineId = "M-1";
const dictionary = dictionaryOfPlan(tractorPlan);
const who = { gatewayId: "gw", machineId };

const code = (at: number): Said => ({ at, dtcs: [dtc(100, 4)], lamps: amber });
const healthy = (at: number): Said[] => [
  { at, signal: "engineSpeed", value: 900 },
  { at, signal: "engineOilPressure", value: 240 },
];

describeEachDatabase("a repair that was proved, and the rules", (open) => {
  let world: FieldWorld;
  let journal: JudgedJournal;

  const handle = async (record: JournalEntry["record"]) => {
    journal.append(record);
    await journal.judgeNext(1).catch((error: unknown) => {
      journal.records.pop();
      throw error;
    });
  };
  /** The hub's clock goes with the machine's. */
  const say = (said: readonly Said[]) => {
    const receivedAtMs = startMs + Math.max(...said.map(({ at }) => at)) * 1000;
    world.clock.advance(receivedAtMs - world.clock.nowMs());
    const { header, samples, events } = batchOf(tractorPlan, said);
    return handle({
      ...who,
      kind: "batch",
      receivedAtMs,
      block: encodeBatch(who, { ...header, dictionary, samples, events }),
    });
  };
  const say1 = (from: number, to: number) => say(every(1, [from, to], healthy).flat());
  const health = () => {
    const state = journal.engine.machineState(machineId);
    return state && healthIndex(state);
  };
  const only = async (): Promise<Ticket> => {
    const { items } = await world.service.page({ machine: machineId, limit: 50 });
    const work = items.filter(({ kind }) => kind !== "parts");
    expect(work).toHaveLength(1);
    return world.ticket(work[0]?.ticketId ?? "");
  };
  const repair = async ({ ticketId }: Ticket) => {
    const orders: TicketOrder[] = [
      { type: "acknowledge" },
      { type: "assign", assignment: { engineerId: "E-1", score: 1, reasons: [] } },
      { type: "depart" },
      { type: "arrive", distanceKm: 0.1 },
      { type: "start-work", isSafetyChecked: true },
      finishOrders.finish,
      finishOrders.report,
    ];
    for (const order of orders) await world.order(ticketId, order);
  };

  beforeEach(async () => {
    const db = await open();
    const verifier = createVerifier({ db, planOf: () => tractorPlan, hasGateway: () => true });
    world = await openFieldWorld(db, { follow: followField(verifier) });
    world.clock.advance(startMs - world.clock.nowMs());
    journal = new JudgedJournal(world, verifier, tractorPlan);
    await journal.start();
    await handle({ ...who, kind: "dictionary", dictionary });
    await say(inOrder(every(1, [0, 20], code), every(1, [0, 20], healthy).flat()));
  });

  test("the machine's health recovers with the proof, in the judge's own transaction", async () => {
    await repair(await only());
    await say1(21, 60);
    expect([(await only()).state, health()]).toEqual(["verifying", 75]);
    await say1(61, 90);
    const ticket = await only();
    expect([ticket.state, ticket.activeFindings, health()]).toEqual(["follow_up", [], 100]);
    expect(ticket.timeline.at(-1)).toMatchObject({ type: "finding-cleared", cause: "repaired" });
    expect(await journal.store.findings(machineId, 5)).toMatchObject([
      { phase: "cleared", cause: "repaired" },
    ]);
    await journal.start();
    expect(health()).toBe(100);
    await say1(91, 95);
    expect(await only()).toEqual(ticket);
  });

  test("the code again is a new onset: the ticket that nobody closed yet is opened again, no other", async () => {
    await repair(await only());
    await say1(21, 90);
    await say(every(1, [100, 110], code));
    expect(await only()).toMatchObject({
      state: "assigned",
      outcome: "not_fixed",
      reopenCount: 1,
      occurrenceCount: 2,
      activeFindings: [expect.any(String)],
    });
    expect(health()).toBe(75);
  });

  test("a chunk that cannot be written takes the rules back, and is judged again as if nothing had been", async () => {
    await repair(await only());
    await say1(21, 60);
    const { engine, store } = journal;
    const before = engine.snapshot(machineId);
    const commit = store.commit;
    store.commit = async (tx, step) => {
      await commit(tx, step);
      if (step.findings?.some(({ cause }) => cause === "repaired"))
        throw new TypeError("the disk is full");
    };
    await expect(say1(61, 90)).rejects.toThrow("the disk is full");
    store.commit = commit;
    expect((await only()).state).toBe("verifying");
    expect((await store.loadStates())[0]?.text).toBe(before);
    await say1(61, 90);
    expect([(await only()).state, health()]).toEqual(["follow_up", 100]);
  });

  test("what a person confirms is heard by the rules with the next data, over a restart", async () => {
    const ticket = await only();
    await repair(ticket);
    await world.order(ticket.ticketId, { type: "verification-inconclusive", detail: "silent" });
    await world.order(ticket.ticketId, { type: "verification-confirmed", detail: "runs well" });
    expect(health()).toBe(75);
    await journal.start();
    await say1(100, 101);
    expect([(await only()).activeFindings, health()]).toEqual([[], 100]);
  });
});
