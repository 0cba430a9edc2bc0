import type { Logger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { openHistoryFindings } from "@firebreak/tickets/history/history-store.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";
import { type HistoryJudging, judgeHistoryOnce } from "./judge-history.ts";
import { type Recurring, recurring } from "./recurring.ts";

/** Before planned work is looked at, and after gateways began to hand over what they had kept. */
const firstMs = 10 * 60_000;
/** Late data of a day are judged within it. Engineering default. */
const everyMs = 6 * 3_600_000;

/** Judging completed hours again and again, and what is open of it. */
export interface HistoryWatch extends Recurring {
  /** Open findings of a machine. */
  open(machineId: string): readonly Finding[];
}

export async function judgeHistoryOften(
  {
    machines,
    plans,
    ...judging
  }: Omit<HistoryJudging, "signal" | "onFindings" | "machines"> & {
    readonly machines: ReadonlyMap<string, KnownMachine>;
    readonly plans: ReadonlyMap<string, Plan>;
  },
  log: Logger,
): Promise<HistoryWatch> {
  const stopping = new AbortController();
  const open = new Map<string, Map<string, Finding>>();
  const note = (findings: readonly Finding[]) => {
    for (const finding of findings) {
      const ofMachine = open.get(finding.machineId) ?? new Map<string, Finding>();
      open.set(finding.machineId, ofMachine);
      if (finding.phase === "cleared") ofMachine.delete(finding.findingId);
      else ofMachine.set(finding.findingId, finding);
    }
  };
  note(await openHistoryFindings(judging.db));
  const planned = () =>
    [...machines.values()].flatMap(({ machineId, plan: planId }) => {
      const plan = plans.get(planId);
      return plan ? [{ machineId, plan }] : [];
    });
  const run = async (): Promise<void> => {
    const pass = Math.floor(judging.clock.nowMs() / everyMs);
    try {
      const { failed, ...report } = await judgeHistoryOnce(
        { ...judging, machines: planned, signal: stopping.signal, onFindings: note },
        pass,
      );
      log.info(report, "completed hours judged");
      for (const { machineId, error } of failed)
        log.error({ err: error, machineId }, "completed hours of a machine could not be judged");
    } catch (error) {
      log.error({ err: error }, "completed hours could not be judged");
    }
  };
  const watch = recurring({ firstMs, everyMs, run });
  return {
    ...watch,
    open: (machineId) => [...(open.get(machineId)?.values() ?? [])],
    stop() {
      stopping.abort();
      return watch.stop();
    },
  };
}
