import type { QualityName } from "@firebreak/wire/quality.ts";
import type { MadeHours } from "./made-hours.ts";
import type { RefusedFilter, RefusedQuery, RefusedRetry, RefusedSample } from "./refused.ts";

/** Times in answers are ISO 8601 UTC with nine fractional digits: `2026-05-01T08:00:00.000000000Z`. */
export type IsoNs = string;

/** The newest known sample of one signal; `value` is null unless the quality is good. */
export interface LatestSignal {
  readonly name: string;
  readonly unit: string;
  readonly spn?: number;
  readonly sa?: number;
  readonly value: number | null;
  readonly quality: QualityName;
  readonly t: IsoNs;
}

export interface SeriesQuery {
  readonly machineId: string;
  readonly signal: string;
  /** Inclusive, nanoseconds since the Unix epoch. */
  readonly fromNs?: bigint;
  /** Exclusive. */
  readonly toNs?: bigint;
}

/** Every sample, oldest first; samples of one stamp in order of arrival. */
export interface RawSeries {
  readonly t: readonly IsoNs[];
  readonly value: readonly (number | null)[];
  readonly quality: readonly QualityName[];
  /** Pass it as `cursor` for the next page; absent on the last one. */
  readonly next?: string;
}

/** Stretches of time; empty ones are left out. `min`, `max` and `mean` are null when nothing in it was good. */
export interface Sums {
  /** Start of each. */
  readonly t: readonly IsoNs[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  /** Oldest and newest good value in it. */
  readonly first: readonly (number | null)[];
  readonly last: readonly (number | null)[];
  /** Good samples in it. */
  readonly count: readonly number[];
  /** Samples whose quality was not good. */
  readonly errors: readonly number[];
}

/** Buckets of equal width. */
export interface BucketSeries extends Sums {
  readonly bucketNs: string;
}

/** Stretches that need not be equally long, such as local days. */
export interface StretchQuery {
  readonly machineId: string;
  readonly signal: string;
  /** Ascending, at most `maxEdges`: from each to the next is a stretch, its end exclusive. Cut down to their minute. */
  readonly edgesNs: readonly bigint[];
}

export interface RawOptions {
  /** At most this many samples; default and limit 100,000. */
  readonly limit?: number;
  readonly cursor?: string;
  /** Where there are more than `limit`, or hours that have no samples, no sample at all is answered, only `next`, which begins with the first. */
  readonly orNone?: boolean;
}

/** How a question is asked. */
export interface Asking {
  /** Ends the work soon; the answer is then refused with `QUERY_CANCELLED`. */
  readonly abort?: AbortSignal | undefined;
}

/** One signal of many machines. */
export interface FleetQuery {
  readonly signal: string;
  /** Cut down to its hour (UTC). */
  readonly fromNs: bigint;
  /** Exclusive; its hour is in when any of it is. */
  readonly toNs: bigint;
  /** Those that have nothing are left out of the answer. */
  readonly machineIds: readonly string[];
}

/** Columns, one row for each machine and hour that has samples: machines in the order asked, hours ascending. */
export interface FleetHours {
  /** Index into `machineIds`. */
  readonly machine: Uint32Array;
  /** UTC hour, counted from the epoch. */
  readonly hour: Int32Array;
  /** NaN, as `max` and `mean`, when nothing in it was good. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  /** Good samples. */
  readonly count: Float64Array;
  /** Samples whose quality was not good. */
  readonly errors: Float64Array;
  /** Samples of these machines (any signal) that are stored and not yet in this answer; they are within an hour. */
  readonly waiting: number;
}

/** Samples of one machine that the store holds. Hours are UTC hours of event time, as the batch that brought them began. */
export interface StoredSamples {
  readonly stored: number;
  /** In batches that this store could not use and keeps aside. */
  readonly quarantined: number;
  readonly byHour: readonly { readonly hour: IsoNs; readonly stored: number }[];
}

/** Samples that the store has and could not use, by machine and reason. */
export interface SetAside {
  /** Null for a record that does not even say whose it is. */
  readonly machineId: string | null;
  /** In the database's own words. */
  readonly reason: string;
  readonly samples: number;
  /** Null where it was not noted. */
  readonly since: string | null;
  /** False for what the database would take at no time, or what is no sample to it. */
  readonly mayRetry: boolean;
}

/** Why a store cannot write now. */
export interface StoreFault {
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

export interface StoreStats {
  /** Stored so far; what retention dropped since counts too. */
  readonly samples: number;
  /** Journal position up to which everything is stored. */
  readonly offset: number;
  /** Records that this store could not take; they stay in the journal and are listed as quarantine. */
  readonly poisoned: number;
  /** Single samples that the database refused; they are kept and tried again. */
  readonly refused: number;
  readonly lastError: StoreFault | null;
  /** Null for a store that is not a file of the hub. */
  readonly file: StoreFile | null;
}

export interface StoreFile {
  readonly hotBatches: number;
  readonly hotSamples: number;
  readonly sealedSamples: number;
  /** Sealed blocks and rollups, without the database's own overhead. */
  readonly sealedBytes: number;
  readonly fileBytes: number;
}

/** Most machines times hours of one `fleetHours`. */
export const maxFleetRows = 2_000_000;

/** Most edges of one `stretches`. */
export const maxEdges = 4_001;

/** Read port of stored telemetry. Each adapter passes `contract.ts`. An unknown machine gives empty answers. */
export interface TelemetryStore {
  machines(): Promise<readonly string[]>;
  /** By name, then source address. */
  signals(machineId: string): Promise<readonly LatestSignal[]>;
  raw(query: SeriesQuery & RawOptions, asking?: Asking): Promise<RawSeries>;
  /** At most `points` buckets; extremes are preserved. */
  buckets(query: SeriesQuery & { readonly points: number }, asking?: Asking): Promise<BucketSeries>;
  /** @throws CodedError QUERY_TOO_LARGE for more than `maxEdges` */
  stretches(query: StretchQuery, asking?: Asking): Promise<Sums>;
  /** @throws CodedError QUERY_TOO_LARGE for more than `maxFleetRows` machines times hours */
  fleetHours(query: FleetQuery, asking?: Asking): Promise<FleetHours>;
  storedSamples(machineId: string): Promise<StoredSamples>;
  /** At most 100 groups. */
  aside(): Promise<readonly SetAside[]>;
  offset(): Promise<number>;
  /** Counts everything that is there, which takes its time in a large store. */
  stats(): Promise<StoreStats>;
  close(): Promise<void>;
}

/** A store that takes what is in the journal. */
export interface FollowingStore extends TelemetryStore {
  /** As of the last commit that was told; exact enough for trimming and lag. */
  readonly committed: number;
  /** How long what was stored since the start had been in the journal, summed up over `chunks`. */
  readonly delay: { readonly chunks: number; readonly seconds: number };
  /** False once a thread of it has ended by itself: only a restart of the hub helps. */
  readonly isRunning: boolean;
  /** Asks the writing thread alone and counts nothing; null while it writes. */
  lastError(): Promise<StoreFault | null>;
  /** Resolves when everything on disk at the call is stored. */
  caughtUp(): Promise<void>;
  /** Single samples that the database refused. */
  refused(query: RefusedQuery): Promise<readonly RefusedSample[]>;
  /**
   * Takes hour sums that no gateway delivered, for a demonstration: they are in charts and figures, and in no account.
   * An hour that is known stays as it is. Resolves to the number of hours that were new. Absent: the store takes none.
   */
  readonly takeMadeHours?: (hours: MadeHours) => Promise<number>;
  /** Sends them again, once each, after what was wrong was mended. */
  retryRefused(filter?: RefusedFilter): Promise<RefusedRetry>;
}
