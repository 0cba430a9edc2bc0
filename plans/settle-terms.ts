import type { Peak, Premium, Staffing } from "./layer-schema.ts";
import type { MarketStage } from "./place-words.ts";
import type { Layer, Origin, Terms } from "./service-layers.ts";
import {
  defaultProfile,
  type EmergencyPriority,
  emergencyPriorities,
  type SlaProfileName,
} from "./sla-profiles.ts";

/** A value, and which layer it is from. */
export interface Settled<Value> {
  readonly value: Value;
  readonly origin: Origin;
}

/** A time promised beside the profile, of one priority. */
export interface SettledClock {
  readonly clock: "response" | "arrival" | "resolution";
  readonly priority: EmergencyPriority;
  readonly targetMinutes: number;
}

/** Of every term the value that holds; undefined where no layer names it. */
export interface SettledTerms {
  readonly slaProfile: Settled<SlaProfileName>;
  readonly slaUplift: Settled<number> | undefined;
  /** At most one of a clock and priority. */
  readonly clocks: readonly Settled<SettledClock>[];
  readonly calendarMonths: Settled<readonly number[]> | undefined;
  readonly peak: Settled<Peak> | undefined;
  readonly frequencyMultiplier: Settled<number> | undefined;
  readonly staffing: Settled<Staffing> | undefined;
  readonly premium: Settled<Premium> | undefined;
  readonly stockFactor: Settled<number> | undefined;
  readonly marketStage: Settled<MarketStage> | undefined;
}

/** The last layer that names a term counts (PL-7); clocks count one by one, by clock and priority. Pure. */
export function settleTerms(layers: readonly Layer[]): SettledTerms {
  const last = <Value>(name: keyof Terms, pick: (terms: Terms) => Value | undefined) =>
    lastOf(layers, name, pick);
  return {
    slaProfile: last("slaProfile", ({ slaProfile }) => slaProfile) ?? {
      value: defaultProfile,
      origin: { layer: "plan", of: "" },
    },
    slaUplift: last("slaUplift", ({ slaUplift }) => slaUplift),
    clocks: settleClocks(layers),
    calendarMonths: last<readonly number[]>("calendarMonths", (terms) => terms.calendarMonths),
    peak: last("peak", ({ peak }) => peak),
    frequencyMultiplier: last("frequencyMultiplier", (terms) => terms.frequencyMultiplier),
    staffing: last("staffing", ({ staffing }) => staffing),
    premium: last("premium", ({ premium }) => premium),
    stockFactor: last("stockFactor", ({ stockFactor }) => stockFactor),
    marketStage: last("marketStage", ({ marketStage }) => marketStage),
  };
}

function lastOf<Value>(
  layers: readonly Layer[],
  name: keyof Terms,
  pick: (terms: Terms) => Value | undefined,
): Settled<Value> | undefined {
  for (const { terms, origin, pathTo } of layers.toReversed()) {
    const value = pick(terms);
    if (value !== undefined) return { value, origin: at(origin, pathTo(name)) };
  }
  return undefined;
}

const at = (origin: Origin, path: Origin["path"]): Origin =>
  path === undefined ? origin : { ...origin, path };

/** Of one layer the shorter counts, when it names a time for one priority and for all. */
function settleClocks(layers: readonly Layer[]): readonly Settled<SettledClock>[] {
  const found = new Map<string, Settled<SettledClock>>();
  for (const { terms, origin, pathTo } of layers) {
    const ofLayer = new Map<string, Settled<SettledClock>>();
    for (const [index, { clock, priority: only, targetMinutes }] of (terms.clocks ?? []).entries())
      for (const priority of only === undefined ? emergencyPriorities : [only]) {
        const key = `${clock} ${priority}`;
        if ((ofLayer.get(key)?.value.targetMinutes ?? Number.POSITIVE_INFINITY) <= targetMinutes)
          continue;
        const path = pathTo("clocks");
        ofLayer.set(key, {
          value: { clock, priority, targetMinutes },
          origin: at(origin, path && [...path, index]),
        });
      }
    for (const [key, settled] of ofLayer) found.set(key, settled);
  }
  return [...found.values()];
}
