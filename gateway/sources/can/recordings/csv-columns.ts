import type { ColumnMap } from "./column-map.ts";

/** Where in a row things stand, from 0. */
export interface CsvLayout {
  readonly delimiter: string;
  readonly time: number | undefined;
  readonly timeUnit: "s" | "ms" | "us";
  readonly id: number;
  readonly idBase: 10 | 16;
  readonly data: readonly number[];
  readonly dataCoding: "hex" | "base64";
  readonly extended: number | undefined;
  readonly length: number | undefined;
  readonly bus: number | undefined;
  readonly remote: number | undefined;
  readonly error: number | undefined;
  /** False if the line that was looked at is a row already. */
  readonly hasHead: boolean;
}

/** Names in use, without case, blanks and signs. */
const knownNames = {
  time: [
    "time",
    "timestamp",
    "times",
    "timems",
    "timeus",
    "timestampepoch",
    "timeoffset",
    "abstime",
  ],
  id: ["id", "canid", "arbitrationid", "identifier", "messageid", "frameid", "idhex", "canidhex"],
  extended: ["extended", "ext", "ide", "isextended"],
  length: ["dlc", "len", "length", "datalength"],
  data: ["data", "databytes", "payload", "datahex"],
  bus: ["bus", "channel", "buschannel", "interface"],
  remote: ["remote", "rtr"],
  error: ["error", "iserror", "errorframe"],
} as const;

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
const delimiters = [",", ";", "\t"];

/** The cells of a row, without quotes and blanks around them. */
export const cellsOf = (row: string, delimiter: string): string[] =>
  row.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));

/**
 * Finds the layout in the first line of a file, with a map or by the names that recorders use; undefined where the line
 * is no such head.
 */
export function layoutOf(line: string, map?: ColumnMap): CsvLayout | undefined {
  const delimiter = delimiters.reduce((best, next) =>
    line.split(next).length > line.split(best).length ? next : best,
  );
  const names = cellsOf(line, delimiter);
  if (names.length < 2) return undefined;
  return map === undefined ? guess(names, delimiter) : mapped(names, delimiter, map);
}

function guess(names: readonly string[], delimiter: string): CsvLayout | undefined {
  const plains = names.map(plain);
  const find = (wanted: readonly string[]) =>
    optional(plains.findIndex((at) => wanted.includes(at)));
  const id = find(knownNames.id);
  const whole = find(knownNames.data);
  const data = whole === undefined ? byteColumns(plains) : [whole];
  if (id === undefined || data.length === 0) return undefined;
  const time = find(knownNames.time);
  const header = plains.join();
  return {
    delimiter,
    time,
    timeUnit: time === undefined ? "s" : unitOf(names[time] ?? "", header),
    id,
    idBase: 16,
    data,
    // python-can writes data in base 64, under exactly this head.
    dataCoding:
      header === "timestamp,arbitrationid,extended,remote,error,dlc,data" ? "base64" : "hex",
    extended: find(knownNames.extended),
    length: find(knownNames.length),
    bus: find(knownNames.bus),
    remote: find(knownNames.remote),
    error: find(knownNames.error),
    hasHead: true,
  };
}

/** SavvyCAN counts microseconds without saying so. */
const unitOf = (name: string, header: string): "s" | "ms" | "us" => {
  if (/\bms\b|_ms/i.test(name)) return "ms";
  if (/\bus\b|_us|µs/i.test(name) || header.startsWith("timestamp,id,extended,dir,bus,len,d1"))
    return "us";
  return "s";
};

/** `D1` to `D8`, `B0` to `B7`, `data0` … in a row. */
function byteColumns(plains: readonly string[]): number[] {
  const first = plains.findIndex((name) => /^(?:d|b|data|byte)[01]$/.test(name));
  if (first < 0) return [];
  const [, stem = "", start = "0"] = /^([a-z]+)(\d)$/.exec(plains[first] ?? "") ?? [];
  const found: number[] = [];
  for (let at = first; plains[at] === `${stem}${Number(start) + at - first}`; at++) found.push(at);
  return found;
}

function mapped(
  names: readonly string[],
  delimiter: string,
  map: ColumnMap,
): CsvLayout | undefined {
  const plains = names.map(plain);
  const find = (wanted: string | undefined): number | undefined => {
    if (wanted === undefined) return undefined;
    if (/^\d{1,3}$/.test(wanted)) return Number(wanted) > 0 ? Number(wanted) - 1 : undefined;
    return optional(plains.indexOf(plain(wanted)));
  };
  const id = find(map.id);
  const data = rangeOf(map.data).flatMap((name) => find(name) ?? []);
  if (id === undefined || data.length === 0) return undefined;
  return {
    delimiter,
    time: find(map.time),
    timeUnit: map.timeUnit ?? "s",
    id,
    idBase: map.idBase === "dec" ? 10 : 16,
    data,
    dataCoding: map.dataCoding ?? "hex",
    extended: find(map.extended),
    length: find(map.length),
    bus: find(map.bus),
    remote: find(map.remote),
    error: find(map.error),
    hasHead: !/^\d+$/.test(map.id) || !/\d/.test(names[id] ?? ""),
  };
}

/** `D1-D8` and `6-13` in full, anything else by itself. */
function rangeOf(text: string): string[] {
  const match = /^([A-Za-z_]*)(\d{1,3})-\1(\d{1,3})$/.exec(text);
  if (match === null) return [text];
  const [, stem = "", from, to] = match;
  const count = Math.min(64, Number(to) - Number(from) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, at) => `${stem}${Number(from) + at}`);
}

const optional = (at: number): number | undefined => (at < 0 ? undefined : at);
