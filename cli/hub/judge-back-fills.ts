import type { FollowingStore } from "@firebreak/ingest/store/store.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { createPutOff, type PutOff } from "@firebreak/kit/put-off.ts";
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
  /** Back-fills that could not be judged, by `keyOf`. */
  readonly putOff: PutOff;
}

const keyOf = ({ machineId, firstPosition }: BackFill): string => `${firstPosition} ${machineId}`;

const everyMs = 60_000;
/** No more comes of it, most likely. Engineering default. */
const quietMs = 120_000;
/** One that comes in slowly is judged meanwhile too. Engineering default. */
const slowMs = 3_600_000;
/** Of what reaches back further only the end is judged: some seconds of computing. Engineering default. */
const longestMs = 92 * 86_400_000;
/** Looked at in one round, besides those that are put off. */
const atOnce = 200;
/** How long one that could not be judged waits at least and at most. Engineering default. */
const putOffMs = { minMs: 2 * everyMs, capMs: 3_600_000 };

interface FailedBackFill {
  readonly machineId: string;
  readonly error: unknown;
  /** Until it is tried again. */
  readonly againInMs: number;
}

/**
 * Judges what came late once it has come, and writes one summary of each back-fill: nobody is alarmed, no ticket is
 * opened. A round that is cut off goes on with the rest, and what is judged twice gives the same. One that fails waits by
 * itself, ever longer, and takes nobody's place.
 */
export async function judgeBackFillsOnce(
  judging: BackFillJudging,
  signal: AbortSignal,
): Promise<{ judged: number; events: number; failed: FailedBackFill[] }> {
  const report = { judged: 0, events: 0, failed: [] as FailedBackFill[] };
  const { putOff } = judging;
  for (const one of await unjudgedBackFills(judging.db, atOnce + putOff.count)) {
    if (signal.aborted) break;
    const key = keyOf(one);
    if (putOff.isWaiting(key) || !isDue(one, judging)) continue;
    try {
      report.events += await judgeOne(judging, one, signal);
      report.judged++;
      putOff.succeeded(key);
    } catch (error) {
      if (signal.aborted) break;
      report.failed.push({ machineId: one.machineId, againInMs: putOff.failed(key), error });
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
export function judgeBackFillsOften(
  parts: Omit<BackFillJudging, "putOff"> & { readonly clock: Clock },
  log: Logger,
): Recurring {
  const stopping = new AbortController();
  const putOff = createPutOff({ ...putOffMs, now: parts.clock.monotonicMs });
  const judging = { ...parts, putOff };
  const run = async (): Promise<void> => {
    try {
      const { failed, ...report } = await judgeBackFillsOnce(judging, stopping.signal);
      if (report.judged > 0) log.info(report, "data that came late are judged");
      for (const { error, ...of } of failed)
        log.error({ err: error, ...of }, "late data of a machine could not be judged");
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
