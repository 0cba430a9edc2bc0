import { ThresholdRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { beginAfresh, type Cells, layoutOf } from "../../engine/cells.ts";
import {
  type HoldLimits,
  holdCells,
  holdSize,
  isOpen,
  isRunning,
  lastOf,
  openHold,
  restartHold,
  Step,
  sinceOf,
  stepHold,
  Verdict,
} from "../../engine/hold.ts";
import { defineRuleKind } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import {
  beyondOf,
  chatterCells,
  chatterEnd,
  chatteredCells,
  chatterOf,
  isChattering,
  isChatterNews,
  noteChatterTold,
  seriesSince,
  stepChatter,
} from "./chatter.ts";
import { endingCells, restartEnding, stepEnding } from "./ending.ts";

interface Prepared extends HoldLimits {
  readonly rule: ThresholdRule;
  readonly unit: string;
  /** 1 for above, -1 for below: what is worse is always greater. */
  readonly sign: 1 | -1;
  /** `limit` and `clearAt` in that direction. */
  readonly limit: number;
  readonly clearAt: number;
  readonly tellAfter: number;
  /** How long it must be back to end an episode. */
  readonly clearNs: number;
  /** The signal is reckoned only while a context holds: its silence is a break of that, and says nothing of the machine. */
  readonly isReckonedInContext: boolean;
}

const layout = layoutOf({
  ...holdCells,
  ...chatterCells,
  /** Worst value of the present run, in the direction of the limit; the one that was told last, and when. */
  peak: Number.NaN,
  toldPeak: Number.NaN,
  toldNs: Number.NaN,
  ...chatteredCells,
  ...endingCells,
});
const peakAt = chatterEnd;
const toldPeakAt = chatterEnd + 1;
const toldNsAt = chatterEnd + 2;

/** An open episode tells of a new worst value at most this often. */
const updateEveryNs = 60e9;

/**
 * Finds a signal beyond its limit for `holdSeconds` while its context holds. It clears once the value has been back by
 * `hysteresis` for `clearSeconds` of the context: what a break of the context hides is not over. Only good values count:
 * any other quality neither starts, holds nor clears. A signal that crosses the limit three times a minute is one episode,
 * found once it was beyond for `holdSeconds` in sum, unless the rule says that the machine's cycle does that.
 */
export const threshold = defineRuleKind<ThresholdRule, Prepared>({
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
      isReckonedInContext: plan.rules.derived?.[rule.signal]?.context !== undefined,
      clearNs: (rule.clearSeconds ?? rule.holdSeconds) * 1e9,
      gapNs: signalGapNs(plan, rule.signal),
    };
  },
  layout: () => layout,
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    const badness = prepared.sign * moment.value;
    const isInContext = !Number.isNaN(moment.contextSinceNs);
    const isBeyond = badness > prepared.limit && isInContext;
    if (!prepared.rule.cyclic) stepChatter(state, prepared, moment, isBeyond);
    const isUnsteady = isChattering(state);
    const isBack = badness <= prepared.clearAt && !isUnsteady;
    const isOver = isOpen(state)
      ? stepEnding(state, { timeNs: moment.timeNs, isBeyond, isBack, isInContext }, prepared)
      : isBack;
    const verdict = isBeyond ? Verdict.yes : isOver ? Verdict.no : Verdict.undecided;
    const begins = !isRunning(state) && !isUnsteady;
    let step = stepHold(state, prepared, verdict, moment);
    if (step === Step.none && isUnsteady && beyondOf(state) >= prepared.holdNs)
      step = openHold(state, seriesSince(state));
    if (step === Step.renewed && prepared.isReckonedInContext) step = Step.holding;
    if (step === Step.raised || step === Step.cleared) restartEnding(state);
    const { numbers, at } = state;
    if (begins || !(badness <= (numbers[at + peakAt] as number))) numbers[at + peakAt] = badness;
    // A value that is back does not say that the fault is still there.
    return told(prepared, state, step === Step.holding && isBack ? Step.none : step);
  },
  restart(_, state) {
    const { numbers, at } = state;
    restartHold(state);
    numbers.set(layout.initial.subarray(holdSize), at + holdSize);
  },
  forget: (_, state) => beginAfresh(state, layout),
  describe({ rule, unit, sign, limit }, state, _key, iso) {
    const toNs = lastOf(state);
    const sinceNs = Number.isNaN(sinceOf(state)) ? toNs : sinceOf(state);
    const chatter = chatterOf(state);
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
          observed: sign * (state.numbers[state.at + peakAt] as number) + 0, // never -0, which JSON would not keep
          limit: sign * limit + 0,
          quality: qualityName(Quality.good),
          context: rule.context ?? null,
          from: iso(sinceNs),
          to: iso(toNs),
          rule: rule.id,
        },
      ],
    };
  },
});

/** Makes an update of a step when the worst value, or the count of crossings, has clearly grown since it was told. */
function told(prepared: Prepared, state: Cells, step: Step): Step {
  if (step === Step.none || step === Step.cleared) return step;
  const { numbers, at } = state;
  const peak = numbers[at + peakAt] as number;
  const lastNs = lastOf(state);
  const hasGrown =
    peak - (numbers[at + toldPeakAt] as number) > prepared.tellAfter || isChatterNews(state);
  const isNews =
    step === Step.holding &&
    hasGrown &&
    lastNs - (numbers[at + toldNsAt] as number) >= updateEveryNs;
  if (!isNews && step !== Step.raised && step !== Step.renewed) return step;
  numbers[at + toldPeakAt] = peak;
  numbers[at + toldNsAt] = lastNs;
  noteChatterTold(state);
  return isNews ? Step.updated : step;
}
