import { isoNs } from "@firebreak/ingest/iso-ns.ts";
import type { RawSeries } from "@firebreak/ingest/store/store.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { createPutOff } from "@firebreak/kit/put-off.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import {
  amber,
  batchOf,
  codeRule,
  dtc,
  every,
  highRule,
  inOrder,
  pressure,
  type Said,
  speed,
  startMs,
  testPlan,
} from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { type FieldWorld, openFieldWorld } from "@firebreak/tickets/field/field-world.fixture.ts";
import { backFillsOf, noteLateData } from "@firebreak/tickets/history/back-fill-store.ts";
import { codeHistory } from "@firebreak/tickets/history/code-steps.ts";
import { migrateTicketTables } from "@firebreak/tickets/prepare-tickets.ts";
import { createVerifier } from "@firebreak/tickets/verification/verifier.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import type { DtcChange } from "@firebreak/wire/machine-event.ts";
import { qualityName } from "@firebreak/wire/quality.ts";
import { expect, test } from "vitest";
import { type BackFillJudging, judgeBackFillsOnce } from "./judge-back-fills.ts";
import { JudgedJournal } from "./judged-journal.fixture.ts";

const rule = { ...highRule, about: { en: "Pressure is high", "zh-CN": "压力过高" } };
const plan = testPlan([rule, codeRule]);
const dictionary = dictionaryOfPlan(plan);
const machineId = "M-1";
const who = { gatewayId: "gw", machineId };
const daySeconds = 86_400;

/** What a store has of a journal. */
function storeOf(journal: JudgedJournal, samples: readonly Said[]): BackFillJudging["store"] {
  return {
    get committed() {
      return journal.records.length;
    },
    async raw({ signal, fromNs = 0n, toNs = 0n }): Promise<RawSeries> {
      const { t, value, quality } = {
        t: [] as string[],
        value: [] as number[],
        quality: [] as never[],
      };
      const [fromMs, toMs] = [Number(fromNs) / 1e6, Number(toNs) / 1e6];
      for (const one of samples) {
        const ms = startMs + one.at * 1000;
        if (!("signal" in one) || one.signal !== signal || ms < fromMs || ms >= toMs) continue;
        t.push(isoNs(BigInt(ms) * 1_000_000n));
        value.push(one.value);
        quality.push(qualityName(one.quality ?? 0) as never);
      }
      return { t, value, quality };
    },
  };
}

async function openJournal(world: FieldWorld): Promise<JudgedJournal> {
  const verifier = createVerifier({ db: world.db, planOf: () => plan, hasGateway: () => true });
  const journal = new JudgedJournal(world, verifier, plan);
  journal.append({ kind: "dictionary", ...who, dictionary });
  await journal.start();
  return journal;
}

function append(
  journal: JudgedJournal,
  said: readonly Said[],
  receivedAtMs: number,
  changes: readonly DtcChange[] = [],
) {
  const { header, samples, events } = batchOf(plan, said);
  const content = { ...header, dictionary, samples, events: [...events, ...changes] };
  journal.append({ ...who, kind: "batch", receivedAtMs, block: encodeBatch(who, content) });
}

/** A day with so many stays of five seconds above the limit. */
function dayWith(crossings: number, [from, to]: readonly [number, number]): Said[] {
  const apart = (to - from) / crossings;
  const stays = Array.from({ length: crossings }, (_, index) => {
    const at = from + Math.round(index * apart);
    return [...every(1, [at, at + 5], pressure(150)), ...every(1, [at + 6, at + 12], pressure(40))];
  });
  const runs = stays.map((stay) => {
    const at = stay[0]?.at ?? 0;
    return every(5, [Math.max(from, at - 10), Math.min(at + 20, to - 1)], speed(900));
  });
  return inOrder(runs.flat(), stays.flat());
}

/** A trouble code that came and went twelve seconds later. */
const codeAt = (at: number): DtcChange[] =>
  [
    { seconds: at, state: "active" as const },
    { seconds: at + 12, state: "previously-active" as const },
  ].map(({ seconds, state }) => {
    const timeNs = BigInt(startMs + seconds * 1000) * 1_000_000n;
    const times = { timeNs, firstNs: timeNs, lastNs: timeNs, messages: 1 };
    const about = { sa: 0, dtc: dtc(7, 4), lamps: amber, snapshot: [] };
    return { kind: "dtc-change", ...times, ...about, state };
  });

const pieces = (said: readonly Said[], size: number): Said[][] =>
  Array.from({ length: Math.ceil(said.length / size) }, (_, at) =>
    said.slice(at * size, (at + 1) * size),
  );

describeEachDatabase("F5: a day that is filled in behind newer data", (open) => {
  test("50 crossings and a trouble code: no finding, no ticket, and one summary, however often it is judged", async () => {
    const world = await openFieldWorld(await open());
    const journal = await openJournal(world);
    const newest = inOrder(
      every(1, [daySeconds, daySeconds + 5], speed(900)),
      every(1, [daySeconds, daySeconds + 5], pressure(40)),
    );
    const day = dayWith(50, [0, daySeconds]);
    const receivedAtMs = startMs + (daySeconds + 10) * 1000;
    append(journal, newest, receivedAtMs);
    const parts = pieces(day, 100);
    const half = Math.floor(parts.length / 2);
    for (const said of parts.slice(0, half)) append(journal, said, receivedAtMs);
    let nowMs = receivedAtMs + 130_000;
    const judging: BackFillJudging = {
      ...{ db: world.db, planOf: () => plan, store: storeOf(journal, [...day, ...newest]) },
      clock: { nowMs: () => nowMs },
      putOff: createPutOff({ minMs: 1, capMs: 1, now: () => nowMs }),
    };
    const round = () => judgeBackFillsOnce(judging, new AbortController().signal);
    const told = async () => backFillsOf(world.db, machineId);

    while (journal.judged < journal.records.length) await journal.judgeNext(4);
    expect(await round()).toMatchObject({ judged: 1, failed: [] });
    const [first, ...none] = await told();
    expect(none).toEqual([]);
    expect(first?.summary?.events).toBeGreaterThan(15);
    expect(first?.summary?.events).toBeLessThan(35);

    // Killed, and the rest comes while it starts again: the journal is judged anew from what is written.
    const [next = [], ...rest] = parts.slice(half);
    append(journal, next, receivedAtMs + 60_000, codeAt(next[0]?.at ?? 0));
    for (const said of rest) append(journal, said, receivedAtMs + 60_000);
    await journal.start();
    expect((await round()).judged).toBe(0); // it has come just now
    nowMs += 60_000;
    expect((await round()).judged).toBe(1);
    expect((await round()).judged).toBe(0);
    await journal.start();
    expect((await round()).judged).toBe(0);
    const [whole, ...others] = await told();
    expect(others).toEqual([]);
    expect(whole).toMatchObject({
      ...{ firstPosition: first?.firstPosition, fromMs: startMs },
      summary: {
        events: 51,
        rules: [
          { ruleId: "high", count: 50, about: rule.about, signals: ["pressure"] },
          { ruleId: "code", failureMode: "sensor", count: 1, signals: [] },
        ],
      },
    });

    const codes = await codeHistory(world.db, { machineId, toMs: receivedAtMs });
    expect(codes.steps.map(({ state }) => state)).toEqual(["active", "previously-active"]);
    expect(codes.knownFromMs).toBe(codes.steps[0]?.atMs);
    expect(await journal.store.findings(machineId, 200)).toEqual([]);
    const tickets = async () => (await world.service.page({ limit: 10 })).items;
    expect(await tickets()).toEqual([]);

    // Two days old, and it ends in the middle of what lasts: more is to come, so it says nothing of now.
    const old = (from: number, kpa: number) =>
      inOrder(every(1, [from, from + 5], speed(900)), every(1, [from, from + 5], pressure(kpa)));
    const laterMs = startMs + 3 * daySeconds * 1000;
    journal.isMoreComing = true;
    append(journal, old(daySeconds + 100, 150), laterMs);
    await journal.judgeNext(1);
    expect(await tickets()).toEqual([]);
    append(journal, old(daySeconds + 106, 40), laterMs);
    await journal.judgeNext(1);
    append(journal, old(daySeconds + 112, 150), laterMs);
    await journal.judgeNext(1);
    expect(await tickets()).toEqual([]);
    // No more is to come, which the hub hears after a restart: it is still true of the newest that is known.
    await journal.start();
    expect(await tickets()).toEqual([]);
    journal.isMoreComing = false;
    await journal.judge.settle(() => true);
    expect(await tickets()).toMatchObject([{ machineId, faultCode: "too-high" }]);
  });

  test("200 back-fills that fail every time keep no other from being judged, and wait before they are tried again", async () => {
    const db = await open();
    await migrateTicketTables(db);
    const minute = { receivedMs: startMs, fromMs: startMs, toMs: startMs + 60_000 };
    const broken = Array.from({ length: 200 }, (_, index) => `broken-${index}`);
    const pieces = [...broken, "sound"].map((id, position) => ({
      ...{ ...minute, machineId: id, position, receivedMs: startMs + position },
    }));
    await db.transaction((tx) => noteLateData(tx, pieces));
    const asked = new Map<string, number>();
    let nowMs = startMs + 600_000;
    const judging: BackFillJudging = {
      ...{ db, planOf: () => plan, clock: { nowMs: () => nowMs } },
      putOff: createPutOff({ minMs: 120_000, capMs: 600_000, now: () => nowMs }),
      store: {
        committed: pieces.length,
        async raw({ machineId: id }) {
          asked.set(id, (asked.get(id) ?? 0) + 1);
          if (id !== "sound") throw new Error("a block cannot be read");
          return { t: [], value: [], quality: [] };
        },
      },
    };
    const round = () => judgeBackFillsOnce(judging, new AbortController().signal);
    const first = await round();
    expect([first.judged, first.failed.length]).toEqual([0, 200]);
    nowMs += 60_000;
    expect(await round()).toEqual({ judged: 1, events: 0, failed: [] });
    expect([...new Set(broken.map((id) => asked.get(id)))]).toEqual([1]);
    nowMs += 600_000;
    expect((await round()).failed).toHaveLength(200);
  });
});
