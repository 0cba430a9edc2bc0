import { type FileHandle, open, rename, unlink } from "node:fs/promises";

/** A segment file being written. */
export interface SegmentHandle {
  /** Writes all of `parts`, one after the other, from byte `at`. */
  write(parts: readonly Uint8Array[], at: number): Promise<void>;
  /** Returns once what was written, and the length, would survive a power cut. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Everything the writer does to the disk: a seam for tests that let it fail or cut the power. */
export interface Disk {
  open(path: string, mode: "create" | "existing"): Promise<SegmentHandle>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes names created, renamed and removed in `folder` survive a power cut. */
  syncFolder(folder: string): Promise<void>;
}

export const nodeDisk: Disk = {
  open: async (path, mode) =>
    toSegmentHandle(await open(path, mode === "create" ? "w" : "r+", 0o600)),
  remove: (path) => unlink(path),
  rename: (from, to) => rename(from, to),
  async syncFolder(folder) {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

function toSegmentHandle(file: FileHandle): SegmentHandle {
  return {
    async write(parts, at) {
      for (const part of parts) {
        // A nearly full disk takes a part of a write before it says so.
        for (let done = 0; done < part.length; ) {
          const { bytesWritten } = await file.write(part, done, part.length - done, at + done);
          done += bytesWritten;
        }
        at += part.length;
      }
    },
    sync: () => file.datasync(),
    truncate: (bytes) => file.truncate(bytes),
    close: () => file.close(),
  };
}
