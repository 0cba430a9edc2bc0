import { diskSpace } from "@firebreak/kit/disk-space.ts";

/** How often the file system is asked. */
const askMs = 2_000;

export interface DiskRoomOptions {
  readonly folder: string;
  /** What the configuration allows, bytes. */
  readonly maxBytes: number;
  readonly segmentBytes: number;
  /** What of the log lies on disk, bytes. */
  readonly written: () => number;
  readonly monotonicMs: () => number;
}

/**
 * The bound of a spool: what was configured, or less where the file system has less. It shrinks before the disk is
 * full, so that thinning still has room to work in; but not below eight segments, or whoever else fills the disk would
 * drive the spool out of it.
 */
export function createDiskRoom(options: DiskRoomOptions): () => number {
  const { folder, maxBytes, segmentBytes, written, monotonicMs } = options;
  const least = Math.min(maxBytes, 8 * segmentBytes);
  let askedMs = Number.NEGATIVE_INFINITY;
  let bound = maxBytes;
  return () => {
    const nowMs = monotonicMs();
    if (nowMs - askedMs < askMs) return bound;
    askedMs = nowMs;
    const space = diskSpace(folder);
    bound =
      space === undefined ? maxBytes : Math.min(maxBytes, Math.max(least, written() + space.free));
    return bound;
  };
}
