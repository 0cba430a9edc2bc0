import { type Consumer, runConsumer } from "@firebreak/ingest/consume/consumer.ts";
import { entriesBetween } from "@firebreak/ingest/consume/entries-between.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { createRuleEngine, type RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { followField } from "@firebreak/tickets/field/follow-field.ts";
import type { FilePlans } from "@firebreak/tickets/planner/file-plans.ts";
import { createJudgeStore, type KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";
import type { HolidayTable } from "@firebreak/tickets/sla/calendar.ts";
import {
  createTicketService,
  type TicketChange,
  type TicketService,
} from "@firebreak/tickets/ticket-service.ts";
import type { Follow } from "@firebreak/tickets/ticket-work.ts";
import { createVerifier, type Verifier } from "@firebreak/tickets/verification/verifier.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { HubWorkshop } from "./hub-workshop.ts";
import { createJudge } from "./judge.ts";
import { recurring } from "./recurring.ts";

/** Rules, tickets and proofs, and the consumer of the journal that feeds them; begins where it was. */
export async function startJudging(parts: {
  readonly db: Database;
  readonly ingest: Ingest;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly filePlans: FilePlans;
  readonly holidays: HolidayTable;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<{
  engine: RuleEngine;
  tickets: TicketService;
  verifier: Verifier;
  machines: Map<string, KnownMachine>;
  /** What serves a machine: what its gateway names, else what its file says. */
  planOf: (machineId: string) => Plan | undefined;
  consumer: Consumer;
  /** The rules need nothing of the journal before it, whatever happens. */
  neededOffset: () => number;
  stop: () => Promise<void>;
  follow: Follow;
  listeners: HubWorkshop["listeners"];
}> {
  const { db, ingest, plans, filePlans, holidays, clock } = parts;
  const log = parts.log.child({ component: "judge" });
  const store = createJudgeStore(db);
  const machines = new Map((await store.machines()).map((machine) => [machine.machineId, machine]));
  const judgedBy = (machineId: string) => plans.get(machines.get(machineId)?.plan ?? "");
  const planOf = (machineId: string) => judgedBy(machineId) ?? filePlans.of(machineId);
  const engine = createRuleEngine({ planOf: judgedBy, clocks: threadClocks });
  const states = await store.loadStates();
  for (const { machineId, text } of states) {
    try {
      engine.restore(machineId, text);
    } catch (error) {
      log.error(
        { err: error, machineId },
        "rule state cannot be read, the machine is judged afresh",
      );
    }
  }
  const verifier = createVerifier({ db, planOf, hasGateway: (id) => machines.has(id) });
  const follow = followField(verifier);
  const listeners = new Set<(change: TicketChange) => void>();
  const tickets = createTicketService({ db, planOf, clock, holidays, follow, listeners });
  await verifier.start();
  const dictionaries = new Map((await store.loadDictionaries()).map((one) => [one.hash, one]));
  const offset = Math.max((await store.loadOffset()) ?? 0, ingest.journal.oldest);
  const savedTo = states.map(({ machineId, upTo }) => [machineId, upTo] as const);
  const judge = createJudge({
    db,
    store,
    engine,
    tickets,
    verifier,
    machines,
    dictionaries,
    offset,
    checkpoints: new Checkpoints(savedTo, clock.monotonicMs),
    reread: (from, to) => entriesBetween(ingest.journal, from, to),
    now: clock.nowMs,
    isMoreComing: (machineId) => ingest.ledger.spooled(machineId) > 0,
    log,
    takeDecoded: ingest.takeDecoded,
    onEvents: ingest.noteEvents,
  });
  const consumer = runConsumer({
    name: "judge",
    source: ingest.journal,
    offset,
    handle: (entries, nextOffset) =>
      judge.handle(entries, nextOffset, nextOffset >= ingest.journal.synced),
    onPoison: ({ position, error }) =>
      log.error({ err: error, position }, "journal record was not judged"),
    log,
  });
  const looks = recurring({
    everyMs: 60_000,
    run: () =>
      judge
        .settle(() => consumer.offset >= ingest.journal.synced)
        .catch((err: unknown) => log.error({ err }, "what waits for more data was not looked at")),
  });
  const stop = async () => {
    judge.stop();
    await looks.stop();
    await consumer.stop();
    // What is not written is judged again after the next start: nothing is lost with it.
    await judge.saveAll().catch((err: unknown) => log.error({ err }, "rule states not written"));
  };
  const neededOffset = () => judge.savedOffset;
  return {
    ...{ engine, tickets, verifier, machines, planOf, follow, listeners },
    ...{ consumer, neededOffset, stop },
  };
}

/** Undefined where Node cannot tell the computing of a thread (before 23.9). */
const threadClocks =
  process.threadCpuUsage === undefined
    ? undefined
    : {
        wallMs: () => performance.now(),
        cpuMs: () => {
          const { user, system } = process.threadCpuUsage();
          return (user + system) / 1000;
        },
      };
