import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { diskSpace } from "@firebreak/kit/disk-space.ts";
import { makeFolderIfPossible } from "@firebreak/kit/files.ts";
import { openLog, type SegmentLog } from "@firebreak/log/segment-log.ts";
import { type SpoolOptions, segmentBytesOf } from "./spool-options.ts";

/** What waits for a slow disk, bytes; a failing one is given nothing. */
const maxUnwrittenBytes = 16 * 1024 * 1024;
/** Where logs lie that a newer version wrote. */
const keptFolder = "kept";

export interface OpenedLog {
  readonly log: SegmentLog;
  readonly segmentBytes: number;
  /** Folders with data that this version cannot read: an update brings them back, nothing deletes them. */
  readonly keptAside: readonly string[];
}

/** The log of a spool, with segments that suit its bound and its disk. @throws as `openLog` */
export async function openSpoolLog(options: SpoolOptions): Promise<OpenedLog> {
  const { folder } = options;
  makeFolderIfPossible(folder);
  const segmentBytes = segmentBytesOf(options, diskSpace(folder)?.total);
  const log = await open(options, segmentBytes).catch((error: unknown) => {
    if (errorCode(error) !== "LOG_VERSION_UNSUPPORTED") throw error;
    const aside = keepAside(folder);
    options.log.error(
      { err: error, aside },
      "spool of a newer version kept aside, a new one begun",
    );
    return open(options, segmentBytes);
  });
  const kept = join(folder, keptFolder);
  const keptAside = existsSync(kept) ? readdirSync(kept).map((name) => join(kept, name)) : [];
  return { log, segmentBytes, keptAside };
}

function open(options: SpoolOptions, segmentBytes: number): Promise<SegmentLog> {
  const { folder, maxBytes, syncIntervalMs, disk } = options;
  return openLog({
    folder: join(folder, "log"),
    segmentBytes,
    maxBytes,
    maxRecordBytes: maxBytes / 8,
    maxUnwrittenBytes,
    syncIntervalMs,
    log: options.log,
    ...(disk ? { disk } : {}),
  });
}

/** Moves log, index and state out of the way; dictionaries are named by what is in them and stay. */
function keepAside(folder: string): string {
  const kept = join(folder, keptFolder);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const aside = join(kept, String(readdirSync(kept).length + 1));
  mkdirSync(aside, { mode: 0o700 });
  for (const name of ["log", "index"])
    if (existsSync(join(folder, name))) renameSync(join(folder, name), join(aside, name));
  return aside;
}
