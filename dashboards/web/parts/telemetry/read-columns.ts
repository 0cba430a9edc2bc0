import { ApiError, sendFile } from "../../api-client.ts";
import type { TelemetryImport } from "../../types.ts";

/** A header stands at the beginning: of a CSV file no more is sent to learn it. */
const headBytes = 64 * 1_024;
/** Any mapping will do; with our own export's headers the interface answers what it found. */
const query = "mode=preview&time=time&machine=machine&signal=signal&value=value";

const ask = (file: Blob): Promise<TelemetryImport> =>
  sendFile<TelemetryImport>(`/telemetry-imports?${query}`, file);

/** The whole lines at the beginning of a text file. */
async function headOf(file: File): Promise<Blob> {
  const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const end = head.lastIndexOf(0x0a);
  return new Blob([head.subarray(0, end < 0 ? head.length : end + 1)]);
}

/** What row 1 of a file says. */
export async function readColumns(file: File): Promise<readonly string[]> {
  if (!file.name.toLowerCase().endsWith(".csv") || file.size <= headBytes)
    return (await ask(file)).columns;
  try {
    return (await ask(await headOf(file))).columns;
  } catch (error) {
    // A cell may reach over the cut.
    if (!(error instanceof ApiError) || error.code !== "EXCHANGE_FILE") throw error;
    return (await ask(file)).columns;
  }
}
