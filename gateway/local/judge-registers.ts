import { Quality } from "@firebreak/wire/quality.ts";
import {
  decodeRegister,
  type RegisterSignal,
  widthOf,
} from "../sources/modbus/registers/decode-register.ts";

/** What a device answered where the plan says that a value lies, and one register before and after it. */
export interface SignalLook {
  readonly name: string;
  readonly signal: RegisterSignal;
  /** Undefined: the device refused. */
  readonly here: readonly number[] | undefined;
  readonly before: readonly number[] | undefined;
  readonly after: readonly number[] | undefined;
}

/** What the plan must say of the order of words or bytes, where it is the other way round than it says. */
export interface RightOrder {
  readonly signals: readonly string[];
  readonly wordOrder?: "big" | "little";
  readonly byteOrder?: "big" | "little";
}

/** How the registers of one device may be miswired; names of the signals that say so. */
export interface RegisterVerdict {
  readonly order?: RightOrder;
  /** What the plan says to be at an address lies one further (1) or one before (-1). */
  readonly shift?: { readonly signals: readonly string[]; readonly by: 1 | -1 };
}

interface Votes {
  readonly for: readonly SignalLook[];
  readonly against: number;
}

/** A single-precision number this small is never a measured one; it is what an integer or swapped words look like. */
const tiniest = 1e-20;

/** In the order in which they are believed. */
const swaps = [
  { words: true, bytes: false },
  { words: false, bytes: true },
  { words: true, bytes: true },
] as const;
type Swap = (typeof swaps)[number];

/**
 * Tries what an installer gets wrong: the order of words and bytes, and addresses counted from one instead of zero. A
 * guess is made only where it makes implausible values plausible and no plausible value implausible; of several the one
 * that explains most, of these the simplest. Pure.
 */
export function judgeRegisters(looks: readonly SignalLook[]): RegisterVerdict {
  const several = Math.min(2, looks.length);
  const orders = swaps.map((swap) => {
    const found = votes(looks, ({ signal, here }) => plausible(swapped(signal, swap), here));
    // Longer values say more: their words make no sense by chance.
    const verdict: RegisterVerdict = { order: rightOrder(found, swap) };
    return { weight: weightOf(found, swap.bytes ? several : 1), verdict };
  });
  const shifts = ([1, -1] as const).map((by) => {
    const at = (look: SignalLook) => (by === 1 ? look.after : look.before);
    const found = votes(looks, (look) => hasContent(at(look)) && plausible(look.signal, at(look)));
    const verdict: RegisterVerdict = { shift: { signals: names(found), by } };
    return { weight: weightOf(found, several), verdict };
  });
  const all = [...orders, ...shifts];
  const best = Math.max(...all.map(({ weight }) => weight));
  return best > 0 ? (all.find(({ weight }) => weight === best)?.verdict ?? {}) : {};
}

const names = (found: Votes): string[] => found.for.map(({ name }) => name);

const weightOf = (found: Votes, enough: number): number =>
  found.for.length >= enough && found.against === 0 ? found.for.length : 0;

function votes(looks: readonly SignalLook[], isPlausible: (look: SignalLook) => boolean): Votes {
  const isPlausibleHere = ({ signal, here }: SignalLook) => plausible(signal, here);
  return {
    for: looks.filter((look) => !isPlausibleHere(look) && isPlausible(look)),
    against: looks.filter(
      (look) => isPlausibleHere(look) && hasContent(look.here) && !isPlausible(look),
    ).length,
  };
}

/** Zeros are plausible everywhere and say nothing. */
const hasContent = (words: readonly number[] | undefined): boolean =>
  words?.some((word) => word !== 0) ?? false;

function plausible(signal: RegisterSignal, words: readonly number[] | undefined): boolean {
  if (words === undefined) return false;
  const { value, quality } = decodeRegister(signal, words, 0);
  if (quality !== Quality.good) return false;
  const isFloat = signal.position.type === "float32" || signal.position.type === "float64";
  return !isFloat || value === signal.offset || Math.abs(value - signal.offset) > tiniest;
}

function swapped(signal: RegisterSignal, { words, bytes }: Swap): RegisterSignal {
  const { position } = signal;
  const isBits = position.table === "coil" || position.table === "discrete";
  if (isBits || (widthOf(position) === 1 && !bytes)) return signal;
  const { wordOrder, byteOrder } = position;
  const turned = {
    ...(words ? { wordOrder: other(wordOrder) } : {}),
    ...(bytes ? { byteOrder: other(byteOrder) } : {}),
  };
  return { ...signal, position: { ...position, ...turned } };
}

const other = (order: "big" | "little" | undefined): "big" | "little" =>
  order === "little" ? "big" : "little";

function rightOrder(found: Votes, { words, bytes }: Swap): RightOrder {
  const { wordOrder, byteOrder } = found.for[0]?.signal.position ?? {};
  return {
    signals: names(found),
    ...(words ? { wordOrder: other(wordOrder) } : {}),
    ...(bytes ? { byteOrder: other(byteOrder) } : {}),
  };
}
