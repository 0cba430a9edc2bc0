import type { LessonsConfig } from "./lessons-config.ts";
import { type Verdict, verdicts } from "./verdict.ts";

export interface GivenVerdict {
  readonly verdict: Verdict;
  readonly leadDays?: number | undefined;
}

/** What a rule's verdicts say of it. Shares are null while there is nothing to divide by. */
export interface RuleRecord {
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Verdicts that speak for or against the rule. */
  readonly judged: number;
  readonly precision: number | null;
  /** Lower end of the Wilson interval: what can be relied on with so few verdicts. */
  readonly precisionAtLeast: number | null;
  readonly recall: number | null;
  readonly leadDays: {
    readonly median: number | null;
    readonly p10: number | null;
    /** Share of warnings that came at least as early as they should. */
    readonly inTime: number | null;
  };
}

/** TP ÷ (TP + FP), TP ÷ (TP + missed), and how early the warnings came. */
export function recordOf(given: readonly GivenVerdict[], config: LessonsConfig): RuleRecord {
  const counts = Object.fromEntries(verdicts.map((name) => [name, 0])) as Record<Verdict, number>;
  for (const { verdict } of given) counts[verdict] += 1;
  const right = countOf(counts, config, true);
  const judged = right + countOf(counts, config, false);
  const days = given.flatMap(({ leadDays }) => leadDays ?? []).sort((a, b) => a - b);
  const inTime = days.filter((each) => each >= config.warningDays).length;
  return {
    counts,
    judged,
    precision: shareOf(right, judged),
    precisionAtLeast: judged === 0 ? null : wilsonLower(right, judged, config.confidenceZ),
    recall: shareOf(right, right + counts.missed),
    leadDays: {
      median: days.length === 0 ? null : medianOf(days),
      p10: days[Math.ceil(days.length * 0.1) - 1] ?? null,
      inTime: shareOf(inTime, days.length),
    },
  };
}

const countOf = (
  counts: Readonly<Record<Verdict, number>>,
  { speaksFor }: LessonsConfig,
  side: boolean,
): number => verdicts.reduce((sum, name) => sum + (speaksFor[name] === side ? counts[name] : 0), 0);

const shareOf = (part: number, all: number): number | null => (all === 0 ? null : part / all);

/** Of numbers in rising order, at least one. */
export function medianOf(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/**
 * Lower bound of a share of `all` tries, never below 0.
 * @see E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212
 */
export function wilsonLower(successes: number, all: number, z: number): number {
  const share = successes / all;
  const centre = share + (z * z) / (2 * all);
  const spread = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  return Math.max(0, (centre - spread) / (1 + (z * z) / all));
}

/** Whether a rule must stop opening tickets. A safety rule never does by itself. */
export const mustBeAdvisory = (
  { judged, precision }: Pick<RuleRecord, "judged" | "precision">,
  rule: { readonly isSafety: boolean },
  { minVerdicts, minPrecision }: LessonsConfig,
): boolean =>
  !rule.isSafety && judged >= minVerdicts && precision !== null && precision < minPrecision;
