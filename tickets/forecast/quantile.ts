/**
 * The smallest count `k` with P(X ≤ k) ≥ `probability`. `mean`: expected demand, 0 or more. `varianceRatio`: variance
 * over mean; up to 1 it is the Poisson distribution, above it the negative binomial.
 * @see NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.6.19 (Poisson)
 */
export function demandQuantile(mean: number, varianceRatio: number, probability: number): number {
  if (!(mean > 0)) return 0;
  const logMass = varianceRatio > 1 ? negativeBinomial(mean, varianceRatio) : poisson(mean);
  const deviation = Math.sqrt(mean * Math.max(1, varianceRatio));
  let count = Math.max(0, Math.floor(mean - TAIL_DEVIATIONS * deviation));
  const last = Math.ceil(mean + TAIL_DEVIATIONS * deviation * Math.max(1, varianceRatio)) + 50;
  let below = Math.exp(logMass(count));
  while (below < probability && count < last) {
    count += 1;
    below += Math.exp(logMass(count));
  }
  return count;
}

/** So far from the mean that what lies beyond is lost in rounding. */
const TAIL_DEVIATIONS = 12;

const poisson = (mean: number) => (count: number) =>
  count * Math.log(mean) - mean - logGamma(count + 1);

/** With `size` failures and success probability `1 / varianceRatio`. */
function negativeBinomial(mean: number, varianceRatio: number) {
  const size = mean / (varianceRatio - 1);
  const logStay = Math.log(1 / varianceRatio);
  const logGo = Math.log(1 - 1 / varianceRatio);
  return (count: number) =>
    logGamma(count + size) - logGamma(size) - logGamma(count + 1) + size * logStay + count * logGo;
}

/** Lanczos approximation, g = 7, 9 terms; relative error below 1e-13 for `x` ≥ 0.5. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/** Natural logarithm of the gamma function; `x` above 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const [first, ...terms] = lanczos;
  const series = terms.reduce((sum, term, at) => sum + term / (shifted + at + 1), first as number);
  const base = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series);
}
