import { SensorErrorRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { beginAfresh, layoutOf } from "../../engine/cells.ts";
import {
  type HoldLimits,
  holdCells,
  holdSize,
  lastOf,
  restartHold,
  Step,
  sinceOf,
  stepHold,
  Verdict,
} from "../../engine/hold.ts";
import { defineRuleKind } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";

interface Prepared extends HoldLimits {
  readonly rule: SensorErrorRule;
  readonly unit: string;
}

const layout = layoutOf({
  ...holdCells,
  /** Start of the present run of good values; NaN when there is none. */
  goodSinceNs: Number.NaN,
  /** Newest quality that speaks for a broken measuring chain. */
  quality: Quality.error,
});
const goodSinceAt = holdSize;
const qualityAt = holdSize + 1;

/**
 * Finds a broken measuring chain: for `holdSeconds` a signal says nothing but `error` or `out-of-range`. Good values
 * for as long clear it. `not-available`, `reserved` and `stale` say nothing about the sensor and are passed over.
 */
export const sensorError = defineRuleKind<SensorErrorRule, Prepared>({
  kind: "sensor-error",
  judges: "live",
  doubts: "signal",
  schema: SensorErrorRule,
  signalOf: ({ signal }) => signal,
  prepare: (rule, plan) => ({
    rule,
    unit: plan.acquisition.signals[rule.signal]?.unit ?? "",
    minCount: 2,
    holdNs: rule.holdSeconds * 1e9,
    gapNs: signalGapNs(plan, rule.signal),
  }),
  layout: () => layout,
  sample(prepared, state, moment) {
    const { timeNs, quality, contextSinceNs } = moment;
    const isBroken = quality === Quality.error || quality === Quality.outOfRange;
    if (!isBroken && quality !== Quality.good) return Step.none;
    const { numbers, at } = state;
    if (isBroken) {
      numbers[at + qualityAt] = quality;
      numbers[at + goodSinceAt] = Number.NaN;
    } else if (
      !(timeNs - lastOf(state) <= prepared.gapNs) ||
      Number.isNaN(numbers[at + goodSinceAt])
    )
      numbers[at + goodSinceAt] = timeNs;
    const verdict = isBroken
      ? Number.isNaN(contextSinceNs)
        ? Verdict.undecided
        : Verdict.yes
      : timeNs - (numbers[at + goodSinceAt] as number) >= prepared.holdNs
        ? Verdict.no
        : Verdict.undecided;
    return stepHold(state, prepared, verdict, moment);
  },
  restart(_, state) {
    restartHold(state);
    state.numbers[state.at + goodSinceAt] = Number.NaN;
  },
  forget: (_, state) => beginAfresh(state, layout),
  describe({ rule, unit }, state, _key, iso) {
    const toNs = lastOf(state);
    const sinceNs = Number.isNaN(sinceOf(state)) ? toNs : sinceOf(state);
    const quality = qualityName(state.numbers[state.at + qualityAt] as number);
    return {
      failureMode: rule.failureMode,
      subject: "",
      severity: rule.severity,
      sinceNs,
      evidence: [
        {
          kind: "signal",
          signal: rule.signal,
          unit,
          observed: null,
          limit: null,
          quality,
          context: rule.context ?? null,
          from: iso(sinceNs),
          to: iso(toNs),
          rule: rule.id,
        },
      ],
    };
  },
});
