import { ThresholdRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import {
  type HoldLimits,
  type HoldState,
  initialHold,
  isRunning,
  restartHold,
  Step,
  stepHold,
  Verdict,
} from "../../engine/hold.ts";
import { defineRuleKind } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";

interface Prepared extends HoldLimits {
  readonly rule: ThresholdRule;
  readonly unit: string;
  /** 1 for above, -1 for below: what is worse is always greater. */
  readonly sign: 1 | -1;
  /** `limit` and `clearAt` in that direction. */
  readonly limit: number;
  readonly clearAt: number;
  readonly tellAfter: number;
}

interface State extends HoldState {
  /** Worst value of the present run, in the direction of the limit. */
  peak: number;
  toldPeak: number;
  toldNs: number;
}

/** An open episode tells of a new worst value at most this often. */
const updateEveryNs = 60e9;

const initialState = (): State => ({
  ...initialHold(),
  peak: Number.NaN,
  toldPeak: Number.NaN,
  toldNs: Number.NaN,
});

/**
 * Finds a signal beyond its limit for `holdSeconds` while its context holds. It clears once the value has come back by
 * `hysteresis`, whatever the context. Only good values count: any other quality neither starts, holds nor clears.
 */
export const threshold = defineRuleKind<ThresholdRule, Prepared, State>({
  kind: "threshold",
  judges: "live",
  schema: ThresholdRule,
  signalOf: ({ signal }) => signal,
  prepare(rule, plan) {
    const sign = rule.above === undefined ? -1 : 1;
    const limit = sign * (rule.above ?? rule.below ?? Number.NaN);
    return {
      rule,
      unit: plan.acquisition.signals[rule.signal]?.unit ?? "",
      sign,
      limit,
      clearAt: limit - rule.hysteresis,
      tellAfter: rule.hysteresis || Math.abs(limit) * 0.05,
      minCount: 1,
      holdNs: rule.holdSeconds * 1e9,
      gapNs: signalGapNs(plan, rule.signal),
    };
  },
  initialState,
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    const badness = prepared.sign * moment.value;
    const hasContext = !Number.isNaN(moment.contextSinceNs);
    const isBeyond = badness > prepared.limit;
    const verdict =
      isBeyond && hasContext
        ? Verdict.yes
        : badness <= prepared.clearAt
          ? Verdict.no
          : Verdict.undecided;
    const begins = !isRunning(state);
    const step = stepHold(state, prepared, verdict, {
      timeNs: moment.timeNs,
      notBeforeNs: moment.contextSinceNs,
    });
    if (begins || badness > state.peak) state.peak = badness;
    return told(prepared, state, step);
  },
  restart(state) {
    restartHold(state);
    state.peak = Number.NaN;
    state.toldPeak = Number.NaN;
    state.toldNs = Number.NaN;
  },
  forget(state) {
    Object.assign(state, initialState());
  },
  describe({ rule, unit, sign, limit }, state, _key, iso) {
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
          observed: sign * state.peak + 0, // never -0, which JSON would not keep
          limit: sign * limit + 0,
          quality: qualityName(Quality.good),
          context: rule.context ?? null,
          from: iso(sinceNs),
          to: iso(state.lastNs),
          rule: rule.id,
        },
      ],
    };
  },
});

/** Makes an update of a step when the worst value has become clearly worse than what was told last. */
function told(prepared: Prepared, state: State, step: Step): Step {
  const isNews =
    step === Step.holding &&
    state.peak - state.toldPeak > prepared.tellAfter &&
    state.lastNs - state.toldNs >= updateEveryNs;
  if (!isNews && step !== Step.raised && step !== Step.renewed) return step;
  state.toldPeak = state.peak;
  state.toldNs = state.lastNs;
  return isNews ? Step.updated : step;
}
