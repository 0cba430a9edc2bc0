/** The last spike that was let through. */
export interface Rest {
  rows: number;
  /** Row of the last spike; null before the first. */
  last: number | null;
  size: number;
}

/** A spike rests what comes after it for this share of the rows seen, at most `longestRest` rows. */
const share = 0.03;
const longestRest = 300;

export const noRest = (): Rest => ({ rows: 0, last: null, size: 0 });

/**
 * Lets one spike of an event through: while it rests, only what is larger than it. One trouble is one alarm, not one for
 * each row that it lasts.
 */
export function stepRest(rest: Rest, spike: number): number {
  const row = rest.rows++;
  if (spike <= 0) return 0;
  const isResting = rest.last !== null && row - rest.last <= Math.min(longestRest, share * row);
  if (isResting && spike <= rest.size) return 0;
  rest.last = row;
  rest.size = spike;
  return spike;
}
