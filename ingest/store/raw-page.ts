import { Quality, type QualityName, qualityName } from "@firebreak/wire/quality.ts";
import { isoNs } from "../iso-ns.ts";
import { type Reading, rowsAtOnce } from "./reading.ts";
import type { IsoNs, RawOptions, RawSeries, SeriesQuery } from "./store.ts";

/** Inclusive start, exclusive end. */
export interface Span {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export interface RawRow {
  readonly timeNs: bigint;
  readonly value: number;
  readonly quality: number;
}

/** What a store has to read for one page: the first `enough` samples of the span, in order. */
export interface RawPage {
  readonly span: Span;
  readonly enough: number;
  /** Whether so many samples in the span are more than `orNone` allows. */
  isNoneOf(samples: number): boolean;
  readonly none: RawSeries;
  /** `rows`: at least `enough` of the first in the span by (time, arrival), or all there are. */
  answer(rows: readonly RawRow[]): Reading<RawSeries>;
}

const maxLimit = 100_000;
const minNs = -(2n ** 63n);
const maxNs = 2n ** 63n - 1n;

// Math.min and Math.max take no bigint.
export const compare = (one: bigint, other: bigint): number =>
  one < other ? -1 : one > other ? 1 : 0;
export const lower = (one: bigint, other: bigint): bigint => (one < other ? one : other);
export const higher = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** Cut to what 64 bits hold. */
export const spanOf = ({ fromNs = minNs, toNs = maxNs }: SeriesQuery): Span => ({
  fromNs: clamp(fromNs),
  toNs: clamp(toNs),
});
const clamp = (timeNs: bigint) => lower(higher(timeNs, minNs), maxNs);

/** A cursor names a stamp and how many samples of that very stamp came before. */
export function rawPage(query: SeriesQuery & RawOptions): RawPage {
  const limit = Math.min(Math.max(1, query.limit ?? maxLimit), maxLimit);
  const { atNs, skip } = parseCursor(query.cursor);
  const asked = spanOf(query);
  const fromNs = higher(atNs, asked.fromNs);
  const enough = limit + skip + 1;
  const isNoneOf = (samples: number) => query.orNone === true && samples >= enough;
  const none = { t: [], value: [], quality: [], next: `${fromNs}.${skip}` };
  return {
    ...{ span: { ...asked, fromNs }, enough, isNoneOf, none },
    *answer(rows) {
      if (isNoneOf(rows.length)) return none;
      const end = skip + limit;
      const answer = yield* columnsOf(rows.slice(skip, end));
      const following = rows[end];
      if (!following) return answer;
      const same = rows.slice(0, end).filter(({ timeNs }) => timeNs === following.timeNs);
      return { ...answer, next: `${following.timeNs}.${same.length}` };
    },
  };
}

function* columnsOf(rows: readonly RawRow[]): Reading<Omit<RawSeries, "next">> {
  const columns: { t: IsoNs[]; value: (number | null)[]; quality: QualityName[] } = {
    ...{ t: [], value: [], quality: [] },
  };
  for (const [at, { timeNs, value, quality }] of rows.entries()) {
    if (at % rowsAtOnce === 0) yield;
    columns.t.push(isoNs(timeNs));
    columns.value.push(quality === Quality.good ? value : null);
    columns.quality.push(qualityName(quality));
  }
  return columns;
}

function parseCursor(cursor: string | undefined): { atNs: bigint; skip: number } {
  const match = /^(-?\d{1,19})\.(\d{1,9})$/.exec(cursor ?? "");
  return match ? { atNs: BigInt(match[1] ?? 0), skip: Number(match[2]) } : { atNs: minNs, skip: 0 };
}
