/**
 * A point of InfluxDB is its series and its time: the second with the same two would replace the first. So of samples
 * with one stamp the second carries the tag `repeat=1`, the third `repeat=2`, and so on. Stamps nearly always ascend;
 * only those that do not can meet one that is there already, and only these are looked up.
 */

/** A time as whole seconds since the epoch and nanoseconds within, so that nothing is allocated to compare it. */
export interface Stamp {
  readonly sec: number;
  readonly ns: number;
}

/** What is known of one series. */
export interface SeriesStamps {
  /** Tags without `repeat`: the identity of the series. */
  readonly key: string;
  /** The newest stamp, those of the chunk in hand included. */
  sec: number;
  ns: number;
  /** The newest stamp that was so when the chunk began: only what is no newer can be in the database already. */
  storedSec: number;
  storedNs: number;
}

/** Rows of one batch as far as their stamps go. */
export interface StampedRows {
  /** In the journal. */
  readonly position: number;
  readonly machineId: string;
  readonly length: number;
  series(row: number): SeriesStamps;
  sec(row: number): number;
  ns(row: number): number;
}

/** A row that is not the first of its series and stamp. `position`: of its batch in the journal. */
export interface Repeat {
  readonly position: number;
  readonly row: number;
  readonly repeat: number;
}

/** How many samples there are with a series and stamp, by `stampKey`. Inclusive at both ends. */
export type StampLookUp = (
  machineId: string,
  spans: readonly { readonly from: Stamp; readonly to: Stamp }[],
) => Promise<ReadonlyMap<string, number>>;

export const stampKey = (key: string, sec: number, ns: number): string => `${key} ${sec} ${ns}`;

/** Machines that are looked up at the same time. */
const atOnce = 4;
/** Looked up together when no further apart. */
const togetherSec = 10;

interface Doubt {
  readonly stamps: Stamp[];
  /** Those of them that the database may have already; only these are worth a question. */
  readonly stored: Stamp[];
}

/** Notes the stamps of a chunk and finds its repeats; needs no look-up while stamps ascend. */
export async function findRepeats(
  batches: readonly StampedRows[],
  lookUp: StampLookUp,
): Promise<Repeat[]> {
  const repeats: Repeat[] = [];
  const doubts = noteStamps(batches).entries();
  const worker = async () => {
    for (const [machineId, { stamps, stored }] of doubts) {
      const spans = toSpans(stamps);
      const counts = new Map(stored.length > 0 ? await lookUp(machineId, toSpans(stored)) : []);
      for (const batch of batches)
        if (batch.machineId === machineId) count(batch, { spans, counts, repeats });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return repeats;
}

/** The chunk has been stored: what comes now is compared with it. */
export function settleStamps(batches: readonly StampedRows[]): void {
  for (const batch of batches)
    for (let row = 0; row < batch.length; row++) {
      const series = batch.series(row);
      series.storedSec = series.sec;
      series.storedNs = series.ns;
    }
}

/** Notes the stamps of a chunk; the answer, by machine, is what does not ascend. */
export function noteStamps(batches: readonly StampedRows[]): ReadonlyMap<string, Doubt> {
  const doubts = new Map<string, Doubt>();
  for (const batch of batches) note(batch, doubts);
  return doubts;
}

function note(batch: StampedRows, doubts: Map<string, Doubt>): void {
  for (let row = 0; row < batch.length; row++) {
    const series = batch.series(row);
    const sec = batch.sec(row);
    const ns = batch.ns(row);
    if (sec > series.sec || (sec === series.sec && ns > series.ns)) {
      series.sec = sec;
      series.ns = ns;
      continue;
    }
    const doubt = doubts.get(batch.machineId) ?? { stamps: [], stored: [] };
    doubts.set(batch.machineId, doubt);
    doubt.stamps.push({ sec, ns });
    if (sec < series.storedSec || (sec === series.storedSec && ns <= series.storedNs))
      doubt.stored.push({ sec, ns });
  }
}

function toSpans(stamps: readonly Stamp[]): { from: Stamp; to: Stamp }[] {
  const spans: { from: Stamp; to: Stamp }[] = [];
  for (const stamp of stamps.toSorted(compareStamps)) {
    const last = spans.at(-1);
    if (last && stamp.sec - last.to.sec <= togetherSec) last.to = stamp;
    else spans.push({ from: stamp, to: stamp });
  }
  return spans;
}

export const compareStamps = (one: Stamp, other: Stamp): number =>
  one.sec - other.sec || one.ns - other.ns;

function count(
  batch: StampedRows,
  found: {
    readonly spans: readonly { readonly from: Stamp; readonly to: Stamp }[];
    readonly counts: Map<string, number>;
    readonly repeats: Repeat[];
  },
): void {
  const { spans, counts, repeats } = found;
  for (let row = 0; row < batch.length; row++) {
    const stamp = { sec: batch.sec(row), ns: batch.ns(row) };
    if (!isWithin(spans, stamp)) continue;
    const key = stampKey(batch.series(row).key, stamp.sec, stamp.ns);
    const before = counts.get(key) ?? 0;
    if (before > 0) repeats.push({ position: batch.position, row, repeat: before });
    counts.set(key, before + 1);
  }
}

/** `spans` ascend and do not touch. */
function isWithin(
  spans: readonly { readonly from: Stamp; readonly to: Stamp }[],
  stamp: Stamp,
): boolean {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (!span) return false;
    if (compareStamps(stamp, span.from) < 0) high = middle - 1;
    else if (compareStamps(stamp, span.to) > 0) low = middle + 1;
    else return true;
  }
  return false;
}
