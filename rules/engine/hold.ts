import type { Cells } from "./cells.ts";

/** What one observation did to an episode. Numbers, because they come from the hot path. */
export const Step = {
  none: 0,
  /** The condition has lasted long enough: a new episode. */
  raised: 1,
  /** An open episode that had become unknown is confirmed again: the same episode, a new occurrence. */
  renewed: 2,
  /** An open episode has something new worth telling. */
  updated: 3,
  /** An open episode is still true. */
  holding: 4,
  cleared: 5,
} as const;
export type Step = (typeof Step)[keyof typeof Step];

/** What one observation says of the condition; `undecided` neither starts nor ends an episode. */
export const Verdict = { no: -1, undecided: 0, yes: 1 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

const Phase = { idle: 0, pending: 1, active: 2, doubtful: 3 } as const;

/**
 * On-delay and episode of one condition: the first numbers of a rule's state. Times are event time, nanoseconds after the
 * start of the epoch's time line.
 */
export const holdCells = {
  /** 0 idle, 1 pending (on-delay runs), 2 active, 3 active but to be confirmed again. */
  phase: 0,
  /** Start of the present run of `yes`; NaN when there is none. */
  sinceNs: Number.NaN,
  /** Newest observation; NaN before the first of this epoch. */
  lastNs: Number.NaN,
  /** Observations of the present run. */
  count: 0,
};
/** Places of the above. */
const phaseAt = 0;
const sinceAt = 1;
const lastAt = 2;
const countAt = 3;
export const holdSize = 4;

export interface HoldLimits {
  readonly minCount: number;
  readonly holdNs: number;
  /** A longer silence than this between two observations ends a run: nobody knows what happened in it. */
  readonly gapNs: number;
}

/** Once a condition has been unknown for this long, its next confirmation counts as a new occurrence. */
export const occurrenceAfterUnknownNs = 5e9;

/** As if the condition had never been seen. */
export function beginHold({ numbers, at }: Cells): void {
  numbers[at + phaseAt] = Phase.idle;
  numbers[at + sinceAt] = Number.NaN;
  numbers[at + lastAt] = Number.NaN;
  numbers[at + countAt] = 0;
}

export const isOpen = ({ numbers, at }: Cells): boolean =>
  (numbers[at + phaseAt] as number) >= Phase.active;

/** Start of the present run of `yes`; NaN when there is none. */
export const sinceOf = ({ numbers, at }: Cells): number => numbers[at + sinceAt] as number;

/** Newest observation; NaN before the first of this epoch. */
export const lastOf = ({ numbers, at }: Cells): number => numbers[at + lastAt] as number;

/** Whether a run of `yes` is under way. */
export const isRunning = ({ numbers, at }: Cells): boolean =>
  numbers[at + phaseAt] !== Phase.idle && !Number.isNaN(numbers[at + sinceAt]);

/** A new epoch: runs start afresh, an open episode has to be confirmed again and then counts as an occurrence. */
export function restartHold(state: Cells): void {
  const { numbers, at } = state;
  numbers[at + lastAt] = Number.NaN;
  endRun(state);
  if (numbers[at + phaseAt] === Phase.active) numbers[at + phaseAt] = Phase.doubtful;
}

/** When something was observed: the moment itself, so that nothing is made for a sample. */
export interface When {
  timeNs: number;
  /** The run cannot have begun earlier; -Infinity when nothing limits it. */
  contextSinceNs: number;
}

/** Takes one observation in. */
export function stepHold(
  state: Cells,
  limits: HoldLimits,
  verdict: Verdict,
  when: Readonly<When>,
): Step {
  const { numbers, at } = state;
  const phase = numbers[at + phaseAt] as number;
  const unknownNs = when.timeNs - (numbers[at + lastAt] as number) - limits.gapNs;
  numbers[at + lastAt] = when.timeNs;
  // The usual case of every sample: nothing is under way, and nothing begins.
  if (phase === Phase.idle && verdict !== Verdict.yes) {
    endRun(state);
    return Step.none;
  }
  if (unknownNs > 0) noteUnknown(state, unknownNs);
  if (verdict === Verdict.yes) return confirm(state, limits, when);
  return deny(state, verdict);
}

/** A silence that was too long by so much: nobody knows what happened in it. */
function noteUnknown(state: Cells, unknownNs: number): void {
  const { numbers, at } = state;
  if (numbers[at + phaseAt] !== Phase.active) endRun(state);
  else if (unknownNs >= occurrenceAfterUnknownNs) {
    endRun(state);
    numbers[at + phaseAt] = Phase.doubtful;
  }
}

function deny(state: Cells, verdict: Verdict): Step {
  const { numbers, at } = state;
  if (verdict === Verdict.undecided && numbers[at + phaseAt] === Phase.active) return Step.holding;
  if (verdict === Verdict.no && isOpen(state)) {
    numbers[at + phaseAt] = Phase.idle;
    return Step.cleared;
  }
  endRun(state);
  return Step.none;
}

/** Opens an episode whose condition was seen otherwise than by one run without a break. */
export function openHold({ numbers, at }: Cells, sinceNs: number): Step {
  const phase = numbers[at + phaseAt];
  if (phase === Phase.active) return Step.holding;
  numbers[at + phaseAt] = Phase.active;
  numbers[at + sinceAt] = sinceNs;
  return phase === Phase.doubtful ? Step.renewed : Step.raised;
}

function confirm(
  state: Cells,
  limits: HoldLimits,
  { timeNs, contextSinceNs }: Readonly<When>,
): Step {
  const { numbers, at } = state;
  if (numbers[at + phaseAt] === Phase.active) return Step.holding;
  if (numbers[at + phaseAt] === Phase.idle) {
    endRun(state);
    numbers[at + phaseAt] = Phase.pending;
  }
  let sinceNs = numbers[at + sinceAt] as number;
  if (Number.isNaN(sinceNs)) sinceNs = timeNs;
  if (sinceNs < contextSinceNs) sinceNs = contextSinceNs;
  numbers[at + sinceAt] = sinceNs;
  const count = (numbers[at + countAt] as number) + 1;
  numbers[at + countAt] = count;
  if (count < limits.minCount || timeNs - sinceNs < limits.holdNs) return Step.none;
  const step = numbers[at + phaseAt] === Phase.doubtful ? Step.renewed : Step.raised;
  numbers[at + phaseAt] = Phase.active;
  return step;
}

function endRun({ numbers, at }: Cells): void {
  if (numbers[at + phaseAt] === Phase.pending) numbers[at + phaseAt] = Phase.idle;
  numbers[at + sinceAt] = Number.NaN;
  numbers[at + countAt] = 0;
}
