import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { DataUsage } from "./data-usage.ts";

/** What a machine may send in a calendar month (UTC). */
export interface DataBudget {
  readonly megabytesPerMonth: number;
  /** A forecast of so much of it is told as a warning, percent. */
  readonly warnAtPercent: number;
}

/** What one signal's samples take of what a machine sends. */
export interface SignalCost {
  readonly signal: string;
  /** 0 to 1, by its share of the samples. */
  readonly share: number;
  readonly megabytesPerMonth: number | null;
  readonly advice: string;
}

export interface MachineDataStatus {
  readonly machineId: string;
  readonly usedMegabytes: number;
  /** For the whole month; null during the first hour. */
  readonly forecastMegabytes: number | null;
  readonly budgetMegabytes: number | null;
  /** `warning`: the forecast comes close to the budget or over it; `exceeded`: it is used up. */
  readonly state: "ok" | "warning" | "exceeded";
  /** The five that cost most. */
  readonly costliest: readonly SignalCost[];
}

export interface DataBudgetParts {
  readonly machineId: string;
  readonly acquisition: Acquisition;
  readonly usage: Pick<DataUsage, "usedBytes" | "forecastBytes">;
  readonly budget: DataBudget | undefined;
  /** Samples produced so far, by signal. */
  readonly samples: readonly { readonly name: string; readonly count: number }[];
}

const megabyte = 1_000_000;
const shown = 5;

/** Pure, except that it asks `usage`. */
export function machineDataStatus(parts: DataBudgetParts): MachineDataStatus {
  const { machineId, acquisition, usage, budget, samples } = parts;
  const used = usage.usedBytes(machineId) / megabyte;
  const forecastBytes = usage.forecastBytes(machineId);
  const forecast = forecastBytes === null ? null : forecastBytes / megabyte;
  const all = samples.reduce((sum, { count }) => sum + count, 0);
  const costliest = samples
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, shown)
    .map(({ name, count }) => ({
      signal: name,
      share: count / all,
      megabytesPerMonth: forecast === null ? null : (forecast * count) / all,
      advice: adviceOf(acquisition, name),
    }));
  return {
    machineId,
    usedMegabytes: used,
    forecastMegabytes: forecast,
    budgetMegabytes: budget?.megabytesPerMonth ?? null,
    state: stateOf(used, forecast, budget),
    costliest,
  };
}

function stateOf(
  used: number,
  forecast: number | null,
  budget: DataBudget | undefined,
): MachineDataStatus["state"] {
  if (budget === undefined) return "ok";
  const { megabytesPerMonth, warnAtPercent } = budget;
  if (used >= megabytesPerMonth) return "exceeded";
  const most = Math.max(used, forecast ?? 0);
  return most >= (megabytesPerMonth * warnAtPercent) / 100 ? "warning" : "ok";
}

/** What would make a signal cheaper, in words for whoever writes plans. */
function adviceOf({ signals }: Acquisition, name: string): string {
  const sampling = signals[name.split(".")[0] ?? name]?.sampling;
  if (sampling === undefined) return "the plan does not know it any more";
  if (sampling === "every") return "sampling is every: a dead band, or an aggregate, sends less";
  if ("aggregate" in sampling)
    return `one window is ${sampling.aggregate.windowSeconds} s: a longer one sends less`;
  if ("counter" in sampling) return "a counter: a larger minStep sends less";
  return `dead band ${sampling.deadBand}, at least every ${sampling.maxSilenceSeconds} s: widen both, or aggregate`;
}
