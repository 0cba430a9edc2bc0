/** How one number of a machine moves against its own slow past. */
export interface DriftView {
  /** Means of about the last 10 and the last 200 rows. */
  fast: number;
  slow: number;
  rows: number;
  /** Sum of squares of fast minus slow over the healthy rows, and how many these are. */
  squares: number;
  healthyRows: number;
  /** Mean square of single values about the slow mean while learning. */
  noise: number;
}

const fastRate = 0.1;
const slowRate = 0.005;
/** A mean that stands still because of an alarm still creeps: what is new for some 10,000 rows is the new normal. */
const creepRate = slowRate / 50;
/** Healthy rows that the scale remembers (engineering default). */
const rememberedRows = 4_000;
/** Huber's proposal 2: rows count up to 1.5 times the scale; 0.7785 is what is then left of a normal variance. */
const clip = 1.5;
const keptVariance = 0.7785;
/** What averaging leaves of white noise: no signal is steadier than that. */
const whiteShare = fastRate / (2 - fastRate);

export const emptyDrift = (): DriftView => ({
  fast: 0,
  slow: 0,
  rows: 0,
  squares: 0,
  healthyRows: 0,
  noise: 0,
});

/** A healthy row that teaches. The first rows, where both means are still the same few values, do not count. */
export function teachDrift(view: DriftView, value: number, counts: boolean): void {
  view.rows++;
  view.fast += Math.max(fastRate, 1 / view.rows) * (value - view.fast);
  view.slow += Math.max(slowRate, 1 / view.rows) * (value - view.slow);
  if (!counts) return;
  remember(view, (view.fast - view.slow) ** 2);
  view.noise += ((value - view.slow) ** 2 - view.noise) / view.healthyRows;
}

/** Takes a value in and returns how far the fast mean is from the slow one, in scales; 0 for what never moved. */
export function stepDrift(view: DriftView, value: number): number {
  view.fast += fastRate * (value - view.fast);
  return driftOf(view);
}

/** How far the fast mean is from the slow one, in scales. */
export function driftOf(view: DriftView): number {
  const variance = varianceOf(view);
  return variance > 0 ? Math.abs(view.fast - view.slow) / Math.sqrt(variance) : 0;
}

/** A row that was judged healthy moves the slow mean and adds to the scale. */
export function followDrift(view: DriftView, value: number): void {
  view.slow += slowRate * (value - view.slow);
  const variance = view.squares / view.healthyRows;
  const square = Math.min((view.fast - view.slow) ** 2, clip ** 2 * variance);
  remember(view, square / keptVariance);
}

/** In an alarm, the slow means of what is not part of it go on; those that are part of it all but stand still. */
export function holdDrift(view: DriftView, value: number, isPart: boolean): void {
  view.slow += (isPart ? creepRate : slowRate) * (value - view.slow);
}

function remember(view: DriftView, square: number): void {
  view.squares += square;
  view.healthyRows++;
  if (view.healthyRows <= rememberedRows) return;
  view.squares *= rememberedRows / view.healthyRows;
  view.healthyRows = rememberedRows;
}

const varianceOf = ({ squares, healthyRows, noise }: DriftView): number =>
  healthyRows === 0 ? 0 : Math.max(squares / healthyRows, whiteShare * noise);
