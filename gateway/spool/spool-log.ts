import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openLog, type SegmentLog } from "@firebreak/log/segment-log.ts";
import { diskSpace } from "./disk-room.ts";
import { type SpoolOptions, segmentBytesOf } from "./spool-options.ts";

/** What waits for a slow disk, bytes; a failing one is given nothing. */
const maxUnwrittenBytes = 16 * 1024 * 1024;

/** The log of a spool, with segments that suit its bound and its disk. @throws as `openLog` */
export async function openSpoolLog(
  options: SpoolOptions,
): Promise<{ readonly log: SegmentLog; readonly segmentBytes: number }> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const segmentBytes = segmentBytesOf(options, diskSpace(options.folder)?.total);
  const { maxBytes, syncIntervalMs, disk } = options;
  const log = await openLog({
    folder: join(options.folder, "log"),
    segmentBytes,
    maxBytes,
    maxRecordBytes: maxBytes / 8,
    maxUnwrittenBytes,
    syncIntervalMs,
    log: options.log,
    ...(disk ? { disk } : {}),
  });
  return { log, segmentBytes };
}
