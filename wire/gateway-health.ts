import { DataType, type Metric } from "./sparkplug-types.ts";

/** What one metric of a gateway's health holds. */
export type HealthValue = number | string | boolean | null;

/** One metric of a gateway's health: `path` as `clock`, `trust` or `bus`, machine, source, bus, `state`. */
export interface HealthEntry {
  readonly path: readonly string[];
  readonly value: HealthValue;
  /** Since when it is so, by the sender's clock, ms since 1970. */
  readonly atMs: number;
}

const prefix = "Firebreak/Health/";
const maxNameLength = 1_000;
const maxTextLength = 500;

/** What a change of is told at once and remembered; all the others are figures, which only their newest value counts of. */
const states: ReadonlySet<string> = new Set([
  "state",
  "mode",
  "code",
  "trust",
  "isFull",
  "isThinning",
  "isCatchingUp",
  "version",
  "run",
  "steps",
  "renewal",
  "endsAt",
]);

export const isHealthState = (path: readonly string[]): boolean => states.has(path.at(-1) ?? "");

/** `Firebreak/Health/bus/M-1/can0/can0/state`; each segment escaped as in a URL, so that an id may hold a slash. */
export const healthName = (path: readonly string[]): string =>
  prefix + path.map(encodeURIComponent).join("/");

/** Undefined for every metric that is none of a gateway's health. Never throws. */
export function healthPath(name: string): string[] | undefined {
  if (!name.startsWith(prefix) || name.length > maxNameLength) return undefined;
  try {
    return name.slice(prefix.length).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** As a Sparkplug metric; with `alias` the name stays out, as in data after a birth. */
export function healthMetric(
  { path, value, atMs }: HealthEntry,
  { alias, isNamed, isHistorical }: { alias: number; isNamed: boolean; isHistorical?: boolean },
): Metric {
  return {
    ...(isNamed ? { name: healthName(path) } : {}),
    alias,
    timestampMs: Math.max(0, Math.round(atMs)),
    ...(isNamed ? { datatype: dataTypeOf(path, value) } : {}),
    ...(isHistorical ? { isHistorical } : {}),
    ...(value === null ? { isNull: true } : { value }),
  };
}

/** What a metric of this path holds; undefined when it is nothing that a health can hold. */
export function healthEntry(
  path: readonly string[],
  { value, isNull, timestampMs }: Metric,
  sentMs: number,
): HealthEntry | undefined {
  const atMs = timestampMs ?? sentMs;
  if (isNull) return { path, value: null, atMs };
  if (typeof value === "string") return { path, value: value.slice(0, maxTextLength), atMs };
  if (typeof value === "boolean") return { path, value, atMs };
  return typeof value === "number" && Number.isFinite(value) ? { path, value, atMs } : undefined;
}

/** A figure that is not known yet is a number all the same. */
function dataTypeOf(path: readonly string[], value: HealthValue): number {
  if (typeof value === "boolean") return DataType.Boolean;
  const isText = typeof value === "string" || (value === null && isHealthState(path));
  return isText ? DataType.String : DataType.Double;
}
