import { ThresholdRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import {
  type HoldLimits,
  type HoldState,
  initialHold,
  isOpen,
  isRunning,
  openHold,
  restartHold,
  Step,
  stepHold,
  Verdict,
} from "../../engine/hold.ts";
import { defineRuleKind } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import {
  type ChatterState,
  chatterOf,
  initialChatter,
  isChattering,
  isChatterNews,
  stepChatter,
} from "./chatter.ts";

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
  chatter: ChatterState;
}

/** An open episode tells of a new worst value at most this often. */
const updateEveryNs = 60e9;

const initialState = (): State => ({
  ...initialHold(),
  peak: Number.NaN,
  toldPeak: Number.NaN,
  toldNs: Number.NaN,
  chatter: initialChatter(),
});

/**
 * Finds a signal beyond its limit for `holdSeconds` while its context holds. It clears once the value has come back by
 * `hysteresis`, whatever the context. Only good values count: any other quality neither starts, holds nor clears. A signal
 * that crosses the limit three times a minute is one episode, found once it was beyond for `holdSeconds` in sum, unless
 * the rule says that the machine's cycle does that.
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
    const { timeNs } = moment;
    state.chatter ??= initialChatter(); // absent in a state that an older version stored
    const { chatter } = state;
    const badness = prepared.sign * moment.value;
    const isBeyond = badness > prepared.limit && !Number.isNaN(moment.contextSinceNs);
    if (!prepared.rule.cyclic)
      stepChatter(chatter, { isBeyond, timeNs, isOpen: isOpen(state), gapNs: prepared.gapNs });
    const isUnsteady = isChattering(chatter);
    const verdict = isBeyond
      ? Verdict.yes
      : badness <= prepared.clearAt && !isUnsteady
        ? Verdict.no
        : Verdict.undecided;
    const begins = !isRunning(state) && !isUnsteady;
    let step = stepHold(state, prepared, verdict, { timeNs, notBeforeNs: moment.contextSinceNs });
    if (step === Step.none && isUnsteady && chatter.beyondNs >= prepared.holdNs)
      step = openHold(state, chatter.sinceNs);
    if (begins || !(badness <= state.peak)) state.peak = badness;
    return told(prepared, state, step);
  },
  restart(state) {
    restartHold(state);
    state.peak = Number.NaN;
    state.toldPeak = Number.NaN;
    state.toldNs = Number.NaN;
    state.chatter = initialChatter();
  },
  forget(state) {
    Object.assign(state, initialState());
  },
  describe({ rule, unit, sign, limit }, state, _key, iso) {
    const sinceNs = Number.isNaN(state.sinceNs) ? state.lastNs : state.sinceNs;
    const chatter = chatterOf(state.chatter);
    return {
      failureMode: rule.failureMode,
      subject: "",
      severity: rule.severity,
      sinceNs,
      ...(chatter ? { chatter } : {}),
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

/** Makes an update of a step when the worst value, or the count of crossings, has clearly grown since it was told. */
function told(prepared: Prepared, state: State, step: Step): Step {
  const { chatter, peak, toldPeak, lastNs, toldNs } = state;
  const hasGrown = peak - toldPeak > prepared.tellAfter || isChatterNews(chatter);
  const isNews = step === Step.holding && hasGrown && lastNs - toldNs >= updateEveryNs;
  if (!isNews && step !== Step.raised && step !== Step.renewed) return step;
  state.toldPeak = peak;
  state.toldNs = lastNs;
  chatter.toldCount = chatter.count;
  return isNews ? Step.updated : step;
}
