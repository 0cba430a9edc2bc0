import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { JudgeStore, KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { Verifier } from "@firebreak/tickets/verification/verifier.ts";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { createRepairEnds } from "./end-repaired.ts";
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
  readonly touched: Set<string>;
  readonly findings: Finding[];
  readonly repairs: RepairFeed;
}

const prover = { kind: "system", id: "verification" } as const;

/**
 * Journal to tickets: batches go through the rule engine, and findings, tickets, stock, proofs of repairs, rule state and
 * the journal offset are written in one transaction. When that fails, the engine goes back to what is written, so that the same
 * chunk can be judged again.
 */
export function createJudge(options: JudgeOptions) {
  const { db, store, engine, tickets, verifier, log } = options;
  /** Machines whose rule state has seen more than what is written. */
  const ahead = new Set<string>();
  const ends = createRepairEnds(options);

  const judge = (step: Step, { record }: JournalEntry): void => {
    if (record.kind === "dictionary") {
      register(options, step, record);
      return;
    }
    if (record.kind !== "batch") return;
    const { gatewayId, machineId, receivedAtMs, block } = record;
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
    step.touched.add(machineId);
    step.findings.push(
      ...engine.process({
        machineId,
        epoch: header.epoch,
        receivedMs: receivedAtMs,
        batch,
        dictionary,
      }),
    );
    step.repairs.take(machineId, batch, dictionary);
  };

  return {
    /** For `runConsumer`. `isNewest` says that nothing is waiting behind this chunk. */
    async handle(
      entries: readonly JournalEntry[],
      nextOffset: number,
      isNewest: boolean,
    ): Promise<void> {
      const step: Step = {
        machines: new Map(),
        dictionaries: new Map(),
        touched: new Set(),
        findings: [],
        repairs: createRepairFeed(engine, verifier.watched),
      };
      await goBack(options, ahead);
      try {
        for (const finding of await ends.beforehand()) {
          step.touched.add(finding.machineId);
          step.findings.push(finding);
        }
        for (const entry of entries) judge(step, entry);
        if (isNewest)
          for (const machineId of step.touched) step.findings.push(...engine.settle(machineId));
        await db.transaction(async (tx) => {
          ends.undo(); // in case it is run again
          const states = [...step.touched].map((machineId) => ({
            machineId,
            text: engine.snapshot(machineId),
          }));
          await store.commit(tx, {
            offset: nextOffset,
            machines: [...step.machines.values()],
            dictionaries: [...step.dictionaries.values()],
            states: states.filter(({ text }) => text !== ""),
            findings: step.findings,
          });
          await tickets.applyFindings(tx, step.findings);
          const work = tickets.begin(tx, prover);
          for (const [machineId, seen] of step.repairs.observations(step.findings))
            await verifier.observe(work, machineId, seen);
          await ends.end(tx, nextOffset);
        });
        ends.keep();
      } catch (error) {
        ends.undo();
        for (const machineId of step.touched) ahead.add(machineId);
        throw error;
      }
      for (const [hash, dictionary] of step.dictionaries)
        options.dictionaries.set(hash, dictionary);
    },
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

/** Before anything is judged again, not when the writing failed: the database that failed may not be read either. */
async function goBack({ store, engine }: JudgeOptions, ahead: Set<string>): Promise<void> {
  if (ahead.size === 0) return;
  const committed = new Map(
    (await store.loadStates()).map(({ machineId, text }) => [machineId, text]),
  );
  for (const machineId of ahead) {
    engine.forget(machineId);
    engine.restore(machineId, committed.get(machineId) ?? "");
  }
  ahead.clear();
}
