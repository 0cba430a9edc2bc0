/** Bounds of files that people send, all engineering defaults. */
export const exchangeConfig = {
  maxFileBytes: 20 * 1024 * 1024,
  /** Without the header. */
  maxRows: 100_000,
  maxColumns: 200,
  maxCellCharacters: 10_000,
  /** Of an .xlsx, all its parts unpacked. */
  maxUnpackedBytes: 300 * 1024 * 1024,
  maxZipEntries: 1_000,
  /** Of the process that reads a file; it ends when it wants more. */
  readerMegabytes: 1_024,
  readerTimeoutMs: 120_000,
  /** Faults that are told one by one; the rest is a number. */
  maxFaultsTold: 1_000,
  /** Rows that are written before others get a turn. */
  rowsPerTurn: 200,
  /** Finished and running imports that can be asked for. */
  maxImportsKept: 50,
} as const;
export type ExchangeConfig = typeof exchangeConfig;
