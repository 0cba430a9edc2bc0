import { isoNs, nsOfIso } from "@firebreak/ingest/iso-ns.ts";
import type { BucketSeries, RawSeries } from "@firebreak/ingest/store/store.ts";
import type { Pieces } from "./in-pieces.ts";
import type { Series } from "./schemas.ts";

type Reduced = Pick<Series, "t" | "value" | "quality" | "gaps" | "bad" | "bucketSeconds">;

/** With fewer points there is no room for the first and the last value beside the extremes. */
const leastForEnds = 4;

/** How many buckets fit into a budget of points: two points each, and one more for each end. Pure. */
export const bucketsFor = (points: number): number =>
  points < leastForEnds ? 1 : (points - 2) >> 1;

/** So many rows at one go. */
const rowsAtOnce = 200;

/**
 * A bucket becomes its minimum at its start and its maximum in the middle, so that no peak is lost; the first bucket
 * begins with its oldest value, the last ends with its newest. One without any good sample is one point without a
 * value, quality `error`. At most `2 * buckets + 2` points. Pure.
 */
export function* fromBuckets(
  buckets: BucketSeries,
  { gapNs, withEnds }: { readonly gapNs: bigint; readonly withEnds: boolean },
): Pieces<Reduced> {
  const series: Reduced = { t: [], value: [], quality: [], gaps: [], bad: [], bucketSeconds: null };
  const widthNs = BigInt(buckets.bucketNs);
  series.bucketSeconds = Number(widthNs) / 1e9;
  const push = (startNs: bigint, quarters: bigint, value: number | null) => {
    series.t.push(isoNs(startNs + (widthNs * quarters) / 4n));
    series.value.push(value);
    series.quality.push(value === null ? "error" : "good");
  };
  const end = buckets.t.length - 1;
  let beforeNs: bigint | undefined;
  for (const [index, t] of buckets.t.entries()) {
    if (index % rowsAtOnce === 0) yield;
    const startNs = nsOfIso(t);
    const at = (column: readonly (number | null)[]) => column[index] ?? null;
    const [min, max, first, last] = [buckets.min, buckets.max, buckets.first, buckets.last].map(at);
    const endNs = startNs + widthNs;
    if (beforeNs !== undefined && startNs - beforeNs > gapNs && series.gaps.length < maxMarks)
      series.gaps.push({ from: isoNs(beforeNs), to: t });
    const samples = buckets.errors[index] ?? 0;
    if (samples > 0) noteBad(series.bad, { from: t, to: isoNs(endNs), samples, after: t });
    beforeNs = endNs;
    if (min === null || min === undefined) {
      push(startNs, 0n, null);
      continue;
    }
    if (withEnds && index === 0 && first !== min) push(startNs, 0n, first ?? null);
    push(startNs, withEnds && index === 0 && first !== min ? 1n : 0n, min);
    if (max !== min) push(startNs, 2n, max ?? null);
    if (withEnds && index === end && last !== series.value.at(-1)) push(startNs, 3n, last ?? null);
  }
  return series;
}

/** The samples themselves, with their gaps and stretches of bad quality. Pure. */
export function* fromRaw(
  { t, value, quality }: RawSeries,
  { gapNs }: { readonly gapNs: bigint },
): Pieces<Reduced> {
  const series: Reduced = { t: [], value: [], quality: [], gaps: [], bad: [], bucketSeconds: null };
  for (let at = 0; at < t.length; at += rowsAtOnce) {
    yield;
    const end = at + rowsAtOnce;
    const page = { t: t.slice(at, end), quality: quality.slice(at, end) };
    marksOfRaw(page, series, { gapNs, before: t[at - 1] });
    series.t.push(...page.t);
    series.value.push(...value.slice(at, end));
    series.quality.push(...page.quality);
  }
  return series;
}

/** Beyond so many gaps or stretches of bad quality nobody tells them apart; the rest is in `quality`. */
const maxMarks = 1_000;

/** Gaps and stretches of bad quality in a page of samples. `before`: the last stamp of the page before. Pure. */
export function marksOfRaw(
  { t, quality }: Pick<RawSeries, "t" | "quality">,
  { gaps, bad }: Pick<Reduced, "gaps" | "bad">,
  { gapNs, before: last }: { readonly gapNs: bigint; readonly before?: string | undefined },
): void {
  const gapMs = Number(gapNs / 1_000_000n);
  let before = last;
  let beforeMs = before === undefined ? Number.NaN : Date.parse(before);
  for (const [row, at] of t.entries()) {
    const atMs = Date.parse(at);
    if (before !== undefined && atMs - beforeMs > gapMs && gaps.length < maxMarks)
      gaps.push({ from: before, to: at });
    if (quality[row] !== "good") noteBad(bad, { from: at, to: at, samples: 1, after: before });
    [before, beforeMs] = [at, atMs];
  }
}

/** Goes on with the last stretch when that ended at `after`. */
function noteBad(
  bad: Reduced["bad"],
  stretch: Reduced["bad"][number] & { readonly after: string | undefined },
): void {
  const { after, ...rest } = stretch;
  const last = bad.at(-1);
  if (last && last.to === after) {
    last.to = rest.to;
    last.samples += rest.samples;
  } else if (bad.length < maxMarks) bad.push(rest);
}
