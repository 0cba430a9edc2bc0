import { SensorErrorRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import {
  type HoldLimits,
  type HoldState,
  initialHold,
  restartHold,
  Step,
  stepHold,
  Verdict,
} from "../../engine/hold.ts";
import { defineRuleKind } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";

interface Prepared extends HoldLimits {
  readonly rule: SensorErrorRule;
  readonly unit: string;
}

interface State extends HoldState {
  /** Start of the present run of good values; NaN when there is none. */
  goodSinceNs: number;
  /** Newest quality that speaks for a broken measuring chain. */
  quality: Quality;
}

const initialState = (): State => ({
  ...initialHold(),
  goodSinceNs: Number.NaN,
  quality: Quality.error,
});

/**
 * Finds a broken measuring chain: for `holdSeconds` a signal says nothing but `error` or `out-of-range`. Good values
 * for as long clear it. `not-available`, `reserved` and `stale` say nothing about the sensor and are passed over.
 */
export const sensorError = defineRuleKind<SensorErrorRule, Prepared, State>({
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
  initialState,
  sample(prepared, state, { timeNs, quality, contextSinceNs }) {
    const isBroken = quality === Quality.error || quality === Quality.outOfRange;
    if (!isBroken && quality !== Quality.good) return Step.none;
    if (isBroken) {
      state.quality = quality;
      state.goodSinceNs = Number.NaN;
    } else if (!(timeNs - state.lastNs <= prepared.gapNs) || Number.isNaN(state.goodSinceNs))
      state.goodSinceNs = timeNs;
    const verdict = isBroken
      ? Number.isNaN(contextSinceNs)
        ? Verdict.undecided
        : Verdict.yes
      : timeNs - state.goodSinceNs >= prepared.holdNs
        ? Verdict.no
        : Verdict.undecided;
    return stepHold(state, prepared, verdict, { timeNs, notBeforeNs: contextSinceNs });
  },
  restart(state) {
    restartHold(state);
    state.goodSinceNs = Number.NaN;
  },
  forget(state) {
    Object.assign(state, initialState());
  },
  describe({ rule, unit }, state, _key, iso) {
    const sinceNs = Number.isNaN(state.sinceNs) ? state.lastNs : state.sinceNs;
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
          quality: qualityName(state.quality),
          context: rule.context ?? null,
          from: iso(sinceNs),
          to: iso(state.lastNs),
          rule: rule.id,
        },
      ],
    };
  },
});
