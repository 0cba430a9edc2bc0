import { WindowCountRule } from "@firebreak/plans/live-rules-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { beginAfresh, type Cells, layoutOf, placesOf } from "../../engine/cells.ts";
import { Step } from "../../engine/hold.ts";
import { defineRuleKind, type Moment } from "../../engine/rule-kind.ts";
import { signalClaim } from "../../engine/signal-claim.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import { noteWorst, toldStep, worstCells, worstOf } from "../../engine/worst-told.ts";
import type { Saying } from "../../finding.ts";
import {
  firstOnset,
  moveWindow,
  noteOnset,
  onsetCount,
  spendInWindow,
  totalOf,
  windowCells,
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

/** Those of the worst stand where they stand behind a hold. */
const cells = {
  isOpen: 0,
  /** 1: a new epoch began since it was open; to be confirmed. */
  isDoubtful: 0,
  /** Begin of the present stay beyond the limit, NaN while there is none; 1 when it has been counted. */
  stayNs: Number.NaN,
  isCounted: 0,
  ...worstCells,
  /** First and newest sample of this epoch. */
  startNs: Number.NaN,
  lastNs: Number.NaN,
  /** Begin of the episode. */
  sinceNs: Number.NaN,
  ...windowCells,
};
const layout = layoutOf(cells);
const cell = placesOf(cells);
const windowAt = cell.sinceNs + 1;

/** It clears once the window holds less than this share of what raised it (engineering default). */
const clearShare = 0.5;

/**
 * Finds what is no fault once and is one too often: stays of a signal beyond a limit, counted or summed up over a
 * sliding window, while the context holds. Only good values count; a stay does not outlast a gap.
 */
export const windowCount = defineRuleKind<WindowCountRule, Prepared>({
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
  layout: () => layout,
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    const { numbers, at } = state;
    const { timeNs } = moment;
    if (Number.isNaN(numbers[at + cell.startNs])) numbers[at + cell.startNs] = timeNs;
    moveWindow(numbers, at + windowAt, prepared.windowNs, timeNs);
    takeStay(prepared, state, moment);
    numbers[at + cell.lastNs] = timeNs;
    return judge(prepared, state);
  },
  restart(_, state) {
    const { numbers, at } = state;
    const isOpen = numbers[at + cell.isOpen] as number;
    beginAfresh(state, layout);
    numbers[at + cell.isOpen] = isOpen;
    numbers[at + cell.isDoubtful] = isOpen;
  },
  forget: (_, state) => beginAfresh(state, layout),
  describe({ rule, most }, state, _key, iso) {
    const { numbers, at } = state;
    const said =
      rule.count === undefined
        ? ({ unit: "s", measure: "duration" } as const)
        : ({ unit: "count", measure: "count" } as const);
    const worst = worstOf(state);
    const says = sayingOf(rule, worst, most);
    const sinceNs = numbers[at + cell.sinceNs] as number;
    const toNs = numbers[at + cell.lastNs] as number;
    return signalClaim(rule, { ...said, observed: worst, limit: most, says, sinceNs, toNs }, iso);
  },
});

/** Follows the present stay: when it begins, counts, and ends. */
function takeStay(prepared: Prepared, { numbers, at }: Cells, moment: Moment): void {
  const { timeNs } = moment;
  const badness = prepared.sign * moment.value;
  const passedNs = timeNs - (numbers[at + cell.lastNs] as number);
  const isGap = passedNs > prepared.gapNs;
  const isOutside = Number.isNaN(moment.contextSinceNs);
  const wasBeyond = !Number.isNaN(numbers[at + cell.stayNs]) && !isGap;
  if (wasBeyond) spendInWindow(numbers, at + windowAt, passedNs);
  if (isOutside || isGap || badness <= prepared.backAt || !(wasBeyond || badness > prepared.limit))
    numbers[at + cell.stayNs] = Number.NaN;
  if (!isOutside && badness > prepared.limit && Number.isNaN(numbers[at + cell.stayNs])) {
    numbers[at + cell.stayNs] = timeNs;
    numbers[at + cell.isCounted] = 0;
  }
  const stayNs = numbers[at + cell.stayNs] as number;
  if (numbers[at + cell.isCounted] === 1 || !(timeNs - stayNs >= prepared.minNs)) return;
  numbers[at + cell.isCounted] = 1;
  noteOnset(numbers, at + windowAt, stayNs);
}

function judge({ rule, most, windowNs }: Prepared, state: Cells): Step {
  const { numbers, at } = state;
  const lastNs = numbers[at + cell.lastNs] as number;
  const isOpen = numbers[at + cell.isOpen] === 1;
  const window = at + windowAt;
  const amount =
    rule.count === undefined ? totalOf(numbers, window) / 1e9 : onsetCount(numbers, window);
  noteWorst(state, amount, !isOpen);
  if (amount >= most) return toldStep(state, confirm(state, windowNs), lastNs);
  const startNs = numbers[at + cell.startNs] as number;
  // Behind a new epoch nothing is known of the window before it.
  if (!isOpen || amount >= most * clearShare || lastNs - startNs < windowNs) return Step.none;
  numbers[at + cell.isOpen] = 0;
  numbers[at + cell.isDoubtful] = 0;
  return Step.cleared;
}

function confirm({ numbers, at }: Cells, windowNs: number): Step {
  const isOpen = numbers[at + cell.isOpen] === 1;
  if (isOpen && numbers[at + cell.isDoubtful] === 0) return Step.holding;
  numbers[at + cell.isOpen] = 1;
  numbers[at + cell.isDoubtful] = 0;
  const onsetNs = firstOnset(numbers, at + windowAt);
  const startNs = numbers[at + cell.startNs] as number;
  const lastNs = numbers[at + cell.lastNs] as number;
  numbers[at + cell.sinceNs] = Number.isNaN(onsetNs)
    ? Math.max(startNs, lastNs - windowNs)
    : onsetNs;
  return isOpen ? Step.renewed : Step.raised;
}

function sayingOf({ count, windowSeconds }: WindowCountRule, worst: number, most: number): Saying {
  const window = { is: "duration", seconds: windowSeconds } as const;
  const times = (value: number) => ({ is: "count", value }) as const;
  const time = (seconds: number) => ({ is: "duration", seconds }) as const;
  return count === undefined
    ? { word: "summed", facts: { length: time(worst), most: time(most), window } }
    : { word: "counted", facts: { count: times(worst), most: times(most), window } };
}
