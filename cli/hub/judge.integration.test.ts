import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import {
  batchOf,
  code,
  noCode,
  pressure,
  type Said,
  speed,
  startMs,
  testPlan,
} from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRandom } from "@firebreak/rules/prognosis/seeded-random.ts";
import { type FieldWorld, openFieldWorld } from "@firebreak/tickets/field/field-world.fixture.ts";
import { createVerifier } from "@firebreak/tickets/verification/verifier.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { expect, test } from "vitest";
import { JudgedJournal } from "./judged-journal.fixture.ts";

const plan = testPlan();
const dictionary = dictionaryOfPlan(plan);
const machineIds = ["M-0", "M-1", "M-2", "M-3"];
const rounds = process.env.FIREBREAK_SOAK ? 200 : 1;

async function openJournal(world: FieldWorld, fleet = machineIds): Promise<JudgedJournal> {
  const verifier = createVerifier({ db: world.db, planOf: () => plan, hasGateway: () => true });
  const journal = new JudgedJournal(world, verifier, plan);
  for (const machineId of fleet)
    journal.append({ kind: "dictionary", gatewayId: "gw", machineId, dictionary });
  await journal.start();
  return journal;
}

/** One second of one machine, mostly well. */
function append(journal: JudgedJournal, machineId: string, said: readonly Said[]): void {
  const at = Math.max(...said.map((one) => one.at));
  const who = { gatewayId: "gw", machineId };
  const { header, samples, events } = batchOf(plan, said);
  const block = encodeBatch(who, { ...header, dictionary, samples, events });
  journal.append({ ...who, kind: "batch", receivedAtMs: startMs + at * 1000, block });
}

function story(journal: JudgedJournal, seconds: number, seed: number): void {
  const random = createRandom(seed);
  const troubled = new Map<string, boolean>();
  for (let at = 0; at < seconds; at++)
    for (const machineId of machineIds) {
      if (random() < 0.1) troubled.set(machineId, !troubled.get(machineId));
      const isBad = troubled.get(machineId) === true;
      const dm1 = (isBad && random() < 0.5 ? code : noCode)(at);
      append(journal, machineId, [speed(900)(at), pressure(isBad ? 150 : 40)(at), dm1]);
    }
}

async function outcomeOf(world: FieldWorld, journal: JudgedJournal, fleet = machineIds) {
  const { items } = await world.service.page({ limit: 200 });
  const tickets = items.map(({ machineId, faultCode, occurrenceCount, activeFindings }) => ({
    ...{ machineId, faultCode, occurrenceCount, activeFindings },
  }));
  const findings = await Promise.all(fleet.map((one) => journal.store.findings(one, 1000)));
  return {
    tickets: tickets.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    findings,
    states: fleet.map((machineId) => journal.engine.snapshot(machineId)),
  };
}

describeEachDatabase("rule states that are written now and then", (open) => {
  test("ended at any instant and refused by the database at any step: findings, tickets and states are those of a calm run", async () => {
    for (let round = 0; round < rounds; round++) {
      const calm = await openFieldWorld(await open());
      const shaken = await openFieldWorld(await open());
      const [one, other] = [await openJournal(calm), await openJournal(shaken)];
      story(one, 40, round);
      story(other, 40, round);
      while (one.judged < one.records.length) await one.judgeNext(7);

      const random = createRandom(1_000 + round);
      while (other.judged < other.records.length) {
        const dice = random();
        if (dice < 0.1) await other.start();
        else if (dice < 0.4) await refuseOnce(other);
        shaken.clock.advance(dice * 10_000);
        const needed = other.judge.savedOffset;
        await other.judgeNext(1 + Math.floor(random() * 20));
        expect(other.judge.savedOffset).toBeGreaterThanOrEqual(needed);
      }
      const wanted = await outcomeOf(calm, one);
      expect(wanted.tickets.length).toBeGreaterThan(2);
      expect(await outcomeOf(shaken, other)).toEqual(wanted);
    }
  });

  test("what nothing is told of is not written with every step, but within a minute, and at the end", async () => {
    const world = await openFieldWorld(await open());
    const journal = await openJournal(world);
    for (let at = 0; at < 3; at++)
      for (const machineId of machineIds) append(journal, machineId, [speed(900)(at)]);
    await journal.judgeNext(12);
    expect(await journal.store.loadStates()).toEqual([]);
    expect(journal.judge.savedOffset).toBe(machineIds.length);
    world.clock.advance(61_000);
    append(journal, "M-1", [speed(900)(3)]);
    await journal.judgeNext(1);
    expect((await journal.store.loadStates()).map(({ machineId }) => machineId)).toEqual(
      machineIds,
    );
    append(journal, "M-2", [speed(900)(4)]);
    await journal.judgeNext(1);
    await journal.judge.saveAll();
    expect(await journal.store.loadOffset()).toBe(journal.records.length);
    expect((await journal.store.loadStates())[2]?.text).toBe(journal.engine.snapshot("M-2"));
  });
});

describeEachDatabase("a rule that is wrong about a whole fleet", (open) => {
  const fleet = Array.from({ length: 50 }, (_, index) => `F-${index}`);
  const openFleet = async () => {
    const world = await openFieldWorld(await open());
    const journal = await openJournal(world, fleet);
    for (let at = 0; at < 4; at++)
      for (const machineId of fleet)
        append(journal, machineId, [speed(900)(at), pressure(150)(at), noCode(at)]);
    return { world, journal };
  };

  test("is written in parts, between which others have their turn; ended between two of them, it goes on there", async () => {
    const calm = await openFleet();
    const found = watchCommits(calm.journal);
    let turns = 0;
    const turn = () => {
      turns++;
      turning = setImmediate(turn);
    };
    let turning = setImmediate(turn);
    await calm.journal.judgeNext(Number.POSITIVE_INFINITY);
    clearImmediate(turning);
    expect(found.reduce((sum, count) => sum + count, 0)).toBe(fleet.length);
    expect(Math.max(...found)).toBeLessThanOrEqual(16);
    expect(turns).toBeGreaterThanOrEqual(found.length - 1);

    const ended = await openFleet();
    const before = watchCommits(ended.journal, (count) => {
      if (count === 2) ended.journal.judge.stop();
    });
    await ended.journal.judgeNext(Number.POSITIVE_INFINITY);
    expect(before.reduce((sum, count) => sum + count, 0)).toBeLessThan(fleet.length);
    await ended.journal.judge.saveAll();
    await ended.journal.start();
    const wanted = await outcomeOf(calm.world, calm.journal, fleet);
    expect(await outcomeOf(ended.world, ended.journal, fleet)).toEqual(wanted);
  });

  test("refused by the database between two parts, nothing is judged twice", async () => {
    const calm = await openFleet();
    await calm.journal.judgeNext(Number.POSITIVE_INFINITY);
    const refused = await openFleet();
    watchCommits(refused.journal, (count) => {
      if (count === 2) throw new TypeError("the disk is full");
    });
    const all = () => refused.journal.judgeNext(Number.POSITIVE_INFINITY);
    await expect(all()).rejects.toThrow("the disk is full");
    await all();
    const wanted = await outcomeOf(calm.world, calm.journal, fleet);
    expect(await outcomeOf(refused.world, refused.journal, fleet)).toEqual(wanted);
  });
});

/** How much was found by each transaction from now on; `onCommit` is called in those that found something. */
function watchCommits(journal: JudgedJournal, onCommit = (_count: number): void => {}): number[] {
  const found: number[] = [];
  const { commit } = journal.store;
  journal.store.commit = async (tx, step) => {
    await commit(tx, step);
    if (!step.findings?.length) return;
    found.push(step.findings.length);
    onCommit(found.length);
  };
  return found;
}

async function refuseOnce(journal: JudgedJournal): Promise<void> {
  const { commit } = journal.store;
  journal.store.commit = async (tx, step) => {
    await commit(tx, step);
    throw new TypeError("the disk is full");
  };
  await expect(journal.judgeNext(5)).rejects.toThrow("the disk is full");
  journal.store.commit = commit;
}
