import { createHash } from "node:crypto";

/** What a signal index of a batch means. Part of the wire contract: only optional fields may be added. */
export interface SignalDefinition {
  /** Stable name of the signal in its plan, e.g. `engineOilPressure`. */
  readonly name: string;
  readonly unit: string;
  /** Physical = raw * scale + offset. Batches carry raw counts where that is exact. */
  readonly scale: number;
  readonly offset: number;
  readonly spn?: number;
  readonly sa?: number;
  /** Only grows: kept when a full spool thins what it has. */
  readonly isCounter?: true;
}

/** The signals of one acquisition section of a plan, in index order; batches name it by `hash`. */
export interface SignalDictionary {
  /** First 16 hex digits of SHA-256 over plan and signals. */
  readonly hash: string;
  readonly plan: string;
  readonly signals: readonly SignalDefinition[];
}

/** Builds a dictionary; equal plan and signals give an equal hash on every machine. */
export function createDictionary(
  plan: string,
  definitions: readonly SignalDefinition[],
): SignalDictionary {
  const signals = definitions.map(({ name, unit, scale, offset, spn, sa, isCounter }) => ({
    name,
    unit,
    scale,
    offset,
    ...(spn === undefined ? {} : { spn }),
    ...(sa === undefined ? {} : { sa }),
    ...(isCounter ? { isCounter } : {}),
  }));
  const hash = createHash("sha256").update(JSON.stringify({ plan, signals })).digest("hex");
  return { hash: hash.slice(0, 16), plan, signals };
}
