import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import type { Acknowledgement, NumberRange } from "@firebreak/wire/session.ts";
import { type EpochBook, rangesOf } from "./epoch-book.ts";
import type { SpoolBooks } from "./spool-books.ts";

/**
 * `fallen-back`: accepted, and the hub has less than it said before (it was restored from an older copy): what it
 * lacks goes out again. All others but `accepted` are refusals that change nothing.
 */
export type AckOutcome =
  | "accepted"
  | "fallen-back"
  | "other-store"
  | "beyond-sent"
  | "unknown-epoch"
  | "malformed";

export interface AckContext {
  readonly books: SpoolBooks;
  /** The store enrolled to; null accepts any. */
  readonly storeId: string | null;
  /** Ordinals sent and not yet acknowledged: nearly always the only ones that change. */
  readonly inFlight: Iterable<number>;
}

/** An acknowledgement names at most so many ranges, the lowest; it says nothing about what lies above them. */
const maxRanges = 1_000;

/** Checks what the hub says it has against what left this gateway, and marks the batches. */
export function acceptAcknowledgement(
  acknowledgement: Acknowledgement,
  { books, storeId, inFlight }: AckContext,
): AckOutcome {
  if (storeId !== null && acknowledgement.storeId !== storeId) return "other-store";
  const book = books.bookOf(acknowledgement.epoch);
  if (book === undefined) return "unknown-epoch";
  const ranges = rangesOf(acknowledgement);
  if (ranges === undefined) return "malformed";
  if (isBeyondSent(ranges, book, books)) return "beyond-sent";
  const sizeBefore = book.settled.size;
  const settled = NumberRanges.from(ranges);
  if (acknowledgement.ranges.length >= maxRanges) keepAbove(settled, book.settled);
  book.settled = settled;
  let marked = 0;
  for (const ordinal of inFlight) {
    const isIts = books.bookAt(ordinal) === book;
    if (isIts && settled.has(books.index.number(ordinal)) && books.index.setSettled(ordinal, true))
      marked++;
  }
  const isExplained = settled.size - sizeBefore === marked;
  return !isExplained && books.settleByBooks() ? "fallen-back" : "accepted";
}

function isBeyondSent(ranges: readonly NumberRange[], book: EpochBook, books: SpoolBooks): boolean {
  const gaps = ranges.flatMap(([first, last]) => book.sent.missing(first, last));
  if (gaps.length === 0) return false;
  // Only the current epoch goes on: of an older one the hub may have what a power cut took from here.
  const isCurrent = books.epochs[books.current] === book;
  if (isCurrent && gaps.some(([, last]) => last >= book.next)) return true;
  // What was never sent may only be settled if it is not here either: then the hub booked it as lost.
  const unsent = NumberRanges.from(gaps);
  const { index } = books;
  for (let ordinal = index.first; ordinal < index.end; ordinal++)
    if (
      index.isHeld(ordinal) &&
      books.bookAt(ordinal) === book &&
      unsent.has(index.number(ordinal))
    )
      return true;
  return false;
}

function keepAbove(settled: NumberRanges, before: NumberRanges): void {
  const { highest } = settled;
  for (const [first, last] of before.toJSON())
    if (last > highest) settled.addRange(Math.max(first, highest + 1), last);
}
