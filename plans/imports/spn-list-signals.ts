import type { ImportedSignal } from "./imported-signal.ts";
import type { SpnFact } from "./spn-list.ts";

/** The SPNs of a list as places in J1939 messages. */
export const spnListSignals = (
  facts: readonly SpnFact[],
  { bus, sa }: { readonly bus?: string; readonly sa?: number },
): ImportedSignal[] =>
  facts.map((fact) => ({
    name: fact.signal,
    owner: fact.acronym,
    line: fact.line,
    unit: fact.unit,
    title: fact.name,
    scale: fact.scale,
    offset: fact.offset,
    range: [fact.min, fact.max],
    source: `PGN ${fact.pgn}, SPN ${fact.spn}`,
    place: {
      j1939: {
        ...(bus === undefined ? {} : { bus }),
        spn: fact.spn,
        pgn: fact.pgn,
        ...(sa === undefined ? {} : { sa }),
        startByte: fact.startByte,
        startBit: fact.startBit,
        bits: fact.bits,
        coding: fact.kind,
      },
    },
  }));
