import type { TelemetryStore } from "@firebreak/ingest/store/store.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { countedParts } from "@firebreak/rules/history/counted-use.ts";
import type { MachineHours } from "@firebreak/rules/history/hours.ts";
import {
  historyCounters,
  historyHours,
  historyRules,
  historySignals,
  judgeHistory,
} from "@firebreak/rules/history/judge-history.ts";
import {
  type KnownHistory,
  loadHistory,
  loadHorizons,
  writeHistory,
} from "@firebreak/tickets/history/history-store.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { LearnedModels } from "../learned/learned-models.ts";
import { loadHours } from "./history-hours.ts";
import { loadPeers, type PeersOf } from "./history-peers.ts";

export interface HistoryJudging {
  readonly db: Database;
  readonly store: Pick<TelemetryStore, "fleetHours">;
  readonly tickets: Pick<TicketService, "applyFindings">;
  /** Machines that have telemetry, with their plans. */
  readonly machines: () => readonly { readonly machineId: string; readonly plan: Plan }[];
  readonly clock: Clock;
  /** What rules learned; absent: nothing, and those that rest on it say nothing. */
  readonly learned?: Pick<LearnedModels, "forMachine">;
  /** Aborted: the pass ends after the machine it is at; the next one of the same number goes on. */
  readonly signal: AbortSignal;
  /** Told of what is written. */
  readonly onFindings?: (findings: readonly Finding[]) => void;
}

export interface HistoryReport {
  /** Machines that were judged now; others of the pass had been before. */
  readonly machines: number;
  readonly findings: number;
  readonly failed: readonly { readonly machineId: string; readonly error: unknown }[];
}

/** Machines whose hours are in memory at once. Engineering default: some 60 MB with ten signals each. */
const machinesAtOnce = 20;
const msPerHour = 3_600_000;
const countedHours = 3 * 365 * 24;

/**
 * Judges the completed hours of every machine once in a pass. Each machine is written in a transaction of its own, with
 * the number of the pass: after a kill the same pass goes on with the rest, and what is judged twice tells nothing new.
 */
export async function judgeHistoryOnce(
  judging: HistoryJudging,
  pass: number,
): Promise<HistoryReport> {
  const { machines, signal } = judging;
  const failed: { machineId: string; error: unknown }[] = [];
  const report = { machines: 0, findings: 0 };
  for (const [plan, machineIds] of byPlan(machines())) {
    const { done, lost } = await judgePlan(judging, { plan, machineIds, pass });
    report.machines += done.machines;
    report.findings += done.findings;
    if (!signal.aborted) failed.push(...lost);
  }
  return { ...report, failed };
}

async function judgePlan(
  judging: HistoryJudging,
  of: { readonly plan: Plan; readonly machineIds: readonly string[]; readonly pass: number },
) {
  const { machineIds } = of;
  const done = { machines: 0, findings: 0 };
  const lost: { machineId: string; error: unknown }[] = [];
  const losing = async (ids: readonly string[], work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      lost.push(...ids.map((machineId) => ({ machineId, error })));
    }
  };
  await losing(machineIds, async () => {
    const peersOf = await loadPeers({ ...judging, lastDay: lastDayOf(judging.clock) }, of);
    for (let at = 0; at < machineIds.length && !judging.signal.aborted; at += machinesAtOnce) {
      const batch = machineIds.slice(at, at + machinesAtOnce);
      await losing(batch, async () => {
        const { machines, findings } = await judgeBatch(judging, {
          ...of,
          machineIds: batch,
          peersOf,
        });
        done.machines += machines;
        done.findings += findings;
      });
    }
  });
  return { done, lost };
}

const lastDayOf = ({ nowMs }: Clock): number => Math.floor(nowMs() / msPerHour / 24) - 1;

function byPlan(machines: ReturnType<HistoryJudging["machines"]>): Map<Plan, string[]> {
  const groups = new Map<Plan, string[]>();
  for (const { machineId, plan } of machines) {
    if (historyRules(plan).length + historyCounters(plan).length === 0) continue;
    const group = groups.get(plan);
    if (group) group.push(machineId);
    else groups.set(plan, [machineId]);
  }
  return groups;
}

async function judgeBatch(
  judging: HistoryJudging,
  {
    plan,
    machineIds,
    pass,
    peersOf,
  }: {
    readonly plan: Plan;
    readonly machineIds: readonly string[];
    readonly pass: number;
    readonly peersOf: PeersOf;
  },
): Promise<{ machines: number; findings: number }> {
  const { db, store, tickets, clock, signal } = judging;
  const todo = (await loadHistory(db, machineIds)).filter((known) => known.pass !== pass);
  if (todo.length === 0) return { machines: 0, findings: 0 };
  const horizonOf = await loadHorizons(db, plan);
  const lastDay = lastDayOf(clock);
  const toHour = (lastDay + 1) * 24;
  const hours = await hoursOf(store, todo, { plan, toHour, signal });
  const done = { machines: 0, findings: 0 };
  for (const [index, known] of todo.entries()) {
    if (signal.aborted) break;
    const machine = historyOf(known, { plan, hours: hours[index], lastDay, horizonOf, peersOf });
    const learnedOf = await judging.learned?.forMachine(machine);
    const judgement = await inSlices(judgeHistory({ ...machine, ...(learnedOf && { learnedOf }) }));
    await db.transaction((tx) => writeHistory(tx, known, { judgement, pass, tickets }));
    judging.onFindings?.(judgement.findings);
    done.machines++;
    done.findings += judgement.findings.length;
  }
  return done;
}

/** Of rules half a year, of counters since the oldest part that they count was put in: three years at most. */
async function hoursOf(
  store: HistoryJudging["store"],
  todo: readonly KnownHistory[],
  of: { readonly plan: Plan; readonly toHour: number; readonly signal: AbortSignal },
): Promise<MachineHours[]> {
  const { plan, toHour, signal: abort } = of;
  const machineIds = todo.map(({ machineId }) => machineId);
  const query = { machineIds, toHour, abort };
  const fromHour = toHour - historyHours;
  const judged = await loadHours(store, { ...query, signals: historySignals(plan), fromHour });
  const put = countedParts(plan).flatMap(({ position }) =>
    todo.flatMap(({ installedAt }) => Date.parse(installedAt.get(position) ?? "") || []),
  );
  if (put.length === 0) return judged;
  const oldest = Math.max(Math.floor(Math.min(...put) / msPerHour), toHour - countedHours);
  const signals = historyCounters(plan);
  const counted = await loadHours(store, {
    ...query,
    signals,
    fromHour: Math.min(oldest, fromHour),
  });
  return judged.map((machine, index) => new Map([...machine, ...(counted[index] ?? [])]));
}

const historyOf = (
  known: KnownHistory,
  of: {
    readonly plan: Plan;
    readonly hours: MachineHours | undefined;
    readonly lastDay: number;
    readonly horizonOf: (position: string | undefined) => number;
    readonly peersOf: PeersOf;
  },
) => ({
  machineId: known.machineId,
  plan: of.plan,
  hours: of.hours ?? new Map(),
  lastDay: of.lastDay,
  told: known.told,
  peersOf: (ruleId: string) => of.peersOf(known.machineId, ruleId),
  settingOf: (part: string | undefined) => {
    const installedAt = known.installedAt.get(part ?? "");
    const fromHour =
      installedAt === undefined
        ? Number.NEGATIVE_INFINITY
        : Math.ceil(Date.parse(installedAt) / msPerHour);
    return { horizonDays: of.horizonOf(part), fromHour };
  },
});

/** What waits behind this on the thread waits no longer than one piece of work. Engineering default. */
const sliceMs = 5;

async function inSlices<Result>(work: Generator<undefined, Result>): Promise<Result> {
  let begun = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - begun < sliceMs) continue;
    await new Promise<void>((next) => setImmediate(next));
    begun = performance.now();
  }
}
