import { readFileSync } from "node:fs";
import { captureNamePattern } from "@firebreak/wire/capture-event.ts";
import type { CaptureFormat, CaptureStored } from "@firebreak/wire/machine-event.ts";

/** What a recording was made for: a trouble code, a request, or both. */
export interface CaptureCause {
  readonly code: {
    readonly network: number;
    readonly sa: number;
    readonly spn: number;
    readonly fmi: number;
  } | null;
  /** Empty: nobody asked. */
  readonly requestId: string;
}

/** What is known of one stored recording; kept beside it as JSON. */
export interface CaptureFacts extends CaptureCause {
  /** Grows from one to the next, whatever the clock does; absent in files of before, which are older than all others. */
  readonly sequence?: number;
  /** File name: `<UTC time>-<cause>.log.gz` or `.modbus.log.gz`. */
  readonly name: string;
  readonly format: CaptureFormat;
  /** When it began, by this device's clock, ms. */
  readonly atMs: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Frames, or requests and replies. */
  readonly records: number;
  readonly plainBytes: number;
  /** Of the gzip: what lies on the disk and is fetched. */
  readonly bytes: number;
  readonly sha256: string;
}

const suffixes = { candump: ".log.gz", modbus: ".modbus.log.gz" } as const;

export function captureName(atMs: number, cause: CaptureCause, format: CaptureFormat): string {
  const stamp = new Date(atMs).toISOString().replaceAll(":", "-");
  const { code } = cause;
  const why = code ? `spn-${code.spn}-fmi-${code.fmi}` : "request";
  return `${stamp}-${why}${suffixes[format]}`;
}

/** What stands in such a file; undefined if it is not one, or damaged. */
export function readFacts(path: string, name: string): CaptureFacts | undefined {
  try {
    const facts = JSON.parse(readFileSync(path, "utf8")) as CaptureFacts;
    const isWhole =
      facts.name === name && captureNamePattern.test(name) && /^[0-9a-f]{64}$/.test(facts.sha256);
    return isWhole && Number.isSafeInteger(facts.bytes) ? facts : undefined;
  } catch {
    // Not there, or cut off by a power cut.
    return undefined;
  }
}

/** The same as it is told to the hub. */
export const announcementOf = (facts: CaptureFacts): CaptureStored => ({
  kind: "capture",
  timeNs: BigInt(facts.lastUs) * 1_000n,
  sa: facts.code?.sa ?? 0,
  name: facts.name,
  format: facts.format,
  code: facts.code
    ? { network: facts.code.network, spn: facts.code.spn, fmi: facts.code.fmi }
    : null,
  requestId: facts.requestId,
  firstNs: BigInt(facts.firstUs) * 1_000n,
  records: facts.records,
  plainBytes: facts.plainBytes,
  storedBytes: facts.bytes,
  sha256: facts.sha256,
});
