import type { DbcMessage, DbcSignal } from "./dbc.ts";
import type { FileMistake } from "./dbc-tokens.ts";

const mostBytes = 1785;
/** A chain of signals that depend on each other ends after so many. */
const deepestChain = 8;

/** What the form of a DBC cannot say: fields inside their message, and whom a multiplexed signal depends on. */
export const checkDbc = (messages: readonly DbcMessage[]): FileMistake[] =>
  messages.flatMap((message) => [
    ...checkLength(message),
    ...message.signals.flatMap((signal) => checkSignal(message, signal)),
  ]);

const checkLength = ({ name, length, line }: DbcMessage): FileMistake[] =>
  length <= mostBytes
    ? []
    : [{ line, message: `"${name}" has ${length} bytes, more than any message` }];

function checkSignal(message: DbcMessage, signal: DbcSignal): FileMistake[] {
  const { name, line, bits, scale } = signal;
  const found = (text: string): FileMistake => ({ line, message: `"${name}" ${text}` });
  if (bits < 1 || bits > 64) return [found(`has ${bits} bits; 1 to 64 are possible`)];
  const mistakes: FileMistake[] = [];
  if (lastByte(signal) > message.length)
    mistakes.push(
      found(`ends in byte ${lastByte(signal)} of a message of ${message.length} bytes`),
    );
  if (scale === 0) mistakes.push(found("has the factor 0: no value is left"));
  const conditions = conditionsOf(message, signal);
  if (typeof conditions === "string") mistakes.push(found(conditions));
  return mistakes;
}

/** 1-based. */
export function lastByte({ startBit, bits, byteOrder }: DbcSignal): number {
  const first =
    byteOrder === "little" ? startBit : Math.floor(startBit / 8) * 8 + 7 - (startBit % 8);
  return Math.ceil((first + bits) / 8);
}

export interface ResolvedCondition {
  readonly on: DbcSignal;
  readonly values: readonly (readonly [number, number])[];
}

/** Everything that must hold for a signal to be in its message, or what is wrong with it, in words. */
export function conditionsOf(
  message: DbcMessage,
  signal: DbcSignal,
): readonly ResolvedCondition[] | string {
  const conditions: ResolvedCondition[] = [];
  let of: DbcSignal | undefined = signal;
  while (of.condition !== undefined || of.multiplexValue !== undefined) {
    const on = multiplexorOf(message, of);
    if (typeof on === "string") return on;
    if (conditions.length >= deepestChain) return "depends on itself through other signals";
    const value = of.multiplexValue ?? 0;
    conditions.push({ on, values: of.condition?.values ?? [[value, value]] });
    of = on;
  }
  return conditions;
}

function multiplexorOf({ name, signals }: DbcMessage, signal: DbcSignal): DbcSignal | string {
  const { condition } = signal;
  if (condition !== undefined) {
    const on = signals.find((one) => one.name === condition.signal);
    return on ?? `depends on "${condition.signal}", which "${name}" does not have`;
  }
  const roots = signals.filter((one) => one.isMultiplexor && one.multiplexValue === undefined);
  const [root] = roots;
  if (root === undefined) return `is multiplexed, but "${name}" has no multiplexor (M)`;
  return roots.length === 1 ? root : `is multiplexed, and "${name}" has two multiplexors (M)`;
}
