import { Quality } from "@firebreak/wire/quality.ts";
import type { EmitRow } from "./windows.ts";

/** One signal that only grows. */
export interface CountedSignal {
  readonly signal: number;
  /** In the signal's unit; 0: every change goes on. */
  readonly minStep: number;
  readonly maxSilenceNs: number;
}

/** A sample that may still go on. */
interface Row {
  offsetNs: number;
  value: number;
  isThere: boolean;
}

interface State extends CountedSignal {
  /** What went on last. */
  readonly sent: Row;
  sentQuality: number;
  /** Newest sample since, held back. */
  readonly held: Row;
  /** One sample below the last: a reset or overflow if the next one agrees, else a slip. */
  readonly lower: Row;
}

/**
 * Sends counters (hours, fuel, strokes) on change. A single value below the last is a slip and stays here; if the next
 * one is below too, the counter was reset or has overflowed: then the last value before and the first one after both
 * go on, so that whoever adds up knows both sides exactly. Allocates nothing per sample.
 */
export class Counters {
  readonly #states = new Map<number, State>();
  readonly #emit: EmitRow;
  #baseNs = 0n;
  #suppressed = 0;

  constructor(signals: readonly CountedSignal[], emit: EmitRow) {
    this.#emit = emit;
    for (const one of signals)
      this.#states.set(one.signal, {
        ...one,
        sent: emptyRow(),
        sentQuality: 0xff,
        held: emptyRow(),
        lower: emptyRow(),
      });
  }

  /** Samples held back for good; at most two of each signal are still undecided. */
  get suppressed(): number {
    return this.#suppressed;
  }

  takes(signal: number): boolean {
    return this.#states.has(signal);
  }

  rebase(baseNs: bigint): void {
    const shift = Number(this.#baseNs - baseNs);
    for (const { sent, held, lower } of this.#states.values()) {
      sent.offsetNs += shift;
      held.offsetNs += shift;
      lower.offsetNs += shift;
    }
    this.#baseNs = baseNs;
  }

  take(signal: number, offsetNs: number, value: number, quality: Quality): void {
    const state = this.#states.get(signal);
    if (state === undefined) return;
    if (quality !== Quality.good) this.#takeBad(state, offsetNs, quality);
    else if (value < lastOf(state)) this.#takeLower(state, offsetNs, value);
    else this.#takeNext(state, offsetNs, value);
  }

  /** What is undecided stays here. */
  close(): void {
    for (const { held, lower } of this.#states.values()) {
      this.#forget(held);
      this.#forget(lower);
    }
  }

  #takeBad(state: State, offsetNs: number, quality: Quality): void {
    const isNews = quality !== state.sentQuality || this.#isDue(state, offsetNs);
    if (!isNews) {
      this.#suppressed++;
      return;
    }
    this.#forget(state.held);
    this.#forget(state.lower);
    this.#emit(state.signal, offsetNs, Number.NaN, quality);
    state.sentQuality = quality;
    state.sent.offsetNs = offsetNs;
  }

  #takeNext(state: State, offsetNs: number, value: number): void {
    this.#forget(state.lower);
    const step = value - state.sent.value;
    const isStep = step > 0 && step >= state.minStep;
    const isNews = !state.sent.isThere || state.sentQuality !== Quality.good || isStep;
    this.#forget(state.held);
    if (isNews || this.#isDue(state, offsetNs)) this.#send(state, offsetNs, value);
    else set(state.held, offsetNs, value);
  }

  #takeLower(state: State, offsetNs: number, value: number): void {
    const { lower, held, signal } = state;
    if (!lower.isThere || value < lower.value) {
      this.#forget(lower);
      set(lower, offsetNs, value);
      return;
    }
    if (held.isThere && held.value !== state.sent.value)
      this.#emit(signal, held.offsetNs, held.value, Quality.good);
    else this.#forget(held);
    held.isThere = false;
    lower.isThere = false;
    this.#send(state, lower.offsetNs, lower.value);
    this.#takeNext(state, offsetNs, value);
  }

  #send(state: State, offsetNs: number, value: number): void {
    this.#emit(state.signal, offsetNs, value, Quality.good);
    set(state.sent, offsetNs, value);
    state.sentQuality = Quality.good;
  }

  #isDue({ sent, maxSilenceNs }: State, offsetNs: number): boolean {
    return offsetNs - sent.offsetNs >= maxSilenceNs;
  }

  #forget(row: Row): void {
    if (row.isThere) this.#suppressed++;
    row.isThere = false;
  }
}

const emptyRow = (): Row => ({ offsetNs: 0, value: Number.NaN, isThere: false });

function set(row: Row, offsetNs: number, value: number): void {
  row.offsetNs = offsetNs;
  row.value = value;
  row.isThere = true;
}

const lastOf = ({ held, sent }: State): number => (held.isThere ? held.value : sent.value);
