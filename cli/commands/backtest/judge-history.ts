import { nsOfIso } from "@firebreak/ingest/iso-ns.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { ToldCodes } from "@firebreak/rules/history/told-codes.ts";
import { qualityCodes } from "@firebreak/wire/quality.ts";
import type { LearnedModels } from "../../learned/learned-models.ts";
import type { HistorySource } from "./history-source.ts";
import { createPlanJudge, type DayRows } from "./plan-judge.ts";

const dayMs = 86_400_000;
const minuteNs = 60e9;

export interface HistorySpan {
  readonly machineId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What rules rest on beside hours; absent: those that do say nothing. */
  readonly learned?: Pick<LearnedModels, "forMachine"> | undefined;
}

export interface JudgedHistory {
  /** By plan, in the order given: steps of findings as they would have been told. */
  readonly findings: readonly (readonly Finding[])[];
  readonly samples: number;
  /** Since when its trouble codes are known, ms; null: not at all. */
  readonly codesFromMs: number | null;
  /** Rules that judged this machine no longer, and why. */
  readonly faults: readonly string[];
}

/**
 * Lets several plans judge the stored history of one machine, in the order of its own time: live rules sample by sample,
 * rules over completed hours at the end of each UTC day, and trouble codes where their steps are kept. Rules know nothing
 * from before `fromMs`. Reads a day at a time.
 */
export async function judgeStored(
  source: HistorySource,
  plans: readonly Plan[],
  { machineId, fromMs, toMs, learned }: HistorySpan,
  onDay: (samples: number) => void = () => undefined,
): Promise<JudgedHistory> {
  const judges = plans.map((plan) => createPlanJudge(plan, machineId, learned));
  const signals = [...new Set(plans.flatMap((plan) => Object.keys(plan.acquisition.signals)))];
  const { knownFromMs, steps } = await source.codes(machineId, toMs);
  const codes = new ToldCodes(steps);
  let samples = 0;
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(toMs, (Math.floor(startMs / dayMs) + 1) * dayMs);
    const rows = await loadDay(source, { machineId, fromMs: startMs, toMs: endMs }, signals);
    samples += rows.length;
    const order = Uint32Array.from({ length: rows.length }, (_, row) => row).sort(
      (a, b) => (rows.offsetNs[a] ?? 0) - (rows.offsetNs[b] ?? 0) || a - b,
    );
    const minutes = new Set(rows.offsetNs.map((offsetNs) => Math.floor(offsetNs / minuteNs)));
    const isOn = (ms: number) => minutes.has(Math.floor(((ms - startMs) * 1e6) / minuteNs));
    const events = [...codes.between(startMs, endMs, isOn)];
    for (const judge of judges) await judge.day(rows, order, { signals, events, endMs });
    onDay(rows.length);
    startMs = endMs;
  }
  return {
    findings: judges.map(({ findings }) => findings),
    samples,
    codesFromMs: knownFromMs,
    faults: judges.flatMap((judge) => judge.faults()),
  };
}

/** All samples of a day in the order of their stamps; of equal ones in the order of the signals. */
async function loadDay(
  source: HistorySource,
  span: HistorySpan,
  signals: readonly string[],
): Promise<DayRows> {
  const baseNs = BigInt(span.fromMs) * 1_000_000n;
  const rows: DayRows = { baseNs, length: 0, signal: [], offsetNs: [], value: [], quality: [] };
  for (const [index, signal] of signals.entries()) {
    const { t, value, quality } = await source.samples({ ...span, signal });
    for (const [row, stamp] of t.entries()) {
      rows.signal.push(index);
      rows.offsetNs.push(Number(nsOfIso(stamp) - baseNs));
      rows.value.push(value[row] ?? Number.NaN);
      rows.quality.push(qualityCodes[quality[row] ?? "reserved"]);
    }
  }
  return { ...rows, length: rows.signal.length };
}
