import type { Detector, Judgement } from "./detector.ts";

/** Normal random numbers of a seed (mulberry32, Box-Muller). */
export function gauss(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export type Rows = readonly (readonly number[])[];

const fiveMinutesNs = 300e9;
export const timeOf = (row: number): number => 1_700_000_000e9 + row * fiveMinutesNs;

/** Every row's judgement; with `restartAt`, the state is written out and read back before that row. */
export function judgeAll<State extends object>(
  detector: Detector<State>,
  rows: Rows,
  options: { restartAt?: number; fromRow?: number } = {},
): Judgement[] {
  let state = detector.initialState();
  return rows.map((row, at) => {
    if (at === options.restartAt) state = JSON.parse(JSON.stringify(state));
    return detector.step(state, timeOf(at + (options.fromRow ?? 0)), Float64Array.from(row));
  });
}

export const alarmsOf = (judgements: readonly Judgement[]): number[] =>
  judgements.flatMap(({ isAlarm }, at) => (isAlarm ? [at] : []));

/**
 * Rows of three signals: a load that swings between bounds, a second that follows it, and one of its own, in units far
 * apart. From `at` on something is wrong: the third jumps, or the second follows a load of the same kind, but another.
 */
export function machine(
  seed: number,
  count: number,
  fault?: { at: number; kind: "step" | "relation" },
): Rows {
  const next = gauss(seed);
  let load = 0;
  let stranger = 0;
  return Array.from({ length: count }, (_, row) => {
    load = 0.9 * load + 0.6 * next();
    stranger = 0.9 * stranger + 0.6 * next();
    const since = fault === undefined || row < fault.at ? 0 : row - fault.at + 1;
    // The other load takes over within 30 rows, so that nothing jumps.
    const share = fault?.kind === "relation" ? Math.min(1, since / 30) : 0;
    const followed = (1 - share) * Math.sin(load) + share * Math.sin(stranger);
    const step = fault?.kind === "step" && since > 0 ? 15 : 0;
    return [
      200 + 10 * Math.sin(load) + 0.3 * next(),
      0.04 + 0.002 * followed + 0.0001 * next(),
      -5000 + 300 * (Math.sin(3 * next()) + step),
    ];
  });
}
