import { type CompiledRaw, compileRaw } from "../raw/raw-signal.ts";
import type { RawGroupSignal } from "../signals-of-plan.ts";
import { type CompiledSpn, compileSpn, type J1939Signal } from "./spn.ts";

/** The readers of one PGN, by source address; made when an address first speaks. */
export interface MessageReaders {
  readonly signals: J1939Signal[];
  readonly rawSignals: RawGroupSignal[];
  readonly bySa: (SenderReaders | undefined)[];
}

export interface SenderReaders {
  readonly spns: readonly CompiledSpn[];
  readonly raws: readonly CompiledRaw[];
}

/** What is read of each PGN. */
export function readersByPgn(
  signals: readonly J1939Signal[],
  rawSignals: readonly RawGroupSignal[],
): Map<number, MessageReaders> {
  const readersOf = new Map<number, MessageReaders>();
  const ofPgn = (pgn: number): MessageReaders => {
    const known = readersOf.get(pgn);
    if (known) return known;
    const readers = { signals: [], rawSignals: [], bySa: new Array(256).fill(undefined) };
    readersOf.set(pgn, readers);
    return readers;
  };
  for (const signal of signals) ofPgn(signal.pgn).signals.push(signal);
  for (const signal of rawSignals) ofPgn(signal.pgn).rawSignals.push(signal);
  return readersOf;
}

/** What is read of a PGN when this address sends it; kept in `readers`. */
export function compileFor(readers: MessageReaders, sa: number): SenderReaders {
  const isFrom = (signal: { readonly sa?: number }) => signal.sa === undefined || signal.sa === sa;
  const spns = readers.signals
    .filter(isFrom)
    .sort((a, b) => a.startByte - b.startByte || a.startBit - b.startBit)
    .map(compileSpn);
  const ofSender = { spns, raws: readers.rawSignals.filter(isFrom).map(compileRaw) };
  readers.bySa[sa] = ofSender;
  return ofSender;
}
