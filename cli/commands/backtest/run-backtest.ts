import { CodedError } from "@firebreak/kit/coded-error.ts";
import { planRef } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { LearnedModels } from "../../learned/learned-models.ts";
import type { HistorySource } from "./history-source.ts";
import { judgeStored } from "./judge-history.ts";
import { historyOf, type KnownHistory } from "./known-tickets.ts";
import { type BacktestScore, scoreBacktest } from "./score-backtest.ts";
import { wouldBeTickets } from "./would-be-tickets.ts";

const dayMs = 86_400_000;

export interface BacktestOptions {
  /** The plan to try, and perhaps one beside it; of one machine type. */
  readonly plans: readonly Plan[];
  /** Absent: every machine that such a plan judges. */
  readonly machines?: readonly string[] | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  /** What rules rest on beside hours; absent: those that do say nothing. */
  readonly learned?: Pick<LearnedModels, "forMachine"> | undefined;
}

export interface PlanReport extends BacktestScore {
  readonly planRef: string;
  /** Findings by what they are: episodes that began, and those of rules on trial among them. */
  readonly episodes: number;
  readonly onTrial: number;
  /** Rules about trouble codes, where none are kept of any machine. */
  readonly notJudged: readonly string[];
}

export interface BacktestReport {
  readonly from: string;
  readonly to: string;
  readonly machines: readonly string[];
  readonly samples: number;
  /** Of how many machines trouble codes are kept, since when of any, and since when of all of these. */
  readonly codes: {
    readonly machines: number;
    readonly from: string | null;
    readonly wholeFrom: string | null;
  };
  /** Of the span: what people found. */
  readonly known: { readonly failures: number; readonly falseAlarms: number };
  readonly plans: readonly PlanReport[];
  readonly faults: readonly string[];
}

/** Rules that look at what is not stored with samples, and not for as long. */
const ofCodes: readonly string[] = ["active-dtc"];

/**
 * Judges stored history by one plan or two and scores them by what people found. `onProgress`: share done, 0 to 1.
 * @throws CodedError BACKTEST_NO_MACHINES, BACKTEST_NO_SAMPLES
 */
export async function runBacktest(
  source: HistorySource,
  { plans, machines, fromMs, toMs, learned }: BacktestOptions,
  onProgress: (share: number) => void,
): Promise<BacktestReport> {
  const asked = machines ?? (await machinesOf(source, plans));
  if (asked.length === 0)
    throw new CodedError(
      "BACKTEST_NO_MACHINES",
      `no machine there is judged by ${plans.map(({ plan }) => plan).join(" or ")}; name some with --machine`,
    );
  const days = Math.ceil((toMs - fromMs) / dayMs) * asked.length;
  const findings: Finding[][] = plans.map(() => []);
  const faults: string[] = [];
  const codesFromMs: number[] = [];
  let [samples, done] = [0, 0];
  for (const machineId of asked) {
    const judged = await judgeStored(source, plans, { machineId, fromMs, toMs, learned }, () => {
      onProgress(Math.min(1, ++done / days));
    });
    samples += judged.samples;
    faults.push(...judged.faults);
    if (judged.codesFromMs !== null && judged.codesFromMs < toMs)
      codesFromMs.push(Math.max(judged.codesFromMs, fromMs));
    for (const [place, found] of judged.findings.entries()) findings[place]?.push(...found);
  }
  if (samples === 0)
    throw new CodedError(
      "BACKTEST_NO_SAMPLES",
      `nothing is stored of ${asked.length} machines in that time: look at --from and --to`,
    );
  const known = within(historyOf(await source.tickets()), { machines: asked, fromMs, toMs });
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    machines: asked,
    samples,
    codes: codesOf(codesFromMs),
    known: { failures: known.failures.length, falseAlarms: known.falseAlarms.length },
    plans: plans.map((plan, place) => {
      const hasCodes = codesFromMs.length > 0;
      const isWhole = codesFromMs.length === asked.length && Math.max(...codesFromMs) === fromMs;
      return reportOf(plan, findings[place] ?? [], { known, hasCodes, isWhole });
    }),
    faults,
  };
}

const codesOf = (fromMs: readonly number[]): BacktestReport["codes"] => ({
  machines: fromMs.length,
  from: fromMs.length === 0 ? null : new Date(Math.min(...fromMs)).toISOString(),
  wholeFrom: fromMs.length === 0 ? null : new Date(Math.max(...fromMs)).toISOString(),
});

async function machinesOf(source: HistorySource, plans: readonly Plan[]): Promise<string[]> {
  const ids = new Set(plans.map(({ plan }) => plan));
  const found = new Set<string>();
  for (const id of ids) for (const machine of await source.machinesOf(id)) found.add(machine);
  return [...found].sort();
}

function within(
  { failures, falseAlarms }: KnownHistory,
  span: { readonly machines: readonly string[]; readonly fromMs: number; readonly toMs: number },
): KnownHistory {
  const isIn = ({ machineId, at }: { readonly machineId: string; readonly at: string }) => {
    const ms = Date.parse(at);
    return span.machines.includes(machineId) && ms >= span.fromMs && ms < span.toMs;
  };
  return { failures: failures.filter(isIn), falseAlarms: falseAlarms.filter(isIn) };
}

function reportOf(
  plan: Plan,
  findings: readonly Finding[],
  of: { readonly known: KnownHistory; readonly hasCodes: boolean; readonly isWhole: boolean },
): PlanReport {
  const { rules } = plan.rules;
  const { known, hasCodes, isWhole } = of;
  const codeRules = rules.filter(({ kind }) => ofCodes.includes(kind));
  const lookedFor = new Set(
    rules.flatMap((rule) =>
      "failureMode" in rule && rule.mode !== "shadow" ? [rule.failureMode] : [],
    ),
  );
  // A failure that only a code tells of counts as missed where the code would have been known.
  if (isWhole && codeRules.some(({ mode }) => mode !== "shadow"))
    for (const [name, { dtcs, emergencies }] of Object.entries(plan.service.failureModes))
      if (dtcs || emergencies) lookedFor.add(name);
  const begun = new Map(findings.map((finding) => [finding.findingId, finding]));
  const tickets = wouldBeTickets(findings);
  return {
    planRef: planRef(plan),
    episodes: begun.size,
    onTrial: [...begun.values()].filter(({ mode }) => mode === "shadow").length,
    notJudged: hasCodes ? [] : codeRules.map(({ id }) => id),
    ...scoreBacktest(tickets, known, (name) => lookedFor.has(name)),
  };
}
