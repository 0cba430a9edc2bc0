import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type {
  JudgeStore,
  KnownMachine,
  RuleState,
} from "@firebreak/tickets/registry/judge-store.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { Verifier } from "@firebreak/tickets/verification/verifier.ts";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { createRepairEnds } from "./end-repaired.ts";
import { createRecovery } from "./judge-recovery.ts";
import { createRepairFeed, type RepairFeed } from "./repair-feed.ts";

export interface JudgeOptions {
  readonly db: Database;
  readonly store: JudgeStore;
  readonly engine: RuleEngine;
  readonly tickets: TicketService;
  readonly verifier: Verifier;
  /** Machines as committed so far; kept up to date here. */
  readonly machines: Map<string, KnownMachine>;
  readonly dictionaries: Map<string, SignalDictionary>;
  /** Where it begins: what is written is complete up to there. */
  readonly offset: number;
  readonly checkpoints: Checkpoints;
  /** Records that were judged before, in their order: at or behind `from`, before `to`. */
  readonly reread: (from: number, to: number) => Iterable<JournalEntry>;
  readonly now: () => number;
  readonly log: Logger;
  /** Told of what came with each batch, before it is written what was made of it; of the same again after a fault. */
  readonly onEvents?: (
    gatewayId: string,
    machineId: string,
    events: readonly MachineEvent[],
  ) => void;
}

/** What one chunk of the journal changes, before it is written. */
interface Step {
  readonly machines: Map<string, KnownMachine>;
  readonly dictionaries: Map<string, SignalDictionary>;
  /** First record of each machine in it. */
  readonly touched: Map<string, number>;
  readonly findings: Finding[];
  readonly repairs: RepairFeed;
}

const prover = { kind: "system", id: "verification" } as const;

/**
 * Journal to tickets: batches go through the rule engine, and findings, tickets, stock, proofs of repairs, the rule
 * state of whatever machine anything was told of and the journal offset are written in one transaction. Other machines'
 * states are written now and then: the offset stays before what they lack. When a transaction fails, the engine goes back
 * to what is written and is brought up to the chunk again, so that the same chunk can be judged again.
 */
export function createJudge(options: JudgeOptions) {
  const { db, store, engine, tickets, verifier, checkpoints } = options;
  const ends = createRepairEnds(options);
  const judge = judgeEntries(options);
  const recovery = createRecovery(options, (entry) => {
    const step = createStep(options);
    judge(step, entry);
    return step.findings;
  });

  /** A machine without a plan has no state. */
  const save = (machineIds: Iterable<string>, upTo: number): RuleState[] =>
    [...machineIds]
      .map((machineId) => ({ machineId, text: engine.snapshot(machineId), upTo }))
      .filter(({ text }) => text !== "");

  /** Writes what came of a step; returns the machines whose states are written with it. */
  const write = async (tx: Transaction, step: Step, nextOffset: number) => {
    ends.undo(); // in case it is run again
    const seen = step.repairs.observations(step.findings);
    const told = step.findings.map(({ machineId }) => machineId);
    const written = new Set([...told, ...seen.keys(), ...checkpoints.due()]);
    const offset = checkpoints.offsetAfter(written, step.touched, nextOffset);
    await store.commit(tx, {
      offset,
      machines: [...step.machines.values()],
      dictionaries: [...step.dictionaries.values()],
      states: save(written, nextOffset),
      findings: step.findings,
    });
    await tickets.applyFindings(tx, step.findings);
    const work = tickets.begin(tx, prover);
    for (const [machineId, observations] of seen)
      await verifier.observe(work, machineId, observations);
    for (const machineId of await ends.end(tx, { offset, upTo: nextOffset }))
      written.add(machineId);
    return { written, offset };
  };

  return {
    /** For `runConsumer`. `isNewest` says that nothing is waiting behind this chunk. */
    async handle(
      entries: readonly JournalEntry[],
      nextOffset: number,
      isNewest: boolean,
    ): Promise<void> {
      const step = createStep(options);
      step.findings.push(...(await recovery.goBack()));
      try {
        step.findings.push(...(await ends.beforehand()));
        for (const entry of entries) judge(step, entry);
        if (isNewest)
          for (const machineId of step.touched.keys())
            step.findings.push(...engine.settle(machineId));
        const { written, offset } = await db.transaction((tx) => write(tx, step, nextOffset));
        ends.keep();
        checkpoints.stored(written, step.touched, nextOffset);
        recovery.passed({ entries, offset, nextOffset });
      } catch (error) {
        ends.undo();
        const told = step.findings.map(({ machineId }) => machineId);
        recovery.failed([...step.touched.keys(), ...told]);
        throw error;
      }
      for (const [hash, dictionary] of step.dictionaries)
        options.dictionaries.set(hash, dictionary);
    },
    /** Records before it are needed no more, whatever happens. */
    get savedOffset() {
      return recovery.savedOffset;
    },
    /** Before the end, so that a restart has nothing to judge again; once nothing is judged any more. */
    async saveAll(): Promise<void> {
      if (recovery.isBehind) return;
      const upTo = recovery.judgedTo;
      for (const some of checkpoints.behind()) {
        const written = new Set(some);
        const offset = checkpoints.offsetAfter(written, new Map(), upTo);
        await db.transaction((tx) => store.commit(tx, { offset, states: save(written, upTo) }));
        checkpoints.stored(written, new Map(), upTo);
        recovery.passed({ entries: [], offset, nextOffset: upTo });
      }
    },
  };
}

const createStep = ({ engine, verifier }: JudgeOptions): Step => ({
  machines: new Map(),
  dictionaries: new Map(),
  touched: new Map(),
  findings: [],
  repairs: createRepairFeed(engine, verifier.watched),
});

/** Takes one record of the journal into a step. */
function judgeEntries(options: JudgeOptions) {
  const { engine, checkpoints, log } = options;
  return (step: Step, { position, record }: JournalEntry): void => {
    if (record.kind === "dictionary") {
      register(options, step, record);
      return;
    }
    if (record.kind !== "batch") return;
    const { gatewayId, machineId, receivedAtMs, block } = record;
    if (checkpoints.holds(machineId, position)) return;
    const header = readBatchHeader(block);
    const dictionary =
      step.dictionaries.get(header.dictionary) ?? options.dictionaries.get(header.dictionary);
    if (!dictionary) {
      log.error(
        { machineId, dictionary: header.dictionary },
        "batch without a dictionary is not judged",
      );
      return;
    }
    const batch = decodeBatch(block, dictionary);
    if (batch.events.length > 0) options.onEvents?.(gatewayId, machineId, batch.events);
    if (!step.touched.has(machineId)) step.touched.set(machineId, position);
    const judged = { machineId, epoch: header.epoch, receivedMs: receivedAtMs, batch, dictionary };
    step.findings.push(...engine.process(judged));
    step.repairs.take(machineId, batch, dictionary);
  };
}

/** A machine is known from its first birth on: its dictionary names its plan. */
function register(
  { machines, now }: JudgeOptions,
  step: Step,
  {
    machineId,
    gatewayId,
    dictionary,
  }: { machineId: string; gatewayId: string; dictionary: SignalDictionary },
): void {
  step.dictionaries.set(dictionary.hash, dictionary);
  const known = machines.get(machineId);
  const machine: KnownMachine = {
    machineId,
    gatewayId,
    plan: dictionary.plan,
    dictionaryHash: dictionary.hash,
    firstSeenAt: known?.firstSeenAt ?? new Date(now()).toISOString(),
  };
  // Before the commit, because the rules ask for the plan while they judge the batches behind it; a repeat is harmless.
  machines.set(machineId, machine);
  step.machines.set(machineId, machine);
}
