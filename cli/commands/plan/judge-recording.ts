import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { createRuleEngine, type RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { recordingBatches } from "./recording-batches.ts";

/** Where a test recording is put in time: its first stamp. */
const recordingStart = "2026-01-01T00:00:00.000Z";

/**
 * Judges recordings one after the other, as so many replays of one machine: every one is an epoch of its own, a minute
 * after the end of the one before.
 */
export async function judgeRecordings(
  plan: Plan,
  paths: readonly string[],
  machineId = "TEST-1",
): Promise<{ findings: Finding[]; engine: RuleEngine }> {
  const engine = createRuleEngine({ planOf: () => plan });
  const dictionary = dictionaryOfPlan(plan);
  const findings: Finding[] = [];
  let startMs = Date.parse(recordingStart);
  for (const [index, path] of paths.entries()) {
    const epoch = (index + 1).toString(16).padStart(32, "0");
    const startNs = BigInt(startMs) * 1_000_000n;
    const batches = await recordingBatches(path, { plan, epoch, startNs });
    for (const { batch } of batches)
      findings.push(
        ...engine.process({ machineId, epoch, receivedMs: startMs, batch, dictionary }),
      );
    const { newestAt = null } = engine.machineState(machineId) ?? {};
    startMs = (newestAt === null ? startMs : Math.ceil(Date.parse(newestAt))) + 60_000;
  }
  return { findings, engine };
}
