import { setImmediate as turn } from "node:timers/promises";
import { type QualityName, qualityNames } from "@firebreak/wire/quality.ts";
import { earliestMs } from "../iso-ns.ts";
import { type ImportFault, type ImportFaultCode, importFault } from "./import-fault.ts";

/** A cell as a file gives it. */
export type ImportCell = string | number | boolean | Date | null;

/**
 * Which columns of the file hold what, by their headers; what a file does not say is said for all of it. `wide`: columns
 * that hold one signal each, by header; then there is neither a signal's column nor a value's.
 */
export interface ImportMapping {
  readonly time: string;
  /** Such as `+08:00`, for times without a zone. */
  readonly zone?: string | undefined;
  readonly machine: { readonly column: string } | { readonly id: string };
  readonly values:
    | {
        readonly signal: { readonly column: string } | { readonly name: string };
        readonly value: string;
        readonly unit?: string | undefined;
        readonly quality?: string | undefined;
      }
    | { readonly wide: readonly { readonly column: string; readonly signal: string }[] };
}

export interface ImportSample {
  readonly row: number;
  readonly timeNs: bigint;
  /** NaN unless the quality is good. */
  readonly value: number;
  readonly quality: QualityName;
}

/** What is known of a signal of a machine; undefined: neither its plan nor the store has it. */
export type UnitOf = (machineId: string, signal: string) => string | undefined;

export interface ImportedSeries {
  readonly machineId: string;
  readonly signal: string;
  /** In order of time, each stamp once. */
  readonly samples: readonly ImportSample[];
}

export interface ReadImport {
  /** What row 1 says, without what is empty. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly series: readonly ImportedSeries[];
  readonly faults: readonly ImportFault[];
}

interface Reading {
  readonly nowNs: bigint;
  readonly unitOf: UnitOf;
  readonly isMachine: (machineId: string) => boolean;
}

/** Samples that one file may bring: a row may hold many, and all of them are in memory. */
const maxSamples = 1_000_000;
/** Rows between which others get a turn. */
const turnRows = 1_000;
const earliestNs = BigInt(earliestMs) * 1_000_000n;

/** Reads a table by a mapping; every mistake is told, each with its row and column, until the samples are too many. */
export async function readImport(
  table: readonly (readonly ImportCell[])[],
  mapping: ImportMapping,
  reading: Reading,
): Promise<ReadImport> {
  const [header = [], ...records] = table;
  const faults: ImportFault[] = [];
  const places = placesOf(header, mapping, faults);
  const columns = header.map(textOf).filter((name) => name !== "");
  if (faults.length > 0) return { columns, rows: records.length, series: [], faults };
  const found = new Map<string, { machineId: string; signal: string; samples: ImportSample[] }>();
  let rows = 0;
  let count = 0;
  for (const [index, cells] of records.entries()) {
    if (index % turnRows === turnRows - 1) await turn();
    if (cells.every((cell) => textOf(cell) === "")) continue;
    rows++;
    const row: Row = { number: index + 2, cells, places, faults };
    const timeNs = readTime(row, mapping, reading.nowNs);
    const machineId = readMachine(row, mapping, reading);
    if (timeNs === undefined || machineId === undefined) continue;
    count += "wide" in mapping.values ? mapping.values.wide.length : 1;
    if (count > maxSamples) {
      fault(row, "", "", ["too-many", { most: String(maxSamples) }]);
      break;
    }
    for (const { signal, value, quality } of readValues(row, mapping, machineId, reading)) {
      const key = JSON.stringify([machineId, signal]);
      const series = found.get(key) ?? { machineId, signal, samples: [] };
      found.set(key, series);
      series.samples.push({ row: row.number, timeNs, value, quality });
    }
  }
  const series: ImportedSeries[] = [];
  for (const one of found.values()) {
    await turn();
    const samples = one.samples.sort(byTime);
    refuseRepeats(one.signal, samples, mapping.time, faults);
    series.push({ ...one, samples });
  }
  return { columns, rows, series, faults: faults.sort((a, b) => a.row - b.row) };
}

const byTime = (one: ImportSample, other: ImportSample): number =>
  one.timeNs < other.timeNs ? -1 : one.timeNs > other.timeNs ? 1 : 0;

interface Row {
  readonly number: number;
  readonly cells: readonly ImportCell[];
  readonly places: ReadonlyMap<string, number>;
  readonly faults: ImportFault[];
}

const textOf = (cell: ImportCell | undefined): string =>
  cell === null || cell === undefined
    ? ""
    : cell instanceof Date
      ? cell.toISOString()
      : String(cell).trim();

const cellOf = ({ cells, places }: Row, column: string): string =>
  textOf(cells[places.get(column) ?? -1]);

type What = ImportFaultCode | readonly [code: ImportFaultCode, facts: ImportFault["facts"]];

function fault({ number, faults }: Row, column: string, value: string, what: What): undefined {
  const [code, facts] = typeof what === "string" ? [what] : what;
  faults.push(importFault({ row: number, column, value }, code, facts));
}

function columnsOf({ time, machine, values }: ImportMapping): string[] {
  const machines = "column" in machine ? [machine.column] : [];
  if ("wide" in values) return [time, ...machines, ...values.wide.map(({ column }) => column)];
  const { signal, value, unit, quality } = values;
  const more = [unit, quality].filter((one) => one !== undefined);
  return [time, ...machines, ...("column" in signal ? [signal.column] : []), value, ...more];
}

function placesOf(header: readonly ImportCell[], mapping: ImportMapping, faults: ImportFault[]) {
  const names = header.map(textOf);
  const places = new Map<string, number>();
  for (const column of columnsOf(mapping)) {
    const at = names.indexOf(column);
    const code =
      at < 0 ? "no-column" : names.lastIndexOf(column) === at ? undefined : "twice-column";
    if (code) faults.push(importFault({ row: 1, column, value: "" }, code, { column }));
    else places.set(column, at);
  }
  return places;
}

const stamp = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;

function readTime(row: Row, { time, zone }: ImportMapping, nowNs: bigint): bigint | undefined {
  const text = cellOf(row, time);
  const [, day, clock, fraction = "", said] = stamp.exec(text) ?? [];
  const milliseconds = /^\d{11,14}$/.test(text) ? Number(text) : undefined;
  if (milliseconds === undefined && day !== undefined && (said ?? zone) === undefined)
    return fault(row, time, text, "no-zone");
  const ms = milliseconds ?? Date.parse(`${day}T${clock}${said ?? zone}`);
  if (Number.isNaN(ms) || (day !== undefined && !isDay(day)))
    return fault(row, time, text, "no-time");
  const timeNs = BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  if (timeNs < earliestNs) return fault(row, time, text, "too-early");
  if (timeNs > nowNs) return fault(row, time, text, "to-come");
  return timeNs;
}

/** The 31st of February is none. */
const isDay = (day: string): boolean => {
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnightMs) && new Date(midnightMs).toISOString().startsWith(day);
};

function readMachine(
  row: Row,
  { machine }: ImportMapping,
  { isMachine }: Reading,
): string | undefined {
  const column = "column" in machine ? machine.column : "";
  const id = "column" in machine ? cellOf(row, machine.column) : machine.id;
  return isMachine(id) ? id : fault(row, column, id, "no-machine");
}

interface ReadValue {
  readonly signal: string;
  readonly value: number;
  readonly quality: QualityName;
}

function readValues(
  row: Row,
  { values }: ImportMapping,
  machineId: string,
  { unitOf }: Reading,
): ReadValue[] {
  if ("wide" in values)
    return values.wide.flatMap(({ column, signal }) => {
      // A cell that is empty says nothing of its signal.
      if (cellOf(row, column) === "") return [];
      if (unitOf(machineId, signal) === undefined)
        return fault(row, column, signal, "no-signal") ?? [];
      const value = readNumber(row, column);
      return value === undefined ? [] : [{ signal, value, quality: "good" as const }];
    });
  const { signal: from, value: column, unit: unitColumn, quality: qualityColumn } = values;
  const signalColumn = "column" in from ? from.column : "";
  const signal = "column" in from ? cellOf(row, from.column) : from.name;
  const known = unitOf(machineId, signal);
  if (known === undefined) return fault(row, signalColumn, signal, "no-signal") ?? [];
  const unit = unitColumn === undefined ? known : cellOf(row, unitColumn);
  if (unit !== known)
    return fault(row, unitColumn ?? "", unit, ["unit", { signal, unit: known }]) ?? [];
  const said = qualityColumn === undefined ? "" : cellOf(row, qualityColumn);
  const isEmpty = cellOf(row, column) === "";
  const quality = said === "" ? (isEmpty ? "not-available" : "good") : said;
  if (!isQuality(quality))
    return fault(row, qualityColumn ?? "", said, ["quality", { qualities }]) ?? [];
  if (quality !== "good") return [{ signal, value: Number.NaN, quality }];
  const value = readNumber(row, column);
  return value === undefined ? [] : [{ signal, value, quality }];
}

const qualities = qualityNames.join(", ");
const isQuality = (text: string): text is QualityName => qualityNames.some((name) => name === text);

function readNumber(row: Row, column: string): number | undefined {
  const text = cellOf(row, column);
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : fault(row, column, text, "no-number");
}

function refuseRepeats(
  signal: string,
  samples: readonly ImportSample[],
  column: string,
  faults: ImportFault[],
): void {
  for (const [at, { timeNs, row }] of samples.entries()) {
    const before = samples[at - 1];
    if (before?.timeNs !== timeNs) continue;
    const facts = { signal, before: String(before.row) };
    faults.push(importFault({ row, column, value: "" }, "repeat", facts));
  }
}
