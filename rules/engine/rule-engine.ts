import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Finding } from "../finding.ts";
import { ruleKinds } from "../kinds/registry.ts";
import { type CompiledPlan, compilePlan } from "./compiled-plan.ts";
import { abandon, type Ended, endRepaired, promote, type Reporting } from "./episodes.ts";
import { judgeBatch } from "./judge-batch.ts";
import { createMemory, enterEpoch, type MachineMemory } from "./machine-memory.ts";
import { type MachineState, toMachineState } from "./machine-state.ts";
import type { AnyRuleKind } from "./rule-kind.ts";
import { judgeTimed, type ThreadClocks } from "./slow-rules.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";

export interface RuleEngineOptions {
  /** The plan that judges a machine. The same plan must be the same object: it is compiled once per object. */
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly kinds?: readonly AnyRuleKind[];
  /** Watches over rules that take too long, see `slow-rules.ts`; without it they take what they take. */
  readonly clocks?: ThreadClocks | undefined;
  /** False where nobody resets what is latched, as over the past: every episode then ends by itself. Default: true. */
  readonly isAttended?: boolean;
}

export interface JudgedBatch {
  readonly machineId: string;
  readonly epoch: string;
  /** When the hub received it, milliseconds since the Unix epoch. */
  readonly receivedMs: number;
  readonly batch: Batch;
  /** What the signal indexes of the batch mean. */
  readonly dictionary: SignalDictionary;
}

/** Data older than this when they are received make history, not alarms. @see ES-6: 24 h, engineering default */
export const historyAfterMs = 24 * 3600_000;

/**
 * Judges batches in the order of the journal. Pure: no clock, log or store; the same batches give the same findings with
 * the same ids, wherever the batches were cut and whenever it was stopped and restored in between.
 */
export interface RuleEngine {
  /** A machine without a plan gives nothing. Never throws on data: a rule that throws is switched off, see `faults`. */
  process(judged: JudgedBatch): Finding[];
  /**
   * To be called once nothing newer of a machine is waiting: what is still true at its newest sample is no history,
   * however old that sample is.
   */
  settle(machineId: string): Finding[];
  /**
   * A repair was proved at `provedMs`: ends the open episodes of `findingIds`, unless they were seen after it; those of a
   * machine that was sold in any case. Silence alone ends none, see `kinds/active-dtc`.
   */
  repaired(machineId: string, proof: Ended): Finding[];
  /** The rule state of one machine as text; empty for an unknown one. */
  snapshot(machineId: string): string;
  /**
   * Takes a state back; whatever was known of the machine is replaced.
   * @throws CodedError RULE_STATE_UNREADABLE; not retryable, the machine may begin afresh
   */
  restore(machineId: string, text: string): void;
  /** What is known of one machine now; undefined for one that was never heard of. */
  machineState(machineId: string): MachineState | undefined;
  /** Whether `settle` may tell anything: an open episode is history so far. */
  hasPast(machineId: string): boolean;
  /** Samples and events of a machine that came too late to be judged, since it is known. */
  lateCount(machineId: string): number;
  forget(machineId: string): void;
}

export function createRuleEngine(options: RuleEngineOptions): RuleEngine {
  const { planOf, kinds = ruleKinds, clocks, isAttended } = options;
  const compiledPlans = new WeakMap<Plan, CompiledPlan>();
  const memories = new Map<string, MachineMemory>();
  /** Episodes that lost their rule through a change of plan; ended with the next call. */
  const orphans = new Map<string, readonly string[]>();

  function compiledOf(machineId: string): CompiledPlan | undefined {
    const plan = planOf(machineId);
    if (plan === undefined) return undefined;
    let compiled = compiledPlans.get(plan);
    if (compiled === undefined) {
      compiled = compilePlan(plan, kinds, isAttended);
      compiledPlans.set(plan, compiled);
    }
    return compiled;
  }

  function adopt(machineId: string, compiled: CompiledPlan, text: string): MachineMemory {
    const { memory, orphans: lost } = readSnapshot(compiled, text);
    memories.set(machineId, memory);
    if (lost.length > 0) orphans.set(machineId, lost);
    return memory;
  }

  function memoryOf(machineId: string, compiled: CompiledPlan): MachineMemory {
    const known = memories.get(machineId);
    if (known?.compiled === compiled) return known;
    if (known) return adopt(machineId, compiled, writeSnapshot(known));
    const memory = createMemory(compiled);
    memories.set(machineId, memory);
    return memory;
  }

  function begin(machineId: string, memory: MachineMemory, historyBeforeNs: number): Reporting {
    const reporting = { machineId, memory, historyBeforeNs, findings: [] };
    for (const key of orphans.get(machineId) ?? []) abandon(reporting, key);
    orphans.delete(machineId);
    return reporting;
  }

  return {
    process({ machineId, epoch, receivedMs, batch, dictionary }) {
      const compiled = compiledOf(machineId);
      if (compiled === undefined) return [];
      const memory = memoryOf(machineId, compiled);
      const isPresent = enterEpoch(memory, epoch, batch.header.baseNs);
      const reporting = begin(machineId, memory, historyLimit(memory, receivedMs));
      const slots = compiled.slotsOf(dictionary);
      if (isPresent && clocks === undefined) judgeBatch(reporting, batch, slots);
      else if (isPresent && clocks !== undefined)
        judgeTimed(memory, clocks, (timer) => judgeBatch({ ...reporting, timer }, batch, slots));
      else {
        memory.late.batches++;
        memory.late.samples += batch.samples.length;
        memory.late.events += batch.events.length;
      }
      return reporting.findings;
    },
    settle(machineId) {
      const memory = memories.get(machineId);
      if (memory === undefined) return [];
      const reporting = begin(machineId, memory, Number.NEGATIVE_INFINITY);
      for (const episode of memory.episodes.values())
        if (episode.finding.isHistory && !Number.isNaN(episode.seenNs))
          promote(reporting, episode, memory.newestNs);
      return reporting.findings;
    },
    repaired(machineId, proof) {
      const memory = memories.get(machineId);
      if (memory === undefined) return [];
      const reporting = begin(machineId, memory, Number.NEGATIVE_INFINITY);
      endRepaired(reporting, proof);
      return reporting.findings;
    },
    snapshot(machineId) {
      const memory = memories.get(machineId);
      return memory ? writeSnapshot(memory) : "";
    },
    restore(machineId, text) {
      const compiled = compiledOf(machineId);
      memories.delete(machineId);
      if (compiled && text !== "") adopt(machineId, compiled, text);
    },
    machineState(machineId) {
      const memory = memories.get(machineId);
      return memory && toMachineState(memory);
    },
    hasPast(machineId) {
      for (const { finding } of memories.get(machineId)?.episodes.values() ?? [])
        if (finding.isHistory) return true;
      return false;
    },
    lateCount(machineId) {
      const late = memories.get(machineId)?.late;
      return late ? late.samples + late.events : 0;
    },
    forget(machineId) {
      memories.delete(machineId);
      orphans.delete(machineId);
    },
  };
}

const historyLimit = ({ originNs }: MachineMemory, receivedMs: number): number =>
  Number(BigInt(Math.floor(receivedMs) - historyAfterMs) * 1_000_000n - originNs);
