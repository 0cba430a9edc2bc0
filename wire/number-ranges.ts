import type { NumberRange } from "./session.ts";

/**
 * A growing set of whole numbers from 1 on, kept as ranges: which batches of an epoch have arrived.
 * Adding in order costs O(1); adding anywhere costs a binary search and one splice.
 */
export class NumberRanges {
  /** Ascending; `#first[i]`..`#last[i]` are disjoint and never touch. */
  readonly #first: number[] = [];
  readonly #last: number[] = [];

  /** The set of these ranges, in any order, overlapping or not. */
  static from(ranges: Iterable<NumberRange>): NumberRanges {
    const set = new NumberRanges();
    for (const [first, last] of ranges) set.addRange(first, last);
    return set;
  }

  /** Adds one number; false says that it was there already. */
  add(number: number): boolean {
    if (this.has(number)) return false;
    this.addRange(number, number);
    return true;
  }

  /** Adds every number from `first` to `last`. Throws a RangeError unless 1 <= first <= last, both safe integers. */
  addRange(first: number, last: number): void {
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 1 || last < first)
      throw new RangeError("not a range of numbers from 1 on");
    // Ranges from..to-1 overlap or touch the new one and become one with it.
    const from = this.#indexFrom(first - 1);
    let to = from;
    while (to < this.#first.length && (this.#first[to] ?? 0) <= last + 1) to++;
    const mergedFirst = to > from ? Math.min(first, this.#first[from] ?? first) : first;
    const mergedLast = to > from ? Math.max(last, this.#last[to - 1] ?? last) : last;
    this.#first.splice(from, to - from, mergedFirst);
    this.#last.splice(from, to - from, mergedLast);
  }

  has(number: number): boolean {
    const first = this.#first[this.#indexFrom(number)];
    return first !== undefined && first <= number;
  }

  /** Every number from 1 to here is in the set; 0 says that 1 is missing. */
  get through(): number {
    return this.#first[0] === 1 ? (this.#last[0] ?? 0) : 0;
  }

  /** The largest number in the set; 0 when it is empty. */
  get highest(): number {
    return this.#last.at(-1) ?? 0;
  }

  /** How many numbers are in the set. */
  get size(): number {
    return this.#first.reduce((sum, first, at) => sum + (this.#last[at] ?? first) - first + 1, 0);
  }

  /** The ranges above `through`, ascending. */
  get above(): NumberRange[] {
    return this.#ranges(this.through > 0 ? 1 : 0);
  }

  /** What the set lacks between `from` and `to`, both included, ascending; nothing when to < from. */
  missing(from: number, to: number): NumberRange[] {
    const gaps: NumberRange[] = [];
    let next = Math.max(1, from);
    for (let at = this.#indexFrom(next); next <= to; at++) {
      const first = this.#first[at] ?? Number.POSITIVE_INFINITY;
      if (first > next) gaps.push([next, Math.min(to, first - 1)]);
      next = (this.#last[at] ?? Number.POSITIVE_INFINITY) + 1;
    }
    return gaps;
  }

  /** All ranges, ascending, disjoint, never touching; `NumberRanges.from` takes them back. */
  toJSON(): NumberRange[] {
    return this.#ranges(0);
  }

  #ranges(start: number): NumberRange[] {
    return this.#first.slice(start).map((first, at) => [first, this.#last[start + at] ?? first]);
  }

  /** Index of the first range that ends at `number` or later. */
  #indexFrom(number: number): number {
    // Nearly always the number continues the newest range.
    if ((this.#last.at(-1) ?? 0) < number) return this.#last.length;
    let low = 0;
    let high = this.#last.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#last[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
