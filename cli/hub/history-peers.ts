import { createHash } from "node:crypto";
import type { TelemetryStore } from "@firebreak/ingest/store/store.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { PeerSummary } from "@firebreak/rules/history/history-kind.ts";
import {
  comparedHours,
  comparedSignals,
  summariesOf,
} from "@firebreak/rules/history/judge-history.ts";
import { loadHours } from "./history-hours.ts";

/** What the other machines of a plan show, for a rule that compares. */
export type PeersOf = (machineId: string, ruleId: string) => readonly PeerSummary[];

/** Machines whose hours are in memory at once; of each a few hundred bytes are kept for a rule. Engineering default. */
const machinesAtOnce = 50;

/** Nothing is read where no rule of the plan compares machines. */
export async function loadPeers(
  {
    store,
    signal: abort,
    lastDay,
  }: {
    readonly store: Pick<TelemetryStore, "fleetHours">;
    readonly signal: AbortSignal;
    readonly lastDay: number;
  },
  { plan, machineIds }: { readonly plan: Plan; readonly machineIds: readonly string[] },
): Promise<PeersOf> {
  const signals = comparedSignals(plan);
  if (signals.length === 0) return () => [];
  const toHour = (lastDay + 1) * 24;
  const query = { signals, fromHour: toHour - comparedHours, toHour, abort };
  const byRule = new Map<string, { machineId: string; summary: PeerSummary }[]>();
  const inOrder = shuffled(machineIds);
  for (let at = 0; at < inOrder.length && !abort.aborted; at += machinesAtOnce) {
    const batch = inOrder.slice(at, at + machinesAtOnce);
    const hours = await loadHours(store, { ...query, machineIds: batch });
    for (const [index, machineId] of batch.entries()) {
      for (const [rule, summary] of summariesOf(plan, hours[index] ?? new Map(), lastDay))
        byRule.set(rule, [...(byRule.get(rule) ?? []), { machineId, summary }]);
      await new Promise<void>((next) => setImmediate(next));
    }
  }
  return (machineId, ruleId) =>
    (byRule.get(ruleId) ?? []).flatMap((one) => (one.machineId === machineId ? [] : one.summary));
}

/** An order that has nothing to do with sites and serial numbers, and is the same every time. */
const shuffled = (machineIds: readonly string[]): string[] =>
  machineIds
    .map((machineId) => ({
      machineId,
      key: createHash("sha256").update(machineId).digest("hex"),
    }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ machineId }) => machineId);
