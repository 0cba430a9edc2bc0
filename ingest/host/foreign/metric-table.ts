import { metricNames } from "@firebreak/wire/session.ts";
import {
  createDictionary,
  type SignalDefinition,
  type SignalDictionary,
} from "@firebreak/wire/signal-dictionary.ts";
import { DataType, integerType, type Metric } from "@firebreak/wire/sparkplug-types.ts";

/** One metric of a birth of a foreign node. */
export interface KnownMetric {
  readonly machineId: string;
  readonly name: string;
  readonly datatype: number | undefined;
  /** Of Sparkplug itself, such as bdSeq. */
  readonly isOfProtocol: boolean;
  /** Index into the signals of its machine; undefined where it is beyond the bound, or no number. */
  readonly signal: number | undefined;
  lastMs: number;
  lastValue: number;
}

/** What the births of one session of a foreign node have said. */
export interface MetricTable {
  readonly byAlias: Map<number, KnownMetric>;
  /** Aliases that were given to two metrics: they name nothing. */
  readonly ambiguous: Set<number>;
  readonly machines: Map<string, ForeignMachine>;
  /** Of the session before: only so that values which a birth repeats are known again. */
  readonly previous: ReadonlyMap<string, ForeignMachine>;
}

export interface ForeignMachine {
  readonly machineId: string;
  readonly byName: Map<string, KnownMetric>;
  readonly dictionary: SignalDictionary;
}

/** More than this on one machine is no machine, and would fill every store. */
export const maxSignals = 2_000;
const maxNameLength = 256;
const maxUnitLength = 32;
/** Stands where our own dictionaries name the plan. */
const planName = "sparkplug";

export const newMetricTable = (before?: MetricTable): MetricTable => ({
  byAlias: new Map(),
  ambiguous: new Set(),
  machines: new Map(),
  previous: before?.machines ?? new Map(),
});

const isProtocol = (name: string): boolean =>
  name === metricNames.sequence || /^(?:Node|Device) Control\//.test(name);
const isNumber = (datatype: number | undefined): boolean =>
  datatype === undefined ||
  integerType(datatype) !== undefined ||
  datatype === DataType.Float ||
  datatype === DataType.Double ||
  datatype === DataType.Boolean;

/**
 * Takes the metrics of a birth: the machine's signals are those of this birth, in its order. Returns how many lie
 * beyond the bound and whether an alias was given twice.
 */
export function takeBirth(
  table: MetricTable,
  machineId: string,
  metrics: readonly Metric[],
): { readonly machine: ForeignMachine; readonly beyond: number; readonly isAmbiguous: boolean } {
  const before = table.machines.get(machineId) ?? table.previous.get(machineId);
  for (const [alias, known] of table.byAlias)
    if (known.machineId === machineId) table.byAlias.delete(alias);
  const byName = new Map<string, KnownMetric>();
  const signals: SignalDefinition[] = [];
  let beyond = 0;
  let isAmbiguous = false;
  for (const metric of metrics) {
    const { name, alias, datatype } = metric;
    if (name === undefined || name.length > maxNameLength || byName.has(name)) continue;
    const isOfProtocol = isProtocol(name);
    const mayBeSignal = !isOfProtocol && isNumber(datatype);
    const isSignal = mayBeSignal && signals.length < maxSignals;
    if (mayBeSignal && !isSignal) beyond++;
    const signal = isSignal ? signals.length : undefined;
    if (isSignal) signals.push({ name, unit: unitOf(metric), scale: 1, offset: 0 });
    const { lastMs = Number.NEGATIVE_INFINITY, lastValue = Number.NaN } =
      before?.byName.get(name) ?? {};
    const known = { machineId, name, datatype, isOfProtocol, signal, lastMs, lastValue };
    byName.set(name, known);
    if (alias === undefined) continue;
    if (table.byAlias.has(alias) || table.ambiguous.has(alias)) {
      table.ambiguous.add(alias);
      table.byAlias.delete(alias);
      isAmbiguous = true;
    } else table.byAlias.set(alias, known);
  }
  const machine = { machineId, byName, dictionary: createDictionary(planName, signals) };
  table.machines.set(machineId, machine);
  return { machine, beyond, isAmbiguous };
}

/** Which metric of a machine this is; undefined when no birth told of it. */
export function metricOf(
  table: MetricTable,
  machineId: string,
  { name, alias }: Metric,
): KnownMetric | undefined {
  if (name !== undefined) return table.machines.get(machineId)?.byName.get(name);
  const known = alias === undefined ? undefined : table.byAlias.get(alias);
  return known?.machineId === machineId ? known : undefined;
}

/** The property that most makers use for it. */
function unitOf({ properties }: Metric): string {
  const value = properties?.get("engUnit")?.value ?? properties?.get("Engineering Unit")?.value;
  return typeof value === "string" && value.length <= maxUnitLength ? value : "";
}
