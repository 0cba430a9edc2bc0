import type { SparseCounts } from "./latency-histogram.ts";

/** Batches and the samples in them. */
export interface Amount {
  readonly batches: number;
  readonly samples: number;
}

/** Counts of connections since the start. */
export interface LinkCounts {
  readonly tries: number;
  /** Births after which the hub was there; the first of a gateway is no reconnect. */
  readonly sessions: number;
  readonly reconnects: number;
  /** The broker said no. */
  readonly refused: number;
  /** Tries that ended before there was a session: turned away at the door, or nothing answered. */
  readonly turnedAway: number;
  /** Sessions that the load itself cut. */
  readonly cut: number;
  /** Sessions that ended otherwise. */
  readonly broken: number;
}

/** Everything that one process counts, since its start but for `within`, `across`, `cpuSeconds` and `lateMs`. */
export interface LoadFigures {
  /** Nothing more is made: what is counted as made is all. */
  readonly isResting: boolean;
  readonly connected: number;
  /** Gateways that have had a session. */
  readonly everConnected: number;
  readonly links: LinkCounts;
  /** made = acknowledged + lost + in flight. */
  readonly made: Amount;
  readonly acknowledged: Amount;
  /** Given up because memory was full, or acknowledged and then gone from the hub. */
  readonly lost: Amount;
  /** Made and not acknowledged yet. */
  readonly inFlight: Amount;
  /** Times that a batch went out beyond its first. */
  readonly sentAgain: number;
  /** From making a batch to its acknowledgement, ms: of those made and acknowledged in one session. */
  readonly within: { readonly counts: SparseCounts; readonly max: number };
  /** Of those between which a connection was lost. */
  readonly across: { readonly counts: SparseCounts; readonly max: number };
  /** How late a batch was made at most: the generator itself was busy, ms. */
  readonly lateMs: number;
  /** User and system time since what is measured began. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** Why the newest connection that failed did so; empty: none did. */
  readonly lastTrouble: string;
}

/** One try to connect, or a session, with its time by the computer's clock, ms. */
export interface LinkEvent {
  readonly kind: "try" | "session";
  /** Id of the gateway. */
  readonly of: string;
  readonly atMs: number;
}

type Counts<Whole> = { -readonly [Key in keyof Whole]: number };

export const noLinks = (): Counts<LinkCounts> => ({
  tries: 0,
  sessions: 0,
  reconnects: 0,
  refused: 0,
  turnedAway: 0,
  cut: 0,
  broken: 0,
});

export const noAmount = (): Counts<Amount> => ({ batches: 0, samples: 0 });

/** Adds what is counted by name. */
export function addCounts<Key extends string>(
  into: Record<Key, number>,
  more: Readonly<Record<NoInfer<Key>, number>>,
): void {
  for (const key in into) into[key] += more[key];
}
