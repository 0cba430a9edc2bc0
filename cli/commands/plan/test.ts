import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { listPlans, loadPlan, planFileOf } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { exitCodes } from "../../exit-codes.ts";
import { createLearnedModels, type LearnedModels } from "../../learned/learned-models.ts";
import { judgeHours } from "./judge-hours.ts";
import { judgeRecordings } from "./judge-recording.ts";
import { readHours } from "./read-hours.ts";

/** What `expected.json` says of one finding; what it leaves out is not compared. */
export type ExpectedFinding = Partial<
  Pick<
    Finding,
    | "phase"
    | "ruleId"
    | "failureMode"
    | "subject"
    | "severity"
    | "isOnset"
    | "isLatched"
    | "since"
    | "at"
  >
>;

export interface CaseResult {
  readonly name: string;
  /** Empty when what was found is what was expected. */
  readonly differences: readonly string[];
  /** Rules that could not judge here, though nothing is wrong with the plan. */
  readonly notices: readonly string[];
}

/** `firebreak plan test`: one line per case, and what differs. */
export async function testPlans(plans: readonly string[]): Promise<void> {
  let failed = 0;
  let passed = 0;
  for (const idOrPath of plans.length > 0 ? plans : listPlans()) {
    const results = await runTestCases(idOrPath);
    if (results.length === 0) process.stdout.write(`${idOrPath}: no test cases\n`);
    for (const { name, differences, notices } of results) {
      process.stdout.write(`${differences.length === 0 ? "ok  " : "FAIL"} ${name}\n`);
      for (const line of [...differences, ...notices]) process.stdout.write(`     ${line}\n`);
      if (differences.length === 0) passed++;
      else failed++;
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = exitCodes.failed;
}

/** Runs every `testcases/<case>/` beside a plan: recording or hours in, findings compared. */
export async function runTestCases(idOrPath: string): Promise<CaseResult[]> {
  const plan = loadPlan(idOrPath);
  const own = dirname(planFileOf(idOrPath));
  const folder = join(own, "testcases");
  const cases = existsSync(folder) ? readdirSync(folder).sort() : [];
  const results: CaseResult[] = [];
  const [troubles, notices]: [string[], string[]] = [[], []];
  const learned = createLearnedModels({
    ...{ folderOf: () => own, keepIn: undefined },
    tell: ({ rule, error }) => {
      if (error?.code === "RUNTIME_ABSENT") notices.push(`notice: rule ${rule}: ${error.message}`);
      else if (error) troubles.push(`rule ${rule}: ${error.message}`);
    },
  });
  for (const name of cases) {
    const differences = await runCase(join(folder, name), plan, learned);
    results.push({
      name: `${plan.plan}/${name}`,
      differences: [...troubles.splice(0), ...differences],
      notices: notices.splice(0),
    });
  }
  await learned.stop();
  return results;
}

/** A recording of minutes for live rules, or `hours.csv` of months for those over completed hours. */
async function runCase(
  folder: string,
  plan: Plan,
  learned: LearnedModels,
): Promise<readonly string[]> {
  const expected = expectedOf(join(folder, "expected.json"));
  if (typeof expected === "string") return [expected];
  const hoursFile = join(folder, "hours.csv");
  if (!existsSync(hoursFile)) {
    const recording = join(folder, "recording.log");
    return compare(expected, (await judgeRecordings(plan, [recording])).findings);
  }
  const read = readHours(readFileSync(hoursFile, "utf8"), plan);
  if ("problems" in read) return read.problems.map((problem) => `${hoursFile}:${problem}`);
  // An episode is told anew day by day; what is expected is when it begins and ends.
  const steps = (await judgeHours(plan, read.hours, learned)).filter(
    ({ phase }) => phase !== "updated",
  );
  return compare(expected, steps);
}

function expectedOf(path: string): readonly ExpectedFinding[] | string {
  try {
    const { findings } = JSON.parse(readFileSync(path, "utf8")) as { findings?: unknown };
    if (Array.isArray(findings)) return findings as ExpectedFinding[];
    return `${path} must hold {"findings": [...]}`;
  } catch (error) {
    return `${path} cannot be read: ${(error as Error).message}`;
  }
}

/** In order, one line per difference. */
export function compare(
  expected: readonly ExpectedFinding[],
  found: readonly Finding[],
): readonly string[] {
  const differences: string[] = [];
  for (let index = 0; index < Math.max(expected.length, found.length); index++) {
    const wanted = expected[index];
    const have = found[index];
    if (wanted === undefined) differences.push(`unexpected: ${inWords(have)}`);
    else if (have === undefined) differences.push(`missing: ${JSON.stringify(wanted)}`);
    else
      for (const [key, value] of Object.entries(wanted))
        if (have[key as keyof ExpectedFinding] !== value)
          differences.push(
            `finding ${index + 1}, ${key}: expected ${value}, found ${have[key as keyof ExpectedFinding]}`,
          );
  }
  return differences;
}

const inWords = (finding: Finding | undefined): string =>
  finding
    ? `${finding.phase} ${finding.failureMode}${finding.subject ? ` (${finding.subject})` : ""} by ${finding.ruleId} at ${finding.at}`
    : "";
