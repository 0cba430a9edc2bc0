import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import type { Fact, Measure, Saying, Severity } from "../finding.ts";
import type { Claim, Iso } from "./rule-kind.ts";

/** What a rule of one signal says of itself. */
interface SaidByRule {
  readonly id: string;
  readonly signal: string;
  readonly severity: Severity;
  readonly context?: string | undefined;
  readonly failureMode: string;
}

/** What it saw. `sinceNs` may be NaN where nothing is known of the begin. */
export interface Seen {
  readonly unit: string;
  readonly observed: number | null;
  readonly limit: number | null;
  readonly measure?: Measure;
  /** What the numbers alone do not tell. */
  readonly says?: Saying;
  /** Other signals it rests on. */
  readonly others?: readonly string[];
  readonly sinceNs: number;
  readonly toNs: number;
}

/** The claim of a rule that speaks of good values of one signal. */
export function signalClaim(rule: SaidByRule, seen: Seen, iso: Iso): Claim {
  const { unit, observed, limit, measure, says, others = [], toNs } = seen;
  const sinceNs = Number.isNaN(seen.sinceNs) ? toNs : seen.sinceNs;
  const { id, signal, severity, context = null, failureMode } = rule;
  return {
    failureMode,
    subject: "",
    severity,
    sinceNs,
    evidence: [
      {
        kind: "signal",
        signal,
        unit,
        observed: numberOf(observed),
        limit: numberOf(limit),
        ...(measure === undefined ? {} : { measure }),
        quality: qualityName(Quality.good),
        context,
        ...(others.length === 0 ? {} : { others: [...others] }),
        ...(says === undefined ? {} : { says }),
        from: iso(sinceNs),
        to: iso(toNs),
        rule: id,
      },
    ],
  };
}

/** JSON keeps neither -0 nor NaN. */
const numberOf = (value: number | null): number | null =>
  value === null || Number.isNaN(value) ? null : value + 0;

/** A sentence of the catalogue with amounts in one unit; none where one of them is not known. */
export function sayAmounts(
  word: string,
  unit: string,
  amounts: Readonly<Record<string, number | null>>,
): Saying | undefined {
  const facts: Record<string, Fact> = {};
  for (const [name, value] of Object.entries(amounts)) {
    if (value === null || Number.isNaN(value)) return undefined;
    facts[name] = { is: "amount", value: value + 0, unit };
  }
  return { word, facts };
}
