import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { createSimulation, type SimulationOptions } from "@firebreak/simulator/run/simulation.ts";
import type { Truth } from "@firebreak/simulator/run/truth.ts";
import { simulatedBatches } from "./simulated-batches.ts";

export interface JudgedRun {
  /** Steps of findings, in the order they were told. */
  readonly findings: readonly Finding[];
  readonly truth: Truth;
  readonly samples: number;
}

export interface RunToJudge extends Omit<SimulationOptions, "lowestOf"> {
  readonly untilMs: number;
  /** Ends a day after every fault has come to failure. */
  readonly endsAtFailure?: boolean;
}

const dayMs = 86_400_000;
const epoch = "5".repeat(32);
const machineId = "SIM-1";

/**
 * Lets a simulated machine live from `startMs` to `untilMs` and judges what its gateway would have sent by the rules of
 * its plan. The rules never see the truth; it is returned beside what they found.
 */
export function judgeRun(run: RunToJudge): JudgedRun {
  const plan = loadPlan(run.type.machineType);
  const dictionary = dictionaryOfPlan(plan);
  const { signals } = plan.acquisition;
  const simulation = createSimulation({
    ...run,
    lowestOf: (signal) => signals[signal]?.range[0] ?? 0,
  });
  const engine = createRuleEngine({ planOf: () => plan, isAttended: false });
  const findings: Finding[] = [];
  let samples = 0;
  for (const { batch, timeMs } of simulatedBatches(simulation, { plan, epoch, ...run })) {
    samples += batch.samples.length;
    findings.push(...engine.process({ machineId, epoch, receivedMs: timeMs, batch, dictionary }));
    if (run.endsAtFailure && isLongOver(simulation.truth(), timeMs)) break;
  }
  return { findings, truth: simulation.truth(), samples };
}

const isLongOver = ({ faults }: Truth, timeMs: number) =>
  faults.length > 0 &&
  faults.every(({ failedAt }) => failedAt !== null && timeMs - Date.parse(failedAt) > dayMs);
