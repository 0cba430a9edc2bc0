/** A seeded source of numbers in [0, 1), so that a run can be repeated (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mixed(state);
  };
}

/** A number in [0, 1) that depends on its arguments alone: what one day draws never depends on the days before. */
export function drawn(seed: number, ...place: readonly number[]): number {
  let state = seed >>> 0;
  for (const part of place) state = Math.imul(state ^ (part | 0), 0x9e3779b1) + 0x7f4a7c15;
  return mixed(mixedBits(state >>> 0));
}

/** As `drawn`, but around 0 with a standard deviation of 1 (sum of twelve, clipped at ±6). */
export function drawnNormal(seed: number, ...place: readonly number[]): number {
  let sum = -6;
  for (let turn = 0; turn < 12; turn++) sum += drawn(seed, ...place, turn);
  return sum;
}

/** A seed for one purpose out of a seed for all, so that two purposes never share their numbers. */
export function seedFor(seed: number, purpose: string): number {
  let state = seed >>> 0;
  for (let at = 0; at < purpose.length; at++)
    state = Math.imul(state ^ purpose.charCodeAt(at), 0x01000193);
  return mixedBits(state >>> 0);
}

function mixedBits(state: number): number {
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return (bits ^ (bits >>> 14)) >>> 0;
}

const mixed = (state: number): number => mixedBits(state) / 2 ** 32;
