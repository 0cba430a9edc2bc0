import { derivedOf } from "@firebreak/plans/derived-inputs.ts";
import type { Plan, Rule, Signal } from "@firebreak/plans/plan-schema.ts";
import { isCounted } from "@firebreak/plans/sampling.ts";
import { signalsOfRule } from "@firebreak/plans/signals-of-rule.ts";

/** What a watched signal leads to; no plan has it, and no ticket is opened of it. */
export const unusual = "unusual";

/** What stands for something else than an amount. */
const codes: ReadonlySet<string> = new Set(["state", "gear", "SA"]);

/**
 * Rules of signals that no rule of the plan speaks of: each is watched in shadow mode, so that what nobody has thought of
 * is seen and counted. None where the plan says `defaults: off`, none for counters, codes, places
 * and derived signals.
 */
export function defaultRules(plan: Plan): Rule[] {
  if (plan.rules.defaults === "off") return [];
  const spokenOf = new Set(plan.rules.rules.flatMap((rule) => signalsOfRule(plan, rule)));
  const derived = derivedOf(plan);
  return Object.entries(plan.acquisition.signals).flatMap(([name, signal]): Rule[] =>
    spokenOf.has(name) || name in derived || !isAmount(signal)
      ? []
      : [
          {
            id: `default-${kebab(name)}`,
            kind: "watch",
            mode: "shadow",
            about: {
              en: `${signal.title.en}: unusual`,
              "zh-CN": `${signal.title["zh-CN"]}：异常变化`,
            },
            severity: "info",
            signal: name,
            failureMode: unusual,
          },
        ],
  );
}

/** SAE J1939-71: latitude and longitude. A machine that is moved is nowhere twice. */
const places: ReadonlySet<number> = new Set([584, 585]);

const isAmount = ({ unit, sampling, j1939, nmea }: Signal): boolean =>
  !codes.has(unit) && !isCounted(sampling) && nmea === undefined && !places.has(j1939?.spn ?? 0);

const kebab = (name: string): string =>
  name.replace(/[^A-Za-z0-9]/g, "-").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
