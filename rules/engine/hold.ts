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

/** On-delay and episode of one condition. Times are event time, nanoseconds after the start of the epoch's time line. */
export interface HoldState {
  /** 0 idle, 1 pending (on-delay runs), 2 active, 3 active but to be confirmed again. */
  phase: 0 | 1 | 2 | 3;
  /** Start of the present run of `yes`; NaN when there is none. */
  sinceNs: number;
  /** Newest observation; NaN before the first of this epoch. */
  lastNs: number;
  /** Observations of the present run. */
  count: number;
}

export interface HoldLimits {
  readonly minCount: number;
  readonly holdNs: number;
  /** A longer silence than this between two observations ends a run: nobody knows what happened in it. */
  readonly gapNs: number;
}

/** Once a condition has been unknown for this long, its next confirmation counts as a new occurrence. */
export const occurrenceAfterUnknownNs = 5e9;

export const initialHold = (): HoldState => ({
  phase: Phase.idle,
  sinceNs: Number.NaN,
  lastNs: Number.NaN,
  count: 0,
});

export const isOpen = ({ phase }: HoldState): boolean => phase >= Phase.active;

/** Whether a run of `yes` is under way. */
export const isRunning = ({ phase, sinceNs }: HoldState): boolean =>
  phase !== Phase.idle && !Number.isNaN(sinceNs);

/** A new epoch: runs start afresh, an open episode has to be confirmed again and then counts as an occurrence. */
export function restartHold(state: HoldState): void {
  state.lastNs = Number.NaN;
  endRun(state);
  if (state.phase === Phase.active) state.phase = Phase.doubtful;
}

/**
 * Takes one observation in. `notBeforeNs`: the run cannot have begun earlier (start of the context), -Infinity when
 * nothing limits it.
 */
export function stepHold(
  state: HoldState,
  limits: HoldLimits,
  verdict: Verdict,
  { timeNs, notBeforeNs }: { readonly timeNs: number; readonly notBeforeNs: number },
): Step {
  const unknownNs = timeNs - state.lastNs - limits.gapNs;
  state.lastNs = timeNs;
  if (unknownNs > 0) {
    if (state.phase !== Phase.active) endRun(state);
    else if (unknownNs >= occurrenceAfterUnknownNs) {
      endRun(state);
      state.phase = Phase.doubtful;
    }
  }
  if (verdict === Verdict.yes) return confirm(state, limits, timeNs, notBeforeNs);
  if (verdict === Verdict.undecided && state.phase === Phase.active) return Step.holding;
  const wasOpen = isOpen(state);
  if (verdict === Verdict.no && wasOpen) {
    state.phase = Phase.idle;
    return Step.cleared;
  }
  endRun(state);
  return Step.none;
}

/** Opens an episode whose condition was seen otherwise than by one run without a break. */
export function openHold(state: HoldState, sinceNs: number): Step {
  if (state.phase === Phase.active) return Step.holding;
  const step = state.phase === Phase.doubtful ? Step.renewed : Step.raised;
  state.phase = Phase.active;
  state.sinceNs = sinceNs;
  return step;
}

function confirm(state: HoldState, limits: HoldLimits, timeNs: number, notBeforeNs: number): Step {
  if (state.phase === Phase.active) return Step.holding;
  if (state.phase === Phase.idle) {
    endRun(state);
    state.phase = Phase.pending;
  }
  if (Number.isNaN(state.sinceNs)) state.sinceNs = timeNs;
  if (state.sinceNs < notBeforeNs) state.sinceNs = notBeforeNs;
  state.count++;
  if (state.count < limits.minCount || timeNs - state.sinceNs < limits.holdNs) return Step.none;
  const step = state.phase === Phase.doubtful ? Step.renewed : Step.raised;
  state.phase = Phase.active;
  return step;
}

function endRun(state: HoldState): void {
  if (state.phase === Phase.pending) state.phase = Phase.idle;
  state.sinceNs = Number.NaN;
  state.count = 0;
}
