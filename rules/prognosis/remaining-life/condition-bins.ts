/** Rows that belong together by the value of one signal. */
export interface ConditionBins {
  /** Of each row. */
  readonly binOf: Int32Array;
  readonly count: number;
  /** Values, ascending, at which a bin stands: both ends of a level, the middle of a stretch. */
  readonly points: readonly { readonly at: number; readonly bin: number }[];
}

/** Levels are that far apart, and no wider, in shares of the whole range. Engineering default. */
const levelGap = 0.02;
const mostBins = 16;
/** Engineering default: a mean of fewer is too rough. */
const fewestRowsOfBin = 8;

/** Levels where the signal keeps to some, else stretches of about as many rows each; undefined for what never moves. */
export function conditionBins(values: Float64Array): ConditionBins | undefined {
  const order = Float64Array.from(values).sort();
  const range = (order.at(-1) ?? 0) - (order[0] ?? 0);
  const most = Math.min(mostBins, Math.floor(values.length / fewestRowsOfBin));
  if (!(range > 0) || most < 2) return undefined;
  const levels = levelsOf(order, range * levelGap);
  const areLevels = levels.length <= most && levels.every((one) => width(one) <= range * levelGap);
  const parts = areLevels ? levels : stretchesOf(order, order.length / most);
  if (parts.length < 2) return undefined;
  const lastOf = parts.map((part) => part.at(-1) ?? 0);
  const points = parts.flatMap((part, bin) =>
    (areLevels ? endsOf(part) : [meanOf(part)]).map((at) => ({ at, bin })),
  );
  return {
    binOf: Int32Array.from(values, (value) => lastOf.findIndex((last) => value <= last)),
    count: parts.length,
    points,
  };
}

const width = (part: Float64Array): number => (part.at(-1) ?? 0) - (part[0] ?? 0);

const endsOf = (part: Float64Array): number[] =>
  width(part) > 0 ? [part[0] ?? 0, part.at(-1) ?? 0] : [part[0] ?? 0];

const meanOf = (part: Float64Array): number =>
  part.reduce((sum, value) => sum + value, 0) / part.length;

/** Cut wherever neighbours in order are further apart than `gap`. */
function levelsOf(order: Float64Array, gap: number): Float64Array[] {
  const parts: Float64Array[] = [];
  let from = 0;
  for (let at = 1; at <= order.length; at++) {
    if (at < order.length && (order[at] ?? 0) - (order[at - 1] ?? 0) <= gap) continue;
    parts.push(order.subarray(from, at));
    from = at;
  }
  return parts;
}

/** Of `size` rows each or some more: what is equal stays together. */
function stretchesOf(order: Float64Array, size: number): Float64Array[] {
  const parts: Float64Array[] = [];
  let from = 0;
  for (let at = 1; at < order.length; at++) {
    const isFull = at - from >= size && order.length - at >= size / 2;
    if (!isFull || order[at] === order[at - 1]) continue;
    parts.push(order.subarray(from, at));
    from = at;
  }
  parts.push(order.subarray(from));
  return parts;
}
