import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type {
  JudgeStore,
  KnownMachine,
  RuleState,
} from "@firebreak/tickets/registry/judge-store.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { Verifier } from "@firebreak/tickets/verification/verifier.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { createRepairEnds } from "./end-repaired.ts";
import { createRecovery } from "./judge-recovery.ts";
import { createStep, judgeEntries, type Step } from "./judge-step.ts";

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
  /** Whether its gateway has more of a machine, as far as is known; absent: never. */
  readonly isMoreComing?: (machineId: string) => boolean;
  readonly log: Logger;
  /** A record that is a batch, decoded, where somebody has done so already. */
  readonly takeDecoded?: (position: number) => Batch | undefined;
  /** Told of what came with each batch, before it is written what was made of it; of the same again after a fault. */
  readonly onEvents?: (
    gatewayId: string,
    machineId: string,
    events: readonly MachineEvent[],
  ) => void;
}

/** A transaction takes no more: a rule that is wrong about a whole fleet must not keep the hub from its gateways. */
const findingsAtOnce = 16;

/** So long what is true at the end of old data waits for more of them, ms. Engineering default. */
const patienceMs = 600_000;

const prover = { kind: "system", id: "verification" } as const;

/**
 * Journal to tickets: batches go through the rule engine, and findings, tickets, stock, proofs of repairs, the rule
 * state of whatever machine anything was told of and the journal offset are written in one transaction. Other machines'
 * states are written now and then: the offset stays before what they lack. A chunk in which much is found takes several
 * transactions, and others have their turn between them. When one fails, the engine goes back to what is written and is
 * brought up to its records again, so that they can be judged again.
 */
export function createJudge(options: JudgeOptions) {
  const { db, store, engine, tickets, verifier, checkpoints } = options;
  const ends = createRepairEnds(options);
  const codesKnown = new Map<string, number>();
  const judge = judgeEntries(options);
  const recovery = createRecovery(options, (entry) => {
    const step = createStep(options, codesKnown);
    judge(step, entry);
    return step.findings;
  });

  /** Machines heard of since what is still true of them was last told as present, and when that was. */
  const unsettled = new Map<string, number>();
  // What waited when the hub ended waits on.
  for (const machineId of options.machines.keys())
    if (engine.hasPast(machineId)) unsettled.set(machineId, options.now());
  /** In the middle of a back-fill nothing is true of the present; of one that no more comes of, it is after a while. */
  const mayWait = ([machineId, heardMs]: readonly [string, number]): boolean =>
    engine.hasPast(machineId) &&
    options.now() - heardMs < patienceMs &&
    options.isMoreComing?.(machineId) === true;
  let isStopped = false;

  const judgeSome = (step: Step, entries: readonly JournalEntry[]): readonly JournalEntry[] => {
    let count = 0;
    for (const entry of entries) {
      if (step.findings.length >= findingsAtOnce) break;
      judge(step, entry);
      count++;
    }
    return entries.slice(0, count);
  };
  const settleSome = (step: Step): readonly string[] => {
    const settled: string[] = [];
    for (const machineId of step.touched.keys()) unsettled.set(machineId, options.now());
    for (const [machineId, heardMs] of unsettled) {
      if (step.findings.length >= findingsAtOnce) break;
      if (mayWait([machineId, heardMs])) continue;
      step.findings.push(...engine.settle(machineId));
      settled.push(machineId);
    }
    return settled;
  };

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
    await step.late.write(tx);
    await tickets.applyFindings(tx, step.findings);
    const work = tickets.begin(tx, prover);
    for (const [machineId, observations] of seen)
      await verifier.observe(work, machineId, observations);
    for (const machineId of await ends.end(tx, { offset, upTo: nextOffset }))
      written.add(machineId);
    return { written, offset };
  };

  /** Judges and writes what one transaction takes of `entries`; returns the others. */
  const handlePart = async (
    entries: readonly JournalEntry[],
    nextOffset: number,
    isNewest: boolean,
  ): Promise<readonly JournalEntry[]> => {
    const step = createStep(options, codesKnown);
    step.findings.push(...(await recovery.goBack()));
    try {
      step.findings.push(...(await ends.beforehand()));
      const part = judgeSome(step, entries);
      const rest = entries.slice(part.length);
      const settled = isNewest && rest.length === 0 ? settleSome(step) : [];
      const upTo = rest[0]?.position ?? nextOffset;
      const { written, offset } = await db.transaction((tx) => write(tx, step, upTo));
      ends.keep();
      step.late.keep();
      checkpoints.stored(written, step.touched, upTo);
      recovery.passed({ entries: part, offset, nextOffset: upTo });
      for (const machineId of step.touched.keys()) unsettled.set(machineId, options.now());
      for (const machineId of settled) unsettled.delete(machineId);
      for (const [hash, dictionary] of step.dictionaries)
        options.dictionaries.set(hash, dictionary);
      return rest;
    } catch (error) {
      ends.undo();
      const told = step.findings.map(({ machineId }) => machineId);
      recovery.failed([...step.touched.keys(), ...told]);
      throw error;
    }
  };

  const handle = async (
    entries: readonly JournalEntry[],
    nextOffset: number,
    isNewest: boolean,
  ): Promise<void> => {
    // A chunk comes again when a part of it could not be written; the parts before that one are.
    let rest = entries.filter(({ position }) => position >= recovery.judgedTo);
    const isDone = () =>
      rest.length === 0 &&
      nextOffset <= recovery.judgedTo &&
      (nextOffset < recovery.judgedTo || !isNewest || [...unsettled].every(mayWait));
    while (!isStopped && !isDone()) {
      rest = [...(await handlePart(rest, nextOffset, isNewest))];
      if (!isDone()) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  let last = Promise.resolve();
  const oneByOne = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  return {
    /** For `runConsumer`. `isNewest` says that nothing is waiting behind this chunk. */
    handle: (
      entries: readonly JournalEntry[],
      nextOffset: number,
      isNewest: boolean,
    ): Promise<void> => oneByOne(() => handle(entries, nextOffset, isNewest)),
    /** Looks again at what waits for more data, though nothing comes: the journal of a small fleet is still for hours. */
    settle: (isNewest: () => boolean): Promise<void> =>
      oneByOne(() => handle([], recovery.judgedTo, isNewest())),
    /** The part in hand is the last one: what is left of its chunk is judged after the next start. */
    stop(): void {
      isStopped = true;
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
