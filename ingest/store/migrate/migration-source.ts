import type { DatabaseSync } from "node:sqlite";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import type { RawRow, Span } from "../raw-page.ts";

/** What is copied as one: all samples of one machine with the same signal, unit and address. */
export interface MigratedSeries {
  /** Names it among all of the store. */
  readonly key: string;
  readonly machineId: string;
  readonly signal: SignalDefinition;
  readonly samples: number;
}

/** A store that nobody writes to meanwhile. */
export interface MigrationSource {
  /** Its book. */
  readonly database: DatabaseSync;
  /** Place in the journal up to which it is complete. */
  readonly offset: number;
  series(): Promise<readonly MigratedSeries[]>;
  /** Start of the next sample at or after a time; undefined behind the last. */
  nextNs(series: MigratedSeries, fromNs: bigint): Promise<bigint | undefined>;
  /** Everything in the span, by (time, arrival). */
  read(series: MigratedSeries, span: Span): Promise<readonly RawRow[]>;
  close(): void;
}

/** Everything of a series before `atNs` is there. */
export interface Through {
  readonly atNs: bigint;
  readonly samples: number;
}

/** A store that is being filled. Its progress is kept with it. */
export interface MigrationSink {
  /** Undefined when nothing of the series is there. */
  through(series: MigratedSeries): Through | undefined;
  /** Takes a span whole; `endNs` is its end. Taking it again after an interruption changes nothing. */
  take(series: MigratedSeries, rows: readonly RawRow[], endNs: bigint): Promise<void>;
  /** Copies what the source's book says beside the samples, and is ready for a hub. */
  finish(book: DatabaseSync, offset: number): void;
  close(): void;
}
