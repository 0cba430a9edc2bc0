/**
 * How far a sound machine is from the median of others, in robust standard deviations of theirs, at most: exceeded by one
 * machine in 10,000 where machines vary normally. By simulation, 400,000 machines each: few others leave their scatter
 * unknown, so that only gross differences can be told.
 */
const limits: readonly (readonly [machines: number, limit: number])[] = [
  [5, 139.7],
  [6, 43.3],
  [7, 38.8],
  [8, 21.6],
  [10, 15.1],
  [12, 11.7],
  [15, 10.1],
  [20, 7.5],
  [30, 5.9],
  [60, 4.7],
];

export const fewestPeers = 5;

/** `machines`: others, from five. Between the sizes that were simulated the smaller one counts. */
export const limitFor = (machines: number): number =>
  limits.findLast(([size]) => size <= machines)?.[1] ?? Number.POSITIVE_INFINITY;
