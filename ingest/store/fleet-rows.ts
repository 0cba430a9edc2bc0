import { CodedError } from "@firebreak/kit/coded-error.ts";
import { floorDivide } from "./book/book.ts";
import { hourNs } from "./bucket-width.ts";
import { type FleetHours, type FleetQuery, maxFleetRows } from "./store.ts";

/** Whole hours, counted from the epoch, both inclusive. */
export interface HourSpan {
  readonly first: number;
  readonly last: number;
}

/** @throws CodedError QUERY_TOO_LARGE */
export function hourSpanOf({ fromNs, toNs, machineIds }: FleetQuery): HourSpan {
  const first = Number(floorDivide(fromNs, hourNs));
  const last = Number(floorDivide(toNs - 1n, hourNs));
  const rows = Math.max(0, last - first + 1) * machineIds.length;
  if (rows > maxFleetRows) throw tooLarge(machineIds.length, last - first + 1);
  return { first, last };
}

const tooLarge = (machines: number, hours: number) =>
  new CodedError(
    "QUERY_TOO_LARGE",
    `${machines} machines times ${hours} hours are more than ${maxFleetRows} rows: ask for ${Math.floor(maxFleetRows / machines)} hours or fewer at once, or for fewer machines`,
  );

/** What an hour held, or part of it. `min` and `max` count only where `count` is not 0. */
export interface HourSum {
  readonly count: number;
  readonly errors: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** Collects the hours of one machine after the other; nothing is allocated per hour. */
export class FleetRows {
  readonly #first: number;
  readonly #hours: number;
  readonly #now: Columns;
  #out: Columns;
  #length = 0;

  constructor({ first, last }: HourSpan) {
    this.#first = first;
    this.#hours = Math.max(0, last - first + 1);
    this.#now = columns(this.#hours);
    this.#out = columns(1_024);
  }

  /** Adds to an hour of the present machine; one outside the span is left out. */
  add(hour: number, { count, errors, min, max, sum }: HourSum): void {
    const at = hour - this.#first;
    if (at < 0 || at >= this.#hours) return;
    const now = this.#now;
    if (count > 0) {
      const isFirst = now.count[at] === 0;
      now.min[at] = isFirst ? min : Math.min(now.min[at] ?? min, min);
      now.max[at] = isFirst ? max : Math.max(now.max[at] ?? max, max);
      now.mean[at] = (now.mean[at] ?? 0) + sum;
      now.count[at] = (now.count[at] ?? 0) + count;
    }
    now.errors[at] = (now.errors[at] ?? 0) + errors;
  }

  /** The present machine is complete; `machine` is its index. */
  end(machine: number): void {
    const now = this.#now;
    for (let at = 0; at < this.#hours; at++) {
      const count = now.count[at] ?? 0;
      const errors = now.errors[at] ?? 0;
      if (count + errors === 0) continue;
      if (this.#length === this.#out.hour.length) this.#out = grown(this.#out);
      const out = this.#out;
      const row = this.#length++;
      out.machine[row] = machine;
      out.hour[row] = this.#first + at;
      out.min[row] = count > 0 ? (now.min[at] ?? 0) : Number.NaN;
      out.max[row] = count > 0 ? (now.max[at] ?? 0) : Number.NaN;
      out.mean[row] = count > 0 ? (now.mean[at] ?? 0) / count : Number.NaN;
      out.count[row] = count;
      out.errors[row] = errors;
    }
    now.count.fill(0);
    now.errors.fill(0);
    now.mean.fill(0);
  }

  /** `waiting`: see `FleetHours`. */
  finish(waiting: number): FleetHours {
    return { ...cut(this.#out, this.#length), waiting };
  }
}

type Columns = Omit<FleetHours, "waiting">;

const columns = (length: number): Columns => ({
  machine: new Uint32Array(length),
  hour: new Int32Array(length),
  min: new Float64Array(length),
  max: new Float64Array(length),
  mean: new Float64Array(length),
  count: new Float64Array(length),
  errors: new Float64Array(length),
});

function grown(from: Columns): Columns {
  const into = columns(from.hour.length * 2);
  for (const name of Object.keys(into) as (keyof Columns)[]) into[name].set(from[name]);
  return into;
}

const cut = (from: Columns, length: number): Columns => ({
  machine: from.machine.slice(0, length),
  hour: from.hour.slice(0, length),
  min: from.min.slice(0, length),
  max: from.max.slice(0, length),
  mean: from.mean.slice(0, length),
  count: from.count.slice(0, length),
  errors: from.errors.slice(0, length),
});
