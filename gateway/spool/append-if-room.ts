import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { SegmentLog } from "@firebreak/log/segment-log.ts";

/** The position of the record, or undefined if the log has no room for it. */
export function appendIfRoom(
  log: Pick<SegmentLog, "append">,
  record: Uint8Array,
): number | undefined {
  try {
    return log.append(record);
  } catch (error) {
    if (errorCode(error) === "LOG_FULL") return undefined;
    throw error;
  }
}
