import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import {
  historyRules,
  judgeHistory,
  type MachineHistory,
} from "@firebreak/rules/history/judge-history.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { LearnedModels } from "../../learned/learned-models.ts";
import { HourSums } from "./hour-sums.ts";

/** Samples of a day, in columns; not in the order of time yet. */
export interface DayRows {
  readonly baseNs: bigint;
  readonly length: number;
  /** Index into the signals that were asked for. */
  readonly signal: number[];
  readonly offsetNs: number[];
  readonly value: number[];
  readonly quality: Quality[];
}

const epoch = "b".repeat(32);
const hourNs = 3_600e9;
const dayMs = 86_400_000;
/** What a rule that looks ahead tells of. Engineering default, as where the part is in stock. */
const horizonDays = 30;

/** One plan and one machine: takes day after day, and keeps what would have been found. */
export interface PlanJudge {
  readonly findings: readonly Finding[];
  /** `order`: rows by time. `events`: oldest first. `endMs`: end of the day, or of the history. */
  day(
    rows: DayRows,
    order: Uint32Array,
    of: {
      readonly signals: readonly string[];
      readonly events: readonly ActiveDtcs[];
      readonly endMs: number;
    },
  ): Promise<void>;
  faults(): string[];
}

/** `learned`: what rules rest on beside hours; absent: those that do say nothing. */
export function createPlanJudge(
  plan: Plan,
  machineId: string,
  learned?: Pick<LearnedModels, "forMachine">,
): PlanJudge {
  const engine = createRuleEngine({ planOf: () => plan, isAttended: false });
  const dictionary = dictionaryOfPlan(plan);
  const hours = new HourSums();
  const findings: Finding[] = [];
  const told = new Map<string, Finding>();
  const looksBack = historyRules(plan).length > 0;
  let number = 0;
  const judge = (samples: SampleColumns, events: readonly ActiveDtcs[]): void => {
    const header: Batch["header"] = {
      ...{ epoch, number: ++number, lane: "live", dictionary: dictionary.hash },
      ...{ baseNs: samples.baseNs, sampleCount: samples.length, eventCount: events.length },
      ...{ produced: samples.length, suppressed: 0 },
    };
    const batch = { header, samples, events: [...events] };
    const receivedMs = Number(samples.timeNs(samples.length - 1) / 1_000_000n);
    findings.push(...engine.process({ machineId, epoch, receivedMs, batch, dictionary }));
  };
  const judgeHours = async (endMs: number): Promise<void> => {
    const lastDay = Math.floor(endMs / dayMs) - 1;
    const settingOf = () => ({ horizonDays, fromHour: 0 });
    const known = { machineId, plan, hours: hours.all(), lastDay, settingOf };
    const machine: MachineHistory = { ...known, told: [...told.values()] };
    const learnedOf = await learned?.forMachine(machine);
    const reading = judgeHistory({ ...machine, ...(learnedOf && { learnedOf }) });
    for (let step = reading.next(); ; step = reading.next()) {
      if (!step.done) continue;
      for (const finding of step.value.findings) told.set(finding.findingId, finding);
      findings.push(...step.value.findings);
      return;
    }
  };
  return {
    findings,
    async day(rows, order, { signals, events, endMs }) {
      const indexOf = signals.map((name) =>
        dictionary.signals.findIndex((one) => one.name === name),
      );
      let next = 0;
      for (const samples of hourly(rows, order, indexOf)) {
        const endNs = samples.timeNs(samples.length - 1);
        const from = next;
        while ((events[next]?.timeNs ?? endNs) < endNs) next++;
        judge(samples, events.slice(from, next));
      }
      if (next < events.length) judge(new SampleColumns(rows.baseNs), events.slice(next));
      if (!looksBack) return;
      for (const row of order)
        if (rows.quality[row] === Quality.good)
          hours.add(
            signals[rows.signal[row] ?? -1] ?? "",
            Number(rows.baseNs / 1_000_000n) + (rows.offsetNs[row] ?? 0) / 1e6,
            rows.value[row] ?? Number.NaN,
          );
      await judgeHours(endMs);
    },
    faults: () =>
      (engine.machineState(machineId)?.faults ?? []).map(
        ({ ruleId, message }) => `${machineId} ${ruleId}: ${message}`,
      ),
  };
}

/** Batches of an hour at most, so that nothing is old when it is judged. Signals that the plan does not have are left out. */
function* hourly(
  rows: DayRows,
  order: Uint32Array,
  indexOf: readonly number[],
): Generator<SampleColumns> {
  let columns = new SampleColumns(rows.baseNs);
  let hour = -1;
  for (const row of order) {
    const offsetNs = rows.offsetNs[row] ?? 0;
    const index = indexOf[rows.signal[row] ?? -1] ?? -1;
    if (index < 0) continue;
    const ofRow = Math.floor(offsetNs / hourNs);
    if (ofRow !== hour && columns.length > 0) {
      yield columns;
      columns = new SampleColumns(rows.baseNs);
    }
    hour = ofRow;
    columns.push(
      index,
      offsetNs,
      rows.value[row] ?? Number.NaN,
      rows.quality[row] ?? Quality.error,
    );
  }
  if (columns.length > 0) yield columns;
}
