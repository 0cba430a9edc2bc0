import { RateOfChangeRule } from "@firebreak/plans/live-rules-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { beginAfresh, type Cells, layoutOf } from "../../engine/cells.ts";
import {
  type HoldLimits,
  holdCells,
  holdSize,
  isRunning,
  lastOf,
  restartHold,
  Step,
  sinceOf,
  stepHold,
  Verdict,
} from "../../engine/hold.ts";
import {
  emptyRow,
  rowCells,
  rowFrom,
  rowLast,
  rowMeanTime,
  rowSize,
  stepRow,
} from "../../engine/row.ts";
import { defineRuleKind, type Moment } from "../../engine/rule-kind.ts";
import { signalClaim } from "../../engine/signal-claim.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import { noteWorst, toldStep, worstCells, worstOf, worstSize } from "../../engine/worst-told.ts";
import { addPoint, clearPoints, medianSlope, mostPoints, pointCells } from "./slope.ts";

interface Prepared extends HoldLimits {
  readonly rule: RateOfChangeRule;
  /** Of the rate. */
  readonly unit: string;
  /** 1 for rise, -1 for fall: what is worse is always greater. */
  readonly sign: 1 | -1;
  /** In the signal's unit per second, in that direction. */
  readonly limit: number;
  readonly perSeconds: number;
  readonly overNs: number;
  readonly everyNs: number;
  readonly signalGapNs: number;
}

const layout = layoutOf({ ...holdCells, ...worstCells, ...rowCells, ...pointCells });
const rowAt = holdSize + worstSize;
const pointsAt = rowAt + rowSize;

const secondsOf = { second: 1, minute: 60, hour: 3600 } as const;
const shortOf = { second: "s", minute: "min", hour: "h" } as const;
/** It clears once the rate is back at this share of the limit (engineering default). */
const clearShare = 0.5;

/**
 * Finds a signal that rises or falls faster than its limit for `holdSeconds`, while its context holds: the median slope
 * of nine points over `overSeconds`, so that a stray sample moves nothing. Only good values of the context count.
 */
export const rateOfChange = defineRuleKind<RateOfChangeRule, Prepared>({
  kind: "rate-of-change",
  judges: "live",
  schema: RateOfChangeRule,
  signalOf: ({ signal }) => signal,
  prepare(rule, plan) {
    const perSeconds = secondsOf[rule.per];
    const gapNs = signalGapNs(plan, rule.signal);
    const overNs = rule.overSeconds * 1e9;
    const everyNs = overNs / (mostPoints - 1);
    return {
      rule,
      unit: `${plan.acquisition.signals[rule.signal]?.unit ?? ""}/${shortOf[rule.per]}`,
      sign: rule.rise === undefined ? -1 : 1,
      limit: (rule.rise ?? rule.fall ?? Number.NaN) / perSeconds,
      perSeconds,
      overNs,
      everyNs,
      signalGapNs: gapNs,
      minCount: 1,
      holdNs: rule.holdSeconds * 1e9,
      gapNs: Math.max(gapNs, everyNs * 2.5),
    };
  },
  layout: () => layout,
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    const slope = slopeOf(prepared, state, moment);
    if (Number.isNaN(slope)) return Step.none;
    const { limit, sign } = prepared;
    const badness = sign * slope;
    const verdict =
      badness > limit
        ? Verdict.yes
        : badness <= limit * clearShare
          ? Verdict.no
          : Verdict.undecided;
    noteWorst(state, badness, !isRunning(state));
    const step = stepHold(state, prepared, verdict, moment);
    return toldStep(state, step, moment.timeNs);
  },
  restart(_, state) {
    const { numbers, at } = state;
    restartHold(state);
    numbers.set(layout.initial.subarray(holdSize), at + holdSize);
  },
  forget: (_, state) => beginAfresh(state, layout),
  describe({ rule, unit, sign, limit, perSeconds }, state, _key, iso) {
    const observed = sign * worstOf(state) * perSeconds;
    const seen = { unit, observed, limit: sign * limit * perSeconds, measure: "rate" } as const;
    return signalClaim(rule, { ...seen, sinceNs: sinceOf(state), toNs: lastOf(state) }, iso);
  },
});

/** The slope once a point is complete, NaN otherwise. A gap, or a time without the context, begins afresh. */
function slopeOf(prepared: Prepared, { numbers, at }: Cells, moment: Moment): number {
  const { timeNs, contextSinceNs } = moment;
  const row = at + rowAt;
  const points = at + pointsAt;
  const isGap = timeNs - rowLast(numbers, row) > prepared.signalGapNs;
  const isOutside = Number.isNaN(contextSinceNs);
  if (isGap || isOutside || rowFrom(numbers, row) < contextSinceNs) {
    clearPoints(numbers, points);
    emptyRow(numbers, row);
  }
  if (isOutside) return Number.NaN;
  const value = stepRow(numbers, row, prepared.everyNs, moment);
  if (Number.isNaN(value)) return Number.NaN;
  addPoint(numbers, points, prepared.overNs, { timeNs: rowMeanTime(numbers, row), value });
  return medianSlope(numbers, points, prepared.overNs);
}
