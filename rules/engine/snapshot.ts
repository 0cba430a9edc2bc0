import { CodedError } from "@firebreak/kit/coded-error.ts";
import { mostRuleStateLength } from "@firebreak/plans/rule-state-length.ts";
import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import { packNumbers, unpackNamed, unpackNumbers } from "./cells.ts";
import type { CodeLife } from "./code-lives.ts";
import type { CompiledPlan, CompiledRule } from "./compiled-plan.ts";
import { type DerivedSnapshot, readDerived, writeDerived } from "./derived-snapshot.ts";
import { createMemory, type Episode, type MachineMemory } from "./machine-memory.ts";
import { stateOf } from "./rule-state.ts";

/** In those of version 1 every number of a rule had a name. */
const version = 2;
const readable: readonly number[] = [1, version];

/** What a bus can bring, whatever it sends: codes and their lives, DM1s, epochs. Every collection of it is bounded. */
export const mostBusLength = 220_000;

/** Longest text `writeSnapshot` makes of a plan without mistakes, in UTF-16 units. */
export const maxSnapshotLength = mostBusLength + mostRuleStateLength;

/** The stored form. By name, not by index, so that another version of the plan can take over what it still has. */
interface Snapshot {
  readonly version: number;
  readonly epoch: string;
  readonly pastEpochs: string[];
  readonly originNs: string;
  readonly newestNs: number;
  readonly newestOfSignal: Record<string, number>;
  readonly contexts: Record<
    string,
    { since: number; conditions: [ns: number, fulfilled: number][]; version?: string }
  >;
  /** Absent where the plan derives nothing. */
  readonly derived?: DerivedSnapshot;
  readonly rules: Record<string, StoredRule>;
  readonly faults: [string, string][];
  readonly episodes: [string, Episode][];
  readonly dm1: [number, { timeNs: number; said: ActiveDtcs }][];
  /** Absent in snapshots of older releases. */
  readonly lives?: [string, CodeLife][];
  readonly late: MachineMemory["late"];
}

/** Numbers as `packNumbers` writes them, and what is none; older releases wrote all of it, or numbers alone, as `state`. */
interface StoredRule {
  readonly version: string;
  readonly numbers?: string;
  readonly state?: object | string;
}

const signalNames = (compiled: CompiledPlan): string[] =>
  Object.keys(compiled.plan.acquisition.signals);

/** Everything the rules know of one machine, as text: JSON, except that NaN and bigint are written as text. */
export function writeSnapshot(memory: MachineMemory): string {
  const { compiled } = memory;
  const snapshot: Snapshot = {
    version,
    epoch: memory.epoch,
    pastEpochs: memory.pastEpochs,
    originNs: String(memory.originNs),
    newestNs: memory.newestNs,
    newestOfSignal: Object.fromEntries(
      signalNames(compiled)
        .map((name, slot): [string, number] => [name, memory.newestOfSlot[slot] ?? Number.NaN])
        .filter(([, ns], slot) => !Number.isNaN(ns) && hasListener(compiled, slot)),
    ),
    contexts: Object.fromEntries(
      compiled.contexts.map(({ id, conditions, version }, index) => [
        id,
        {
          version,
          since: memory.contextSinceNs[index] ?? Number.NaN,
          conditions: conditions.map((condition): [number, number] => [
            memory.conditionNs[condition] ?? Number.NaN,
            memory.isFulfilled[condition] ?? 0,
          ]),
        },
      ]),
    ),
    ...(compiled.derivation.all.length > 0 ? { derived: writeDerived(memory) } : {}),
    rules: Object.fromEntries(
      compiled.rules.map((rule, index) => [rule.id, writeRule(memory, rule, index)]),
    ),
    faults: [...memory.faults],
    episodes: [...memory.episodes],
    dm1: [...memory.dm1],
    lives: [...memory.lives],
    late: memory.late,
  };
  return JSON.stringify(snapshot, (_, value: unknown) => {
    if (typeof value === "bigint") return `\u0001${value}`;
    return typeof value === "number" && Number.isNaN(value) ? "\u0000" : value;
  });
}

function writeRule(memory: MachineMemory, rule: CompiledRule, index: number): StoredRule {
  const { numbers, more } = stateOf(memory, index, rule);
  const own = numbersOf(numbers, rule);
  return {
    version: rule.version,
    ...(own.length > 0 ? { numbers: packNumbers(own) } : {}),
    ...(rule.kind.more ? { state: more } : {}),
  };
}

function readRule(memory: MachineMemory, rule: CompiledRule, index: number, stored: StoredRule) {
  const { numbers, more } = stateOf(memory, index, rule);
  const own = numbersOf(numbers, rule);
  const { state } = stored;
  const packed = stored.numbers ?? (typeof state === "string" ? state : undefined);
  if (packed !== undefined) unpackNumbers(packed, own);
  if (typeof state !== "object") return;
  if (packed === undefined) unpackNamed(rule.kind.older?.(state) ?? state, rule.layout.names, own);
  for (const key of Object.keys(more))
    if (key in state) Reflect.set(more, key, Reflect.get(state, key));
}

const numbersOf = (numbers: Float64Array, { at, layout }: CompiledRule): Float64Array =>
  numbers.subarray(at, at + layout.initial.length);

const hasListener = (
  { rulesOfSlot, conditionsOfSlot, derivation }: CompiledPlan,
  slot: number,
): boolean =>
  derivation.isInput[slot] === 1 ||
  (rulesOfSlot[slot]?.length ?? 0) + (conditionsOfSlot[slot]?.length ?? 0) > 0;

/**
 * Builds a memory from a snapshot. Rules that the plan no longer has, or has otherwise, begin afresh; keys of their open
 * episodes come back as `orphans`, to be ended.
 * @throws CodedError RULE_STATE_UNREADABLE; not retryable
 */
export function readSnapshot(
  compiled: CompiledPlan,
  text: string,
): { memory: MachineMemory; orphans: readonly string[] } {
  const snapshot = parse(text);
  const memory = createMemory(compiled);
  memory.epoch = snapshot.epoch;
  memory.pastEpochs = [...snapshot.pastEpochs];
  memory.originNs = BigInt(snapshot.originNs);
  memory.newestNs = snapshot.newestNs;
  for (const [slot, name] of signalNames(compiled).entries())
    memory.newestOfSlot[slot] = snapshot.newestOfSignal[name] ?? Number.NaN;
  restoreContexts(memory, snapshot);
  if (snapshot.derived) readDerived(memory, snapshot.derived);
  const taken = new Set<string>();
  for (const [index, rule] of compiled.rules.entries()) {
    const stored = snapshot.rules[rule.id];
    if (stored?.version !== rule.version) continue;
    readRule(memory, rule, index, stored);
    taken.add(rule.id);
  }
  const sound = new Set(compiled.derivation.all.map(({ faultId }) => faultId));
  for (const [id, fault] of snapshot.faults)
    if (taken.has(id) || sound.has(id)) memory.faults.set(id, fault);
  for (const [key, episode] of snapshot.episodes) memory.episodes.set(key, episode);
  for (const [sa, said] of snapshot.dm1) memory.dm1.set(sa, said);
  for (const [key, life] of snapshot.lives ?? []) memory.lives.set(key, life);
  Object.assign(memory.late, snapshot.late);
  const orphans = snapshot.episodes.filter(([, { ruleId }]) => !taken.has(ruleId));
  return { memory, orphans: orphans.map(([key]) => key) };
}

function restoreContexts(memory: MachineMemory, snapshot: Snapshot): void {
  for (const [index, { id, conditions, version: of }] of memory.compiled.contexts.entries()) {
    const stored = snapshot.contexts[id];
    if (stored?.version !== of) continue;
    memory.contextSinceNs[index] = stored?.since ?? Number.NaN;
    for (const [at, condition] of conditions.entries()) {
      const [ns, fulfilled] = stored?.conditions[at] ?? [Number.NaN, 0];
      memory.conditionNs[condition] = ns;
      memory.isFulfilled[condition] = fulfilled;
    }
  }
}

function parse(text: string): Snapshot {
  try {
    const snapshot = JSON.parse(text, (_, value: unknown) => {
      if (value === "\u0000") return Number.NaN;
      return typeof value === "string" && value.startsWith("\u0001")
        ? BigInt(value.slice(1))
        : value;
    }) as Snapshot;
    if (readable.includes(snapshot.version)) return snapshot;
    throw new TypeError(`version ${snapshot.version}`);
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause: unknown): CodedError =>
  new CodedError("RULE_STATE_UNREADABLE", "a stored rule state cannot be read", { cause });
