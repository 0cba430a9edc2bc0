import type { FollowingStore } from "@firebreak/ingest/store/store.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { BackFill } from "@firebreak/tickets/history/back-fill.ts";
import { putSummary, unjudgedBackFills } from "@firebreak/tickets/history/back-fill-store.ts";
import { codeHistory } from "@firebreak/tickets/history/code-steps.ts";
import { summariseBackFill } from "@firebreak/tickets/history/summarise-back-fill.ts";
import { createJudgeStore, FINDINGS_KEPT } from "@firebreak/tickets/registry/judge-store.ts";
import { judgeStoredSpan } from "./judge-back-fill.ts";
import { type Recurring, recurring } from "./recurring.ts";

export interface BackFillJudging {
  readonly db: Database;
  readonly store: Pick<FollowingStore, "raw" | "committed">;
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly clock: Pick<Clock, "nowMs">;
}

const everyMs = 60_000;
/** No more comes of it, most likely. Engineering default. */
const quietMs = 120_000;
/** One that comes in slowly is judged meanwhile too. Engineering default. */
const slowMs = 3_600_000;
/** Of what reaches back further only the end is judged: some seconds of computing. Engineering default. */
const longestMs = 92 * 86_400_000;
/** Looked at in one round. */
const atOnce = 200;

/**
 * Judges what came late once it has come, and writes one summary of each back-fill: nobody is alarmed, no ticket is
 * opened. A round that is cut off goes on with the rest, and what is judged twice gives the same.
 */
export async function judgeBackFillsOnce(
  judging: BackFillJudging,
  signal: AbortSignal,
): Promise<{ judged: number; events: number; failed: { machineId: string; error: unknown }[] }> {
  const report = { judged: 0, events: 0, failed: [] as { machineId: string; error: unknown }[] };
  for (const one of await unjudgedBackFills(judging.db, atOnce)) {
    if (signal.aborted) break;
    if (!isDue(one, judging)) continue;
    try {
      report.events += await judgeOne(judging, one, signal);
      report.judged++;
    } catch (error) {
      if (!signal.aborted) report.failed.push({ machineId: one.machineId, error });
    }
  }
  return report;
}

/** In the store, and quiet for a while or long in coming. */
function isDue(one: BackFill, { store, clock }: BackFillJudging): boolean {
  if (store.committed <= one.lastPosition) return false;
  const nowMs = clock.nowMs();
  if (nowMs - one.receivedMs >= quietMs) return true;
  const sinceMs = one.judged?.atMs ?? one.firstReceivedMs;
  // Ever more seldom: each time the whole of it is judged.
  return nowMs - sinceMs >= Math.max(slowMs, sinceMs - one.firstReceivedMs);
}

async function judgeOne(
  { db, store, planOf, clock }: BackFillJudging,
  one: BackFill,
  abort: AbortSignal,
): Promise<number> {
  const { machineId, toMs } = one;
  const fromMs = Math.max(one.fromMs, toMs - longestMs);
  const plan = planOf(machineId);
  const { steps } = await codeHistory(db, { machineId, toMs: toMs + 1 });
  const span = { machineId, fromMs, toMs };
  const findings = plan ? await judgeStoredSpan(plan, span, { store, steps, abort }) : [];
  if (abort.aborted) throw abort.reason;
  const known = await createJudgeStore(db).findings(machineId, FINDINGS_KEPT);
  const summary = plan && summariseBackFill(findings, { plan, fromMs, known });
  const atMs = clock.nowMs();
  await db.transaction((tx) => putSummary(tx, one, { summary, atMs }));
  return summary?.events ?? 0;
}

/** The same every minute. */
export function judgeBackFillsOften(judging: BackFillJudging, log: Logger): Recurring {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    try {
      const { failed, ...report } = await judgeBackFillsOnce(judging, stopping.signal);
      if (report.judged > 0) log.info(report, "data that came late are judged");
      for (const { machineId, error } of failed)
        log.error({ err: error, machineId }, "late data of a machine could not be judged");
    } catch (error) {
      log.error({ err: error }, "late data could not be judged");
    }
  };
  const rounds = recurring({ everyMs, run });
  return {
    ...rounds,
    stop() {
      stopping.abort();
      return rounds.stop();
    },
  };
}
