import { accessSync, constants } from "node:fs";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { diskSpace } from "@firebreak/kit/disk-space.ts";
import { nearestFolder } from "@firebreak/kit/files.ts";

/** Where batches will be kept, as it looks before a gateway runs. */
export interface DiskLook {
  /** The system's code, such as EROFS, ENOSPC or EACCES; empty when it can be written. */
  readonly problem: string;
  /** Null where the system does not say. */
  readonly freeBytes: number | null;
}

/** Less is full to whoever wants to keep days of data. */
const leastFreeBytes = 1024 * 1024;

/** Looks whether a spool could be kept in this folder, there or still to be made. Writes nothing. */
export function lookAtDisk(folder: string): DiskLook {
  const nearest = nearestFolder(folder);
  const free = diskSpace(nearest)?.free;
  const freeBytes = free ?? null;
  try {
    accessSync(nearest, constants.W_OK);
  } catch (error) {
    return { problem: errorCode(error), freeBytes };
  }
  return { problem: free !== undefined && free < leastFreeBytes ? "ENOSPC" : "", freeBytes };
}
