import type { MadeSeries } from "@firebreak/ingest/store/made-hours.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { DemoMachine } from "@firebreak/simulator/fleet/demo-machines.ts";
import type { HistoryOrder } from "@firebreak/simulator/history/machine-history.ts";
import { type MachineHistory, runHistory } from "@firebreak/simulator/history/run-history.ts";
import type { SeedDemo } from "./seed-demo.ts";

const hourMs = 3_600_000;
/** Since a gateway that is off line was heard. */
const offlineHours = 3;
/** Signals of a machine that have a past; more would make the first start long and the file large. */
const mostSignals = 12;
/** The first of a plan are drawn. */
const signalsShown = 2;

export interface SeedHistory extends Omit<SeedDemo, "workshop"> {
  readonly workshop: {
    readonly plans: SeedDemo["workshop"]["plans"];
    readonly telemetry: Pick<SeedDemo["workshop"]["telemetry"], "takeMadeHours">;
  };
}

export interface HistorySpan {
  readonly machines: readonly DemoMachine[];
  readonly days: number;
}

/** Months of hour sums, of the simulator's making; nothing when they are there, or the store takes none. */
export async function seedHistory(
  { workshop, book, view, signal, log }: SeedHistory,
  { machines, days }: HistorySpan,
): Promise<number> {
  if (book.isDone("history") || signal.aborted) return 0;
  const { plans, telemetry: store } = workshop;
  if (!store.takeMadeHours) {
    log.warn("the telemetry store takes no made hours: the demonstration has no history");
    return 0;
  }
  const orders = machines.flatMap((machine) =>
    orderOf(machine, plans.get(machine.machineType), { startedMs: book.startedMs, days }),
  );
  let [hours, done] = [0, 0];
  view.part("half a year of history", orders.length * (days - 1));
  try {
    await runHistory(orders, {
      signal,
      onDay: () => view.step(++done),
      async take(history) {
        const plan = plans.get(planIdOf(machines, history));
        if (!plan) return;
        const { machineId } = history;
        const series = seriesOf(plan, history);
        hours += (await store.takeMadeHours?.({ machineId, origin: "simulated", series })) ?? 0;
      },
    });
  } finally {
    view.end();
  }
  if (!signal.aborted) book.done("history");
  return hours;
}

const planIdOf = (machines: readonly DemoMachine[], { machineId }: MachineHistory): string =>
  machines.find((machine) => machine.machineId === machineId)?.machineType ?? "";

function orderOf(
  machine: DemoMachine,
  plan: Plan | undefined,
  { startedMs, days }: { readonly startedMs: number; readonly days: number },
): HistoryOrder[] {
  if (!plan) return [];
  const lastMs = startedMs - (machine.duty === "offline" ? offlineHours * hourMs : 0);
  const toMs = Math.floor(lastMs / hourMs) * hourMs;
  const fromMs = toMs - days * 24 * hourMs;
  const { hourMeter } = plan.service;
  return [{ machine, fromMs, toMs, signals: signalsWithPast(plan), hourMeter }];
}

/** The hour meter, what a page draws unless asked otherwise, and what the rules look at, in the order of the rules. */
export function signalsWithPast(plan: Plan): string[] {
  const shown = Object.keys(plan.acquisition.signals).slice(0, signalsShown);
  const named = [plan.service.hourMeter, ...shown, ...namesIn(plan.rules.rules)];
  const known = named.filter((name) => name !== undefined && name in plan.acquisition.signals);
  return [...new Set(known)].slice(0, mostSignals).flatMap((name) => name ?? []);
}

/** Every text in there, in order; a signal is one of them. */
function namesIn(part: unknown): string[] {
  if (typeof part === "string") return [part];
  if (typeof part !== "object" || part === null) return [];
  return Object.values(part).flatMap(namesIn);
}

/** The same series as the machine's gateway goes on with. */
function seriesOf(plan: Plan, { columns }: MachineHistory): MadeSeries[] {
  return dictionaryOfPlan(plan).signals.flatMap((signal) => {
    const made = columns.get(signal.name);
    return made ? [{ signal, ...made }] : [];
  });
}
