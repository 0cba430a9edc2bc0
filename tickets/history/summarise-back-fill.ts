import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { BackFillRule, BackFillSummary } from "./back-fill.ts";

/** Rules named in one summary; a plan has fewer. */
const mostRules = 100;

/**
 * What findings over late data come to: undefined where nobody has to be told anything. Rules on trial are left out, and
 * so is what is known from live data, which overlap the span where data came now late, now in time. Pure.
 * `findings`: as they were told, over the span alone. `known`: of the machine, each in its last phase.
 */
export function summariseBackFill(
  findings: readonly Finding[],
  {
    plan,
    fromMs,
    known,
  }: { readonly plan: Plan; readonly fromMs: number; readonly known: readonly Finding[] },
): BackFillSummary | undefined {
  const live = known.filter(({ isHistory, mode }) => !isHistory && mode !== "shadow");
  const last = new Map(findings.map((finding) => [finding.findingId, finding]));
  const episodes = [...last.values()].filter(
    (one) => one.mode !== "shadow" && !live.some((other) => isSame(one, other)),
  );
  if (episodes.length === 0) return undefined;
  const groups = Map.groupBy(episodes, ({ ruleId }) => ruleId);
  const rules = [...groups].map(([ruleId, group]) => ruleOf(plan, ruleId, group));
  return {
    events: episodes.length,
    rules: rules
      .toSorted((a, b) => b.count - a.count || a.ruleId.localeCompare(b.ruleId))
      .slice(0, mostRules),
    judgedFrom: new Date(fromMs).toISOString(),
  };
}

/** Whether both speak of one problem at one time; what is not over reaches to whenever. */
function isSame(one: Finding, other: Finding): boolean {
  if (one.ruleId !== other.ruleId || one.subject !== other.subject) return false;
  const [oneSince, otherSince] = [Date.parse(one.since), Date.parse(other.since)];
  return oneSince <= endOf(other) && otherSince <= endOf(one);
}

const endOf = ({ phase, at }: Finding): number =>
  phase === "cleared" ? Date.parse(at) : Number.POSITIVE_INFINITY;

function ruleOf(plan: Plan, ruleId: string, group: readonly Finding[]): BackFillRule {
  const since = group.map((one) => one.since).toSorted();
  const [first = ""] = since;
  const worst = group.find(({ severity }) => severity === "critical") ?? group[0];
  const rule = plan.rules.rules.find(({ id }) => id === ruleId);
  const signals = group.flatMap(({ evidence }) =>
    evidence.flatMap((piece) => (piece.kind === "signal" ? [piece.signal] : [])),
  );
  return {
    ruleId,
    failureMode: worst?.failureMode ?? "",
    severity: worst?.severity ?? "info",
    about: rule?.about ?? { en: ruleId, "zh-CN": ruleId },
    signals: [...new Set(signals)],
    count: group.length,
    first,
    last: since.at(-1) ?? first,
  };
}
