import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import type { CodeLife } from "./code-lives.ts";
import type { CompiledPlan } from "./compiled-plan.ts";
import { type DerivedSnapshot, readDerived, writeDerived } from "./derived-snapshot.ts";
import { createMemory, type Episode, type MachineMemory } from "./machine-memory.ts";
import type { AnyRuleKind } from "./rule-kind.ts";

const version = 1;

/** Longest text `writeSnapshot` makes, in UTF-16 units: every collection in a memory is bounded. */
export const maxSnapshotLength = 220_000;

/** The stored form. By name, not by index, so that another version of the plan can take over what it still has. */
interface Snapshot {
  readonly version: typeof version;
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
  readonly rules: Record<string, { version: string; state: object | string }>;
  readonly faults: [string, string][];
  readonly episodes: [string, Episode][];
  readonly dm1: [number, { timeNs: number; said: ActiveDtcs }][];
  /** Absent in snapshots of older releases. */
  readonly lives?: [string, CodeLife][];
  readonly late: MachineMemory["late"];
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
      compiled.rules.map(({ id, kind, version: of }, index) => [
        id,
        { version: of, state: packed(kind, memory.states[index] ?? {}) },
      ]),
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

const packed = (kind: AnyRuleKind, state: object): object | string => kind.pack?.(state) ?? state;

const unpacked = (kind: AnyRuleKind, stored: object | string): object =>
  typeof stored === "string" ? (kind.unpack?.(stored) ?? kind.initialState()) : stored;

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
  for (const [index, { id, kind, version: of }] of compiled.rules.entries()) {
    const stored = snapshot.rules[id];
    if (stored?.version !== of) continue;
    memory.states[index] = unpacked(kind, stored.state);
    taken.add(id);
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
    if (snapshot.version === version) return snapshot;
    throw new TypeError(`version ${snapshot.version}`);
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause: unknown): CodedError =>
  new CodedError("RULE_STATE_UNREADABLE", "a stored rule state cannot be read", { cause });
