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

/** How the registers of one device may be miswired; names of the signals that say so. */
export interface RegisterVerdict {
  /** The words of longer values come the other way round. */
  readonly wordOrder?: { readonly signals: readonly string[]; readonly is: "big" | "little" };
  /** What the plan says to be at an address lies one further (1) or one before (-1). */
  readonly shift?: { readonly signals: readonly string[]; readonly by: 1 | -1 };
}

interface Votes {
  readonly for: readonly SignalLook[];
  readonly against: number;
}

/** A single-precision number this small is never a measured one; it is what an integer or swapped words look like. */
const tiniest = 1e-20;

/**
 * Tries what an installer gets wrong: the word order, and addresses counted from one instead of zero. A guess is made
 * only where it makes implausible values plausible and no plausible value implausible. Pure.
 */
export function judgeRegisters(looks: readonly SignalLook[]): RegisterVerdict {
  const byOrder = votes(looks, (look) => plausible(swapped(look.signal), look.here));
  const further = votes(
    looks,
    ({ signal, after }) => hasContent(after) && plausible(signal, after),
  );
  const before = votes(looks, ({ signal, before: words }) => {
    return hasContent(words) && plausible(signal, words);
  });
  const weights = { order: weightOf(byOrder, 1), further: 0, before: 0 };
  const enough = Math.min(2, looks.length);
  weights.further = weightOf(further, enough);
  weights.before = weightOf(before, enough);
  const best = Math.max(weights.order, weights.further, weights.before);
  if (best <= 0) return {};
  if (best === weights.order)
    return { wordOrder: { signals: names(byOrder), is: orderOf(byOrder) } };
  const [chosen, by] = best === weights.further ? ([further, 1] as const) : ([before, -1] as const);
  return { shift: { signals: names(chosen), by } };
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

function swapped(signal: RegisterSignal): RegisterSignal {
  if (widthOf(signal.position) === 1) return signal;
  const wordOrder = signal.position.wordOrder === "little" ? "big" : "little";
  return { ...signal, position: { ...signal.position, wordOrder } };
}

const orderOf = (found: Votes): "big" | "little" =>
  found.for[0]?.signal.position.wordOrder === "little" ? "big" : "little";
