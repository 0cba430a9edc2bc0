import type { SignalValues } from "../bus-input.ts";
import { rawOf, type SignalCoding } from "./signal-coding.ts";
import { type FieldPlace, highOf, lowOf, writeField } from "./write-bits.ts";

/** One signal of a message. */
export interface MessageSignal {
  readonly name: string;
  readonly place: FieldPlace;
  readonly coding: SignalCoding;
  /** Other fields that hold these values where the signal is in the message; empty: it always is. */
  readonly selectors: readonly Selector[];
}

/** A field that says which signals are in a message. */
export interface Selector {
  readonly place: FieldPlace;
  readonly value: number;
}

/** The signals that are in a message together. */
interface Page {
  readonly selectors: readonly Selector[];
  readonly signals: readonly PlacedSignal[];
}

/** 1, 2, 4: whole bytes, least significant first; 0: any other field. */
type WholeBytes = 0 | 1 | 2 | 4;

interface PlacedSignal extends MessageSignal {
  readonly start: number;
  readonly wholeBytes: WholeBytes;
}

const scratch = new DataView(new ArrayBuffer(8));

/**
 * One message of a node, made ready to be sent again and again: what the machine measures goes in, bytes come out. Where
 * fields select what is in the message, its pages come in turn.
 */
export class Message {
  readonly length: number;
  readonly #payload: Uint8Array;
  readonly #fill: number;
  readonly #pages: readonly Page[];
  readonly #names: readonly string[];
  #page = 0;
  #revision = -1;

  /** `fill`: what bits hold that belong to no signal, 0xff or 0. */
  constructor(signals: readonly MessageSignal[], length: number, fill: number) {
    this.length = length;
    this.#fill = fill;
    this.#payload = new Uint8Array(length).fill(fill);
    this.#pages = pagesOf(signals);
    this.#names = signals.map(({ name }) => name);
  }

  /** Whether the machine has anything to say in it; a message of no signals is always sent. */
  isFitted(values: SignalValues): boolean {
    for (const name of this.#names) if (values[name] !== undefined) return true;
    return this.#names.length === 0;
  }

  /** The bytes for `values`; only valid until the next call. They are made once per revision, or once per page. */
  encode(values: SignalValues, revision: number): Uint8Array {
    const isPaged = this.#pages.length > 1;
    if (revision === this.#revision && !isPaged) return this.#payload;
    this.#revision = revision;
    const page = this.#pages[this.#page];
    if (page === undefined) return this.#payload;
    if (isPaged) {
      this.#page = (this.#page + 1) % this.#pages.length;
      this.#payload.fill(this.#fill);
      for (const { place, value } of page.selectors)
        writeField(this.#payload, place, lowOf(value), highOf(value));
    }
    for (const signal of page.signals) this.#put(signal, values[signal.name]);
    return this.#payload;
  }

  #put(signal: PlacedSignal, value: number | null | undefined): void {
    const raw = rawOf(signal.coding, value);
    if (raw === undefined) return;
    const payload = this.#payload;
    const { start } = signal;
    switch (signal.wholeBytes) {
      case 1:
        payload[start] = raw;
        return;
      case 2:
        payload[start] = raw;
        payload[start + 1] = raw >> 8;
        return;
      case 4:
        payload[start] = raw;
        payload[start + 1] = raw >>> 8;
        payload[start + 2] = raw >>> 16;
        payload[start + 3] = raw >>> 24;
        return;
      case 0:
        putAny(payload, signal, raw);
    }
  }
}

function putAny(payload: Uint8Array, { place, coding }: MessageSignal, raw: number): void {
  if (!coding.isFloat) writeField(payload, place, lowOf(raw), highOf(raw));
  else if (place.bits === 32) {
    scratch.setFloat32(0, raw);
    writeField(payload, place, scratch.getUint32(0), 0);
  } else {
    scratch.setFloat64(0, raw);
    writeField(payload, place, scratch.getUint32(4), scratch.getUint32(0));
  }
}

function pagesOf(signals: readonly MessageSignal[]): Page[] {
  const always = signals.filter(({ selectors }) => selectors.length === 0).map(placed);
  const selected = signals.filter(({ selectors }) => selectors.length > 0);
  if (selected.length === 0) return [{ selectors: [], signals: always }];
  const groups = Map.groupBy(selected, ({ selectors }) => JSON.stringify(selectors));
  return [...groups.values()].map((ofPage) => ({
    selectors: ofPage[0]?.selectors ?? [],
    signals: [...always, ...ofPage.map(placed)],
  }));
}

function placed(signal: MessageSignal): PlacedSignal {
  const { place, coding } = signal;
  return { ...signal, start: place.firstBit >>> 3, wholeBytes: wholeBytesOf(place, coding) };
}

function wholeBytesOf(
  { firstBit, bits, isBig }: FieldPlace,
  { isFloat }: SignalCoding,
): WholeBytes {
  if (isFloat || isBig || (firstBit & 7) !== 0) return 0;
  return bits === 8 ? 1 : bits === 16 ? 2 : bits === 32 ? 4 : 0;
}
