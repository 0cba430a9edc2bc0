import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import type { Finding } from "../finding.ts";
import type { CodeLife } from "./code-lives.ts";
import type { CompiledPlan } from "./compiled-plan.ts";
import { type DerivedMemory, restartDerived } from "./derive.ts";
import type { AnyRuleKind } from "./rule-kind.ts";
import { stateOf } from "./rule-state.ts";
import type { SlowRules } from "./slow-rules.ts";

/** One open episode of one rule, as it was last told. */
export interface Episode {
  readonly ruleId: string;
  readonly key: string;
  finding: Finding;
  /** Newest time it was seen to be true in this epoch; NaN before. */
  seenNs: number;
  /** A person has looked while it was true: its return to normal ends it. Absent in older snapshots. */
  isConfirmed?: true;
  /** Of what latches: it has been told as something of the present. Absent in older snapshots. */
  readonly wasLive?: true;
}

/** Everything the engine remembers of one machine; bounded, whatever the machine sends. */
export interface MachineMemory {
  compiled: CompiledPlan;
  /** Empty before the first batch. */
  epoch: string;
  /** Epochs that a newer one has superseded, oldest first. */
  pastEpochs: string[];
  /** Start of the epoch's time line; every `…Ns` number below counts from here. */
  originNs: bigint;
  /** Newest time of anything in this epoch; NaN before. */
  newestNs: number;
  /** Newest time by slot; NaN before. */
  readonly newestOfSlot: Float64Array;
  /** Newest good sample of each condition's signal, and whether it fulfilled the condition. */
  readonly conditionNs: Float64Array;
  readonly isFulfilled: Uint8Array;
  /** Since when each context holds; NaN while it does not. */
  readonly contextSinceNs: Float64Array;
  readonly derived: DerivedMemory;
  /** Numbers of the rules, each from its own place on. */
  readonly numbers: Float64Array;
  /** By rule: what it keeps that is no number. */
  readonly more: object[];
  /** Why a rule no longer judges this machine, by rule id. */
  readonly faults: Map<string, string>;
  readonly slow: SlowRules;
  readonly episodes: Map<string, Episode>;
  /** Last DM1 by source address; beyond 255 by network times 256 plus source address. */
  readonly dm1: Map<number, { timeNs: number; said: ActiveDtcs }>;
  /** Lives of trouble codes by network, address and code. */
  readonly lives: Map<string, CodeLife>;
  readonly late: { samples: number; events: number; batches: number };
}

const nothing = Object.freeze({});

/** All numbers of a machine lie in one piece of memory, in the order in which a sample asks for them. */
export function createMemory(compiled: CompiledPlan): MachineMemory {
  const { slotCount, contexts, conditions, derivation, initial } = compiled;
  const { size, all } = derivation;
  const count = 2 * slotCount + contexts.length + conditions.length + initial.length + size;
  const memory = new ArrayBuffer(8 * count + conditions.length + all.length);
  let at = 0;
  const numbers = (length: number): Float64Array => {
    const own = new Float64Array(memory, at, length).fill(Number.NaN);
    at += own.byteLength;
    return own;
  };
  const flags = (length: number): Uint8Array => {
    const own = new Uint8Array(memory, at, length);
    at += own.byteLength;
    return own;
  };
  const own = {
    newestOfSlot: numbers(slotCount),
    contextSinceNs: numbers(contexts.length),
    conditionNs: numbers(conditions.length),
    numbers: numbers(initial.length),
  };
  own.numbers.set(initial);
  const values = { valueOfSlot: numbers(slotCount), numbers: numbers(size) };
  return {
    compiled,
    epoch: "",
    pastEpochs: [],
    originNs: 0n,
    newestNs: Number.NaN,
    ...own,
    isFulfilled: flags(conditions.length),
    derived: { ...values, isDue: flags(all.length), dueSinceNs: Number.NaN },
    more: compiled.rules.map(({ kind }: { kind: AnyRuleKind }) => kind.more?.() ?? nothing),
    faults: new Map(),
    slow: { left: 0, strikes: new Map() },
    episodes: new Map(),
    dm1: new Map(),
    lives: new Map(),
    late: { samples: 0, events: 0, batches: 0 },
  };
}

const maxPastEpochs = 64;

/**
 * Makes `epoch` the machine's present one. An epoch first heard of now supersedes the one before and begins a fresh
 * time line; false when `epoch` itself is superseded.
 */
export function enterEpoch(memory: MachineMemory, epoch: string, originNs: bigint): boolean {
  if (epoch === memory.epoch) return true;
  if (memory.pastEpochs.includes(epoch)) return false;
  if (memory.epoch !== "") memory.pastEpochs.push(memory.epoch);
  if (memory.pastEpochs.length > maxPastEpochs) memory.pastEpochs.shift();
  memory.epoch = epoch;
  memory.originNs = originNs;
  memory.newestNs = Number.NaN;
  memory.newestOfSlot.fill(Number.NaN);
  memory.conditionNs.fill(Number.NaN);
  memory.contextSinceNs.fill(Number.NaN);
  restartDerived(memory.derived);
  memory.dm1.clear();
  for (const [index, rule] of memory.compiled.rules.entries())
    rule.kind.restart(rule.prepared, stateOf(memory, index, rule));
  for (const episode of memory.episodes.values()) episode.seenNs = Number.NaN;
  return true;
}
