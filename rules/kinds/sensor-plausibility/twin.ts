import type { Moment } from "../../engine/rule-kind.ts";

/** Another sensor that measures the same, and since when the two disagree. Plain JSON; times as in `Moment`. */
export interface TwinState {
  value: number;
  timeNs: number;
  /** NaN while they agree, or nobody knows. */
  apartSinceNs: number;
}

/** So far apart for so long is no lag of one behind the other (engineering default). */
export const apartSeconds = 60;
/** Share of the signal's range that they may differ by, where the rule does not say (engineering default). */
export const apartShare = 0.1;
/** They agree again at this share of it. */
const agreeShare = 0.5;

export const initialTwin = (): TwinState => ({
  value: Number.NaN,
  timeNs: Number.NaN,
  apartSinceNs: Number.NaN,
});

/** Compares a good value of the signal with the twin's newest, unless that is older than its gap. */
export function compareTwin(
  twin: TwinState,
  { timeNs, value, contextSinceNs }: Moment,
  { apart, gapNs }: { readonly apart: number; readonly gapNs: number },
): void {
  const difference = Math.abs(value - twin.value);
  const isKnown = timeNs - twin.timeNs <= gapNs && !Number.isNaN(contextSinceNs);
  if (!isKnown || difference <= apart * agreeShare) twin.apartSinceNs = Number.NaN;
  else if (difference > apart && Number.isNaN(twin.apartSinceNs)) twin.apartSinceNs = timeNs;
}
