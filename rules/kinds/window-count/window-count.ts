import { WindowCountRule } from "@firebreak/plans/live-rules-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { Step } from "../../engine/hold.ts";
import { defineRuleKind, type Moment } from "../../engine/rule-kind.ts";
import { signalClaim } from "../../engine/signal-claim.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import { initialWorst, noteWorst, toldStep, type WorstTold } from "../../engine/worst-told.ts";
import type { Saying } from "../../finding.ts";
import {
  emptyWindow,
  moveWindow,
  noteOnset,
  type SlidingWindow,
  spendInWindow,
} from "./sliding-window.ts";

interface Prepared {
  readonly rule: WindowCountRule;
  /** 1 for above, -1 for below: what is beyond is always greater. */
  readonly sign: 1 | -1;
  readonly limit: number;
  readonly backAt: number;
  readonly minNs: number;
  readonly windowNs: number;
  readonly gapNs: number;
  /** How many, or how many seconds. */
  readonly most: number;
}

interface State extends WorstTold {
  isOpen: boolean;
  /** A new epoch began since it was open: to be confirmed. */
  isDoubtful: boolean;
  /** Begin of the present stay beyond the limit; NaN while there is none. */
  stayNs: number;
  /** Whether the present stay has been counted. */
  isCounted: boolean;
  /** First and newest sample of this epoch. */
  startNs: number;
  lastNs: number;
  /** Begin of the episode. */
  sinceNs: number;
  window: SlidingWindow;
}

/** It clears once the window holds less than this share of what raised it (engineering default). */
const clearShare = 0.5;

const initialState = (): State => ({
  ...initialWorst(),
  ...{ isOpen: false, isDoubtful: false, isCounted: false },
  ...{ stayNs: Number.NaN, startNs: Number.NaN, lastNs: Number.NaN, sinceNs: Number.NaN },
  window: emptyWindow(),
});

/**
 * Finds what is no fault once and is one too often: stays of a signal beyond a limit, counted or summed up over a
 * sliding window, while the context holds. Only good values count; a stay does not outlast a gap.
 */
export const windowCount = defineRuleKind<WindowCountRule, Prepared, State>({
  kind: "window-count",
  judges: "live",
  schema: WindowCountRule,
  signalOf: ({ signal }) => signal,
  prepare(rule, plan) {
    const sign = rule.above === undefined ? -1 : 1;
    const limit = sign * (rule.above ?? rule.below ?? Number.NaN);
    return {
      rule,
      sign,
      limit,
      backAt: limit - rule.hysteresis,
      minNs: (rule.minSeconds ?? 0) * 1e9,
      windowNs: rule.windowSeconds * 1e9,
      gapNs: signalGapNs(plan, rule.signal),
      most: rule.count ?? rule.totalSeconds ?? Number.NaN,
    };
  },
  initialState,
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    const { timeNs } = moment;
    if (Number.isNaN(state.startNs)) state.startNs = timeNs;
    moveWindow(state.window, prepared.windowNs, timeNs);
    takeStay(prepared, state, moment);
    state.lastNs = timeNs;
    return judge(prepared, state);
  },
  restart(state) {
    const { isOpen } = state;
    Object.assign(state, { ...initialState(), isOpen, isDoubtful: isOpen });
  },
  forget(state) {
    Object.assign(state, initialState());
  },
  describe({ rule, most }, { worst, sinceNs, lastNs }, _key, iso) {
    const said =
      rule.count === undefined
        ? ({ unit: "s", measure: "duration" } as const)
        : ({ unit: "count", measure: "count" } as const);
    const says = sayingOf(rule, worst, most);
    return signalClaim(
      rule,
      { ...said, observed: worst, limit: most, says, sinceNs, toNs: lastNs },
      iso,
    );
  },
});

/** Follows the present stay: when it begins, counts, and ends. */
function takeStay(prepared: Prepared, state: State, moment: Moment): void {
  const { timeNs } = moment;
  const badness = prepared.sign * moment.value;
  const isGap = timeNs - state.lastNs > prepared.gapNs;
  const isOutside = Number.isNaN(moment.contextSinceNs);
  const wasBeyond = !Number.isNaN(state.stayNs) && !isGap;
  if (wasBeyond) spendInWindow(state.window, timeNs - state.lastNs);
  if (isOutside || isGap || badness <= prepared.backAt || !(wasBeyond || badness > prepared.limit))
    state.stayNs = Number.NaN;
  if (!isOutside && badness > prepared.limit && Number.isNaN(state.stayNs)) {
    state.stayNs = timeNs;
    state.isCounted = false;
  }
  if (state.isCounted || !(timeNs - state.stayNs >= prepared.minNs)) return;
  state.isCounted = true;
  noteOnset(state.window, state.stayNs);
}

function judge({ rule, most, windowNs }: Prepared, state: State): Step {
  const { window, lastNs } = state;
  const amount = rule.count === undefined ? window.totalNs / 1e9 : window.onsetsNs.length;
  noteWorst(state, amount, !state.isOpen);
  if (amount >= most) return toldStep(state, confirm(state, windowNs), lastNs);
  // Behind a new epoch nothing is known of the window before it.
  if (!state.isOpen || amount >= most * clearShare || lastNs - state.startNs < windowNs)
    return Step.none;
  state.isOpen = false;
  state.isDoubtful = false;
  return Step.cleared;
}

function confirm(state: State, windowNs: number): Step {
  if (state.isOpen && !state.isDoubtful) return Step.holding;
  const step = state.isOpen ? Step.renewed : Step.raised;
  state.isOpen = true;
  state.isDoubtful = false;
  const { onsetsNs } = state.window;
  state.sinceNs = onsetsNs[0] ?? Math.max(state.startNs, state.lastNs - windowNs);
  return step;
}

function sayingOf({ count, windowSeconds }: WindowCountRule, worst: number, most: number): Saying {
  const window = { is: "duration", seconds: windowSeconds } as const;
  const times = (value: number) => ({ is: "count", value }) as const;
  const time = (seconds: number) => ({ is: "duration", seconds }) as const;
  return count === undefined
    ? { word: "summed", facts: { length: time(worst), most: time(most), window } }
    : { word: "counted", facts: { count: times(worst), most: times(most), window } };
}
