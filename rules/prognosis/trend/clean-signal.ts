/** A signal as distance below its limit, cleaned. */
export interface CleanSignal {
  /** Newest first; > 0 where the limit is not reached. Lone outliers are pulled in. */
  readonly distances: Float64Array;
  /** Standard deviation of the noise; 0 for a signal without any. */
  readonly noise: number;
  /** How much of a sample each sample is worth: 1 for white noise, less where neighbours err alike. */
  readonly worth: number;
}

/** Samples on each side of a running median: it follows growth and forgets noise. Engineering default. */
const halfWindow = 7;
/** Noise is cut off beyond so many standard deviations. @see Huber 1981, "Robust Statistics", winsorising */
const cutAt = 3;
/** Standard deviation of normal noise per median absolute deviation. @see Rousseeuw & Croux 1993 */
const sdPerMad = 1.4826;

/** `distances`: oldest first, one per cycle, finite, > 0 before the limit. */
export function cleanSignal(distances: Float64Array): CleanSignal {
  const middle = runningMedian(distances);
  const rests = distances.map((distance, at) => distance - (middle[at] ?? 0));
  const noise = noiseOf(rests);
  const bound = cutAt * noise;
  const cut = rests.map((rest, at) => (middle[at] ?? 0) + Math.max(-bound, Math.min(bound, rest)));
  return { distances: cut.reverse(), noise, worth: worthOf(rests) };
}

/** Of each value and its neighbours; the window is kept in order as it moves. */
function runningMedian(values: Float64Array): Float64Array {
  const middles = new Float64Array(values.length);
  const inOrder: number[] = [];
  for (let at = -halfWindow; at < values.length; at++) {
    const coming = values[at + halfWindow];
    const going = values[at - halfWindow - 1];
    if (going !== undefined) inOrder.splice(inOrder.indexOf(going), 1);
    if (coming !== undefined) {
      const above = inOrder.findIndex((value) => value > coming);
      inOrder.splice(above < 0 ? inOrder.length : above, 0, coming);
    }
    if (at >= 0) middles[at] = middleOf(inOrder);
  }
  return middles;
}

/** Robust where it can be; a signal in coarse steps, most rests of which are 0, has its plain deviation. */
function noiseOf(rests: Float64Array): number {
  const robust = sdPerMad * median(rests.map(Math.abs));
  if (robust > 0) return robust;
  return Math.sqrt(rests.reduce((sum, rest) => sum + rest * rest, 0) / Math.max(1, rests.length));
}

/**
 * From the correlation of neighbours r: (1 − r) / (1 + r) is the share of independent samples in a first-order
 * autoregressive series. @see Bayley & Hammersley 1946, "The effective number of independent observations"
 */
function worthOf(rests: Float64Array): number {
  let alike = 0;
  let all = 0;
  for (let at = 1; at < rests.length; at++) {
    alike += (rests[at] ?? 0) * (rests[at - 1] ?? 0);
    all += (rests[at] ?? 0) ** 2;
  }
  const correlation = all > 0 ? Math.max(0, Math.min(0.99, alike / all)) : 0;
  return (1 - correlation) / (1 + correlation);
}

const median = (values: Float64Array): number => middleOf(Float64Array.from(values).sort());

function middleOf(inOrder: ArrayLike<number>): number {
  const middle = inOrder.length >> 1;
  const upper = inOrder[middle] ?? 0;
  return inOrder.length % 2 === 1 ? upper : ((inOrder[middle - 1] ?? 0) + upper) / 2;
}
