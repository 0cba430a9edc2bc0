import { readFileSync } from "node:fs";
import { spnFacts } from "@firebreak/gateway/sources/can/j1939/spn-facts.ts";
import { type CanSignals, canSignalsOf } from "@firebreak/gateway/sources/can/signals-of-plan.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { badConfiguration } from "@firebreak/kit/load-config.ts";
import {
  type ImportedSignal,
  readImport,
  textOf,
} from "@firebreak/plans/imports/import-signals.ts";
import type { Acquisition, Signal } from "@firebreak/plans/plan-schema.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";

export interface CatalogueEntry {
  readonly name: string;
  readonly unit: string;
  /** J1939; absent for a signal that is bound to an identifier. */
  readonly pgn?: number;
  readonly spn?: number;
  readonly canId?: number;
}

/** What is decoded: the signals, and what they are called; a signal's index is its place among the entries. */
export interface SignalCatalogue {
  readonly entries: readonly CatalogueEntry[];
  readonly signals: CanSignals;
}

/** Every SPN that is publicly known, from any source address. */
export const standardCatalogue: SignalCatalogue = {
  entries: spnFacts.map(({ signal, unit, pgn, spn }) => ({ name: signal, unit, pgn, spn })),
  signals: {
    j1939: spnFacts.map((fact, index) => ({ ...fact, index })),
    byGroup: [],
    byId: [],
    nodes: [],
  },
};

/**
 * The known SPNs and the signals of these files; an SPN that a file describes is read as the file says.
 * @throws CodedError BAD_CONFIGURATION with every mistake of a file, with its line, also when it cannot be read
 */
export function catalogueOf(files: {
  readonly dbc?: readonly string[];
  readonly spns?: readonly string[];
}): SignalCatalogue {
  const imported = [
    ...(files.dbc ?? []).flatMap((dbc) => importedFrom({ dbc }, dbc)),
    ...(files.spns ?? []).flatMap((spnList) => importedFrom({ spnList }, spnList)),
  ];
  if (imported.length === 0) return standardCatalogue;
  const described = new Set(imported.map(({ place }) => spnOf(place)));
  const known = spnFacts.filter(({ spn }) => !described.has(spn));
  const signals: [string, Signal][] = [
    ...known.map(({ spn, pgn, startByte, startBit, bits, kind, ...fact }): [string, Signal] => {
      const j1939 = { spn, pgn, startByte, startBit, bits, coding: kind };
      return [fact.signal, signalOf({ ...fact, range: [fact.min, fact.max], place: { j1939 } })];
    }),
    ...imported.map((one, at): [string, Signal] => [`imported${at}`, signalOf(one)]),
  ];
  const acquisition = { signals: Object.fromEntries(signals) } as unknown as Acquisition;
  const definitions = signals.map(([name]) => ({ name, unit: "", scale: 1, offset: 0 }));
  return {
    entries: [
      ...known.map(({ signal, unit, pgn, spn }) => ({ name: signal, unit, pgn, spn })),
      ...imported.map(entryOf),
    ],
    signals: canSignalsOf(acquisition, createDictionary("decode", definitions), ""),
  };
}

function importedFrom(
  what: { readonly dbc: string } | { readonly spnList: string },
  file: string,
): readonly ImportedSignal[] {
  const read = readImport(what, textAt(file));
  if ("signals" in read) return read.signals;
  const problems = read.mistakes.map(({ line, message }) => ({
    path: "",
    line,
    column: 1,
    message,
  }));
  throw badConfiguration(file, problems);
}

function textAt(file: string): string {
  try {
    return textOf(readFileSync(file));
  } catch (error) {
    const message = `cannot read it (${errorCode(error)})`;
    throw badConfiguration(file, [{ path: "", line: 1, column: 1, message }]);
  }
}

const spnOf = ({ j1939, can }: ImportedSignal["place"]): number | undefined =>
  j1939?.spn ?? can?.spn;

function entryOf({ name, unit, place }: ImportedSignal): CatalogueEntry {
  const { j1939, can } = place;
  const spn = spnOf(place);
  const pgn = j1939?.pgn ?? can?.pgn;
  return {
    name,
    unit,
    ...(pgn === undefined ? {} : { pgn }),
    ...(spn === undefined ? {} : { spn }),
    ...(can?.id === undefined ? {} : { canId: can.id }),
  };
}

const signalOf = ({
  scale,
  offset,
  range,
  place,
}: Pick<ImportedSignal, "scale" | "offset" | "range" | "place">): Signal => ({
  title: { en: "-", "zh-CN": "-" },
  unit: "count",
  scale,
  offset,
  range: [...range],
  sampling: "every",
  source: "-",
  ...place,
});
