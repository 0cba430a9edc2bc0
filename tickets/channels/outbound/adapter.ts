/** One fact for another system, numbered without gaps over all kinds. */
export interface OutboundRow {
  /** From 1; a receiver that has seen it has seen this row. */
  readonly offset: number;
  readonly kind: OutboundKind;
  /** Column names and values, as of the moment the row was numbered. */
  readonly values: Readonly<Record<string, string | number>>;
}

export const outboundKinds = ["closed-ticket", "parts-movement"] as const;
export type OutboundKind = (typeof outboundKinds)[number];

/** Rows that belong together; the same number always holds the same rows. */
export interface OutboundBatch {
  readonly batchNo: number;
  readonly kind: OutboundKind;
  readonly rows: readonly OutboundRow[];
}

/**
 * The way to an ERP or field-service system. `write` takes a batch whole or not at all, and the same batch again must do
 * no harm: it comes again when the process died between writing and noting it.
 */
export interface OutboundAdapter {
  /** Names its place in the log of batches; never changed once used. */
  readonly name: string;
  readonly kinds: readonly OutboundKind[];
  write(batch: OutboundBatch): Promise<void>;
}
