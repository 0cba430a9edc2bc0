/**
 * The seed of this run: `FIREBREAK_SEED`, else the same every time, and a new one in the long run (`npm run test:soak`).
 * Print it, so that a failure can be played again.
 */
export const seedOfRun = (): number =>
  Number(
    process.env.FIREBREAK_SEED ??
      (process.env.FIREBREAK_SOAK ? Math.floor(Math.random() * 1_000_000) : 20_260_101),
  );

/** Evenly spread numbers from 0 to below 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));

/** One line of figures of a fault test, so that a run can be quoted. */
export const report = (test: string, figures: object): void =>
  void process.stdout.write(`${test}: ${JSON.stringify(figures)}\n`);
