/** How often a signal has gone over its limit lately. Times as in `Moment`; plain JSON. */
export interface ChatterState {
  isBeyond: boolean;
  /** Crossings since `sinceNs`; 0 while there is none to speak of. */
  count: number;
  /** First crossing of the present series. */
  sinceNs: number;
  /** The newest crossings, oldest first; as many as make a chatter. */
  recentNs: number[];
  /** Time spent beyond the limit since `sinceNs`. */
  beyondNs: number;
  lastNs: number;
  /** `count` when it was last told. */
  toldCount: number;
}

/** Crossings within this time that make a signal chatter (ISA-18.2: a chattering alarm comes 3 times a minute). */
const chatterCrossings = 3;
const chatterWithinNs = 60e9;
/** A growing count is told when it has grown by this factor. */
const tellFactor = 1.25;

export const initialChatter = (): ChatterState => ({
  isBeyond: false,
  count: 0,
  sinceNs: Number.NaN,
  recentNs: [],
  beyondNs: 0,
  lastNs: Number.NaN,
  toldCount: 0,
});

/** Takes one good value in. A series ends when nothing crosses for a minute and no episode is open. */
export function stepChatter(
  state: ChatterState,
  { isBeyond, timeNs, isOpen, gapNs }: StepOptions,
): void {
  const passedNs = timeNs - state.lastNs;
  if (state.isBeyond && passedNs <= gapNs) state.beyondNs += passedNs;
  if (!isOpen && !(timeNs - (state.recentNs.at(-1) ?? Number.NaN) <= chatterWithinNs))
    endSeries(state);
  if (isBeyond && !state.isBeyond) {
    if (state.count === 0) state.sinceNs = timeNs;
    state.count++;
    state.recentNs.push(timeNs);
    if (state.recentNs.length > chatterCrossings) state.recentNs.shift();
  }
  state.isBeyond = isBeyond;
  state.lastNs = timeNs;
}

/** In place: this is the usual case of every sample. */
function endSeries(state: ChatterState): void {
  state.count = 0;
  state.sinceNs = Number.NaN;
  state.beyondNs = 0;
  state.toldCount = 0;
  if (state.recentNs.length > 0) state.recentNs.length = 0;
}

interface StepOptions {
  readonly isBeyond: boolean;
  readonly timeNs: number;
  /** Whether an episode is open. */
  readonly isOpen: boolean;
  /** A longer silence is no time spent beyond the limit. */
  readonly gapNs: number;
}

/** Whether the signal crosses its limit three times a minute or more. */
export const isChattering = ({ recentNs, lastNs }: ChatterState): boolean =>
  recentNs.length === chatterCrossings && lastNs - (recentNs[0] ?? Number.NaN) <= chatterWithinNs;

/** What is told of a series that chattered; undefined for one that did not. */
export function chatterOf({
  count,
  sinceNs,
  recentNs,
}: ChatterState): { readonly count: number; readonly perMinute: number } | undefined {
  if (count < chatterCrossings) return undefined;
  const minutes = ((recentNs.at(-1) ?? sinceNs) - sinceNs) / 60e9;
  const perMinute = minutes < 1 ? count : Math.round((count - 1) / minutes);
  return { count, perMinute };
}

export const isChatterNews = (state: ChatterState): boolean =>
  isChattering(state) && state.count >= state.toldCount * tellFactor;
