import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import type { Static } from "typebox";
import type { SignalImport } from "../import-schema.ts";
import type { PlanMistake } from "../plan-mistake.ts";
import type { Acquisition, Signal } from "../plan-schema.ts";
import { dbcSignals } from "./dbc-signals.ts";
import type { FileMistake } from "./dbc-tokens.ts";
import { parseEds } from "./eds.ts";
import { edsSignals } from "./eds-signals.ts";
import type { ImportedSignal } from "./imported-signal.ts";
import { adjusted, unitsOf } from "./imported-signal.ts";
import { parseDbc } from "./parse-dbc.ts";
import { parseSpnList } from "./spn-list.ts";
import { spnListSignals } from "./spn-list-signals.ts";

export type { ImportedSignal } from "./imported-signal.ts";

export type Import = Static<typeof SignalImport>;

const largestFile = 8_000_000;
const mostSignals = 60_000;

/** The file that an import names. */
export const fileOfImport = (one: Import): string =>
  "dbc" in one ? one.dbc : "spnList" in one ? one.spnList : one.eds;

/**
 * Puts the signals of imported files into an acquisition section, behind its own; one that has its own signal of the
 * same name keeps it. The result stands for itself: it has no imports any more. `folder`: where the plan lies.
 */
export function importSignals(
  acquisition: Acquisition,
  folder: string,
): { readonly acquisition: Acquisition; readonly mistakes: PlanMistake[] } {
  const { imports = [], ...rest } = acquisition;
  const signals: Record<string, Signal> = { ...acquisition.signals };
  const mistakes: PlanMistake[] = [];
  const owner = new Map<string, string>();
  for (const [at, one] of imports.entries()) {
    const file = fileOfImport(one);
    const path = ["acquisition", "imports", at];
    const report = (message: string) => mistakes.push({ path, message, at: "value" });
    const text = readBeside(folder, file);
    if ("problem" in text) {
      report(text.problem);
      continue;
    }
    const read = signalsOfImport(one, text.content);
    for (const { line, message } of read.mistakes) report(`${file}:${line}: ${message}`);
    for (const { name, signal } of read.signals) {
      const before = owner.get(name);
      if (before) report(`"${name}" is in ${before} already; give the import a "prefix"`);
      else if (!Object.hasOwn(acquisition.signals, name)) signals[name] = signal;
      owner.set(name, file);
    }
    if (Object.keys(signals).length > mostSignals) report(`more than ${mostSignals} signals`);
  }
  return { acquisition: { ...rest, signals }, mistakes };
}

/** What one import makes of the text of its file. Pure. */
export function signalsOfImport(
  one: Import,
  text: string,
): {
  readonly signals: readonly { readonly name: string; readonly signal: Signal }[];
  readonly mistakes: readonly FileMistake[];
} {
  const read = readImport(one, text);
  if ("mistakes" in read) return { signals: [], mistakes: read.mistakes };
  return adjusted(read.signals, { ...one, units: unitsOf(one.units) }, fileOfImport(one));
}

/** The signals that a file describes, as it describes them. Pure. */
export function readImport(
  one: Import,
  text: string,
): { readonly signals: readonly ImportedSignal[] } | { readonly mistakes: readonly FileMistake[] } {
  if ("dbc" in one) {
    const read = parseDbc(text);
    return "dbc" in read ? { signals: dbcSignals(read.dbc, one) } : read;
  }
  if ("spnList" in one) {
    const read = parseSpnList(text);
    return "facts" in read ? { signals: spnListSignals(read.facts, one) } : read;
  }
  const read = parseEds(text, one.node);
  return "eds" in read ? { signals: edsSignals(read.eds, one) } : read;
}

/** A plan reads what lies beside it, and nothing else of the computer. */
function readBeside(folder: string, file: string): { content: string } | { problem: string } {
  const inside = normalize(file);
  if (isAbsolute(file) || inside.startsWith(".."))
    return { problem: `${file} must lie beside the plan or in a folder below it` };
  const path = join(folder, inside);
  try {
    const { size } = statSync(path);
    if (size > largestFile) return { problem: `${file} is larger than ${largestFile} bytes` };
    return { content: textOf(readFileSync(path)) };
  } catch (error) {
    const { code = "unreadable" } = error as NodeJS.ErrnoException;
    return { problem: `cannot read ${file} (${code})` };
  }
}

/** Tools under Windows write "°C" in their own code page. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
