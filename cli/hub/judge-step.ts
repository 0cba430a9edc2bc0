import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { JudgeOptions } from "./judge.ts";
import { createLateFeed, type LateFeed } from "./late-feed.ts";
import { createRepairFeed, type RepairFeed } from "./repair-feed.ts";

/** What one transaction changes, before it is written. */
export interface Step {
  readonly machines: Map<string, KnownMachine>;
  readonly dictionaries: Map<string, SignalDictionary>;
  /** First record of each machine in it. */
  readonly touched: Map<string, number>;
  readonly findings: Finding[];
  readonly repairs: RepairFeed;
  readonly late: LateFeed;
}

/** Nothing yet. `codesKnown`: see `createLateFeed`. */
export const createStep = (
  { engine, verifier }: JudgeOptions,
  codesKnown: Map<string, number>,
): Step => ({
  machines: new Map(),
  dictionaries: new Map(),
  touched: new Map(),
  findings: [],
  repairs: createRepairFeed(engine, verifier.watched),
  late: createLateFeed(codesKnown),
});

/** Takes one record of the journal into a step. */
export function judgeEntries(options: JudgeOptions) {
  const { engine, checkpoints, log } = options;
  // Nothing keeps the samples of a batch beyond its judging.
  const columns = new SampleColumns(0n);
  return (step: Step, { position, record }: JournalEntry): void => {
    if (record.kind === "dictionary") {
      register(options, step, record);
      return;
    }
    if (record.kind !== "batch") return;
    const { gatewayId, machineId, receivedAtMs, block } = record;
    if (checkpoints.holds(machineId, position)) return;
    const decoded = options.takeDecoded?.(position);
    const header = decoded?.header ?? readBatchHeader(block);
    const dictionary =
      step.dictionaries.get(header.dictionary) ?? options.dictionaries.get(header.dictionary);
    if (!dictionary) {
      log.error(
        { machineId, dictionary: header.dictionary },
        "batch without a dictionary is not judged",
      );
      return;
    }
    const batch = decoded ?? decodeBatch(block, dictionary, columns);
    if (batch.events.length > 0) options.onEvents?.(gatewayId, machineId, batch.events);
    if (!step.touched.has(machineId)) step.touched.set(machineId, position);
    const judged = { machineId, epoch: header.epoch, receivedMs: receivedAtMs, batch, dictionary };
    const lateBefore = engine.lateCount(machineId);
    step.findings.push(...engine.process(judged));
    step.late.take({ ...judged, position }, engine.lateCount(machineId) > lateBefore);
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
