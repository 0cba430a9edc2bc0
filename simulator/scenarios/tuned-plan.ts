import type { ScenarioTuning } from "./scenario-schema.ts";

const limits = ["above", "below"] as const;

/**
 * The text of a plan with other limits of one rule, all else as it stands; undefined where it has no such rule, or the
 * rule no such limit.
 */
export function tunedPlan(
  text: string,
  tuning: Pick<ScenarioTuning, "rule" | "above" | "below">,
): string | undefined {
  const [before, own, after] = aroundRule(text, tuning.rule);
  if (own === undefined) return undefined;
  let tuned = own;
  for (const limit of limits) {
    const value = tuning[limit];
    if (value === undefined) continue;
    const line = new RegExp(`^( +${limit}: ).*$`, "m");
    if (!line.test(tuned)) return undefined;
    tuned = tuned.replace(line, (_whole, name: string) => `${name}${value}`);
  }
  return `${before}${tuned}${after}`;
}

/** The text of a rule with what stands before and behind it. */
function aroundRule(text: string, rule: string): readonly [string, string | undefined, string] {
  const head = new RegExp(`^( +)- id: ${rule}$`, "m").exec(text);
  if (!head) return [text, undefined, ""];
  const rest = text.slice(head.index + head[0].length);
  const end = new RegExp(`^(${head[1]}- | {0,${(head[1] ?? "").length - 1}}[^ \\n#])`, "m").exec(
    rest,
  );
  const until = end ? head.index + head[0].length + end.index : text.length;
  return [text.slice(0, head.index), text.slice(head.index, until), text.slice(until)];
}
