import { DataType } from "./sparkplug-types.ts";

/** An inclusive range of batch numbers, [first, last]. */
export type NumberRange = readonly [first: number, last: number];

/** What a gateway says of one epoch in its spool. */
export interface EpochOffer {
  readonly epoch: string;
  /** The number the next batch will get; every number below exists or existed. */
  readonly next: number;
  /** Numbers still in the spool, ascending; what is in neither these nor the hub's ranges is lost. */
  readonly held: readonly NumberRange[];
  /** Cumulative ledger per machine id. */
  readonly machines: Readonly<
    Record<string, { readonly produced: number; readonly suppressed: number }>
  >;
}

/** Metric `Firebreak/Offer` of NBIRTH, JSON: the gateway's half of the opening exchange. */
export interface Offer {
  readonly protocol: 1;
  /** Store id this gateway was enrolled to; null before its first contact. It frees batches for this store only. */
  readonly storeId: string | null;
  readonly epochs: readonly EpochOffer[];
}

/**
 * One element of metric `Firebreak/Acknowledge` of NCMD (JSON array): all of these are on the hub's disk, or booked as
 * lost because neither side has them. Repeated on every duplicate, on every birth and every 10 s.
 */
export interface Acknowledgement {
  readonly storeId: string;
  readonly epoch: string;
  /** Every number from 1 to `through` is settled; 0 says none. */
  readonly through: number;
  /** Settled ranges above `through`, ascending. */
  readonly ranges: readonly NumberRange[];
}

/** Names of the metrics that carry the contract; a foreign Sparkplug host sees them and may ignore them. */
export const metricNames = {
  offer: "Firebreak/Offer",
  acknowledge: "Firebreak/Acknowledge",
  /** DBIRTH, Bytes: zstd of a JSON array of every SignalDictionary whose batches are still in the spool. */
  dictionaries: "Firebreak/Dictionaries",
  /** DBIRTH (null, fixes the alias) and DDATA, Bytes: one encoded batch. */
  batch: "Firebreak/Batch",
  /** NCMD, String: one order about raw recordings; `capture-codec.ts`. */
  captureOrder: "Firebreak/CaptureOrder",
  /** NDATA, String: the answer to one; with a piece of a recording in the Bytes beside it. */
  captureReply: "Firebreak/CaptureReply",
  capturePiece: "Firebreak/CapturePiece",
  /** NCMD, String: a configuration to try or to keep; NDATA: what came of it; `configuration-codec.ts`. */
  configuration: "Firebreak/Configuration",
  configurationReport: "Firebreak/ConfigurationReport",
  rebirth: "Node Control/Rebirth",
  sequence: "bdSeq",
} as const;

/** Metrics of NCMD, String, that tell a gateway to do something. */
export const nodeOrders: readonly string[] = [metricNames.captureOrder, metricNames.configuration];

/** Metrics of NDATA, which every NBIRTH names without a value. */
export const nodeReplies = [
  { name: metricNames.captureReply, datatype: DataType.String },
  { name: metricNames.capturePiece, datatype: DataType.Bytes },
  { name: metricNames.configurationReport, datatype: DataType.String },
] as const;
