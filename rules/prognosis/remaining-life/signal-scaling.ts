import type { History } from "./history.ts";

/** How one signal is brought to a common scale. */
export interface SignalScaling {
  /** Its place in the histories. */
  readonly signal: number;
  /** Mean and standard deviation in early life. */
  readonly level: number;
  readonly spread: number;
  /** 1 where it rises towards the end, -1 where it falls. */
  readonly sign: 1 | -1;
  /** How far its late means are off its early ones, in standard errors, root mean square over units; noise gives 1. */
  readonly evidence: number;
}

/** Early and late life, shares of a history. Engineering default. */
const earlyShare = 0.3;
const lateShare = 0.1;
/** Below, a signal is taken for noise. Engineering default: 2 of 1 expected. */
export const leastEvidence = 2;

/**
 * Which signals change over a life, most telling first, so that neither names nor order of columns matter; signals that
 * never change, or no more than noise does, are left out. All of them if none does.
 */
export function learnScaling(histories: readonly History[]): readonly SignalScaling[] {
  const count = histories[0]?.signals.length ?? 0;
  const changing = Array.from({ length: count }, (_, signal) =>
    scalingOf(histories, signal),
  ).filter((scaling) => scaling !== undefined);
  const telling = changing.filter(({ evidence }) => evidence > leastEvidence);
  return (telling.length > 0 ? telling : changing).sort((a, b) => b.evidence - a.evidence);
}

function scalingOf(histories: readonly History[], signal: number): SignalScaling | undefined {
  const lives = histories.map(({ signals }) => signals[signal] ?? new Float64Array(0));
  const early = lives.map((life) => life.subarray(0, earlyRows(life.length)));
  const level = meanOf(early.flatMap((part) => [...part]));
  const spread = Math.sqrt(
    meanOf(early.flatMap((part) => Array.from(part, (v) => (v - level) ** 2))),
  );
  // What differs by less than rounding does not differ.
  if (!(spread > 1e-12 * Math.abs(level))) return undefined;
  const changes = lives.map((life, at) => {
    const late = life.subarray(life.length - lateRows(life.length));
    const first = early[at] ?? late;
    const error = spread * Math.sqrt(1 / late.length + 1 / first.length);
    return (meanOf(late) - meanOf(first)) / error;
  });
  return {
    signal,
    level,
    spread,
    sign: meanOf(changes) < 0 ? -1 : 1,
    evidence: Math.sqrt(meanOf(changes.map((change) => change ** 2))),
  };
}

/** How many rows of a history are its early life. */
export const earlyRows = (count: number): number =>
  Math.min(count, Math.max(3, Math.floor(count * earlyShare)));

const lateRows = (count: number): number =>
  Math.min(count, Math.max(3, Math.floor(count * lateShare)));

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] ?? 0;
  return sum / Math.max(1, values.length);
}

/** A signal on its common scale: 0 as in early life, 1 a standard deviation towards the end. */
export const scaled = (history: History, { signal, level, spread, sign }: SignalScaling) =>
  Float64Array.from(history.signals[signal] ?? [], (value) => (sign * (value - level)) / spread);
