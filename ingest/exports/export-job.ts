/** What somebody wants to have as a file. */
export interface ExportRequest {
  readonly machineIds: readonly string[];
  /** Absent: every signal that each machine has at the time. */
  readonly signals?: readonly string[];
  /** Inclusive, nanoseconds since the Unix epoch. */
  readonly fromNs: bigint;
  /** Exclusive. */
  readonly toNs: bigint;
  readonly format: ExportFormat;
}

export const exportFormats = ["csv", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportStates = ["waiting", "running", "done", "failed"] as const;
export type ExportState = (typeof exportStates)[number];

/** How far an export is, and what came of it. */
export interface ExportJob {
  readonly id: string;
  /** Who asked; nobody else sees it. */
  readonly owner: string;
  readonly state: ExportState;
  readonly format: ExportFormat;
  readonly machineIds: readonly string[];
  readonly signals: readonly string[] | null;
  readonly from: string;
  readonly to: string;
  readonly askedAt: string;
  readonly endedAt: string | null;
  /** 0 to 1. */
  readonly progress: number;
  readonly rows: number;
  readonly bytes: number;
  /** How often a restart of the hub made it begin anew. */
  readonly restarts: number;
  /** How often the hub ended without having been told to while it ran; absent: never. */
  readonly crashes?: number;
  /** Why it failed, and what to do. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** Bounds, all engineering defaults. */
export const exportLimits = {
  maxMachines: 1_000,
  maxSignals: 200,
  maxRows: 100_000_000,
  maxFileBytes: 2 * 2 ** 30,
  /** All files together; the oldest finished ones make room. */
  maxFolderBytes: 10 * 2 ** 30,
  /** What has to stay free on the disk. */
  minFreeBytes: 2 ** 30,
  /** Not finished, of one person and of all. */
  maxWaitingOfOne: 3,
  maxWaiting: 20,
  maxJobs: 200,
  keepMs: 7 * 86_400_000,
  /** Rows between which others get a turn. */
  pageRows: 10_000,
};
export type ExportLimits = typeof exportLimits;
