import { statfsSync } from "node:fs";

/** What a file system says of itself, bytes. `free`: for those who are not root. */
export interface DiskSpace {
  readonly total: number;
  readonly free: number;
}

/** Undefined where the system does not say. */
export function diskSpace(folder: string): DiskSpace | undefined {
  try {
    const { bsize, blocks, bavail } = statfsSync(folder);
    return blocks > 0 ? { total: blocks * bsize, free: bavail * bsize } : undefined;
  } catch {
    return undefined;
  }
}
