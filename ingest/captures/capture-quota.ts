import type { CaptureBook } from "./capture-book.ts";
import type { CaptureFiles } from "./capture-files.ts";
import type { CaptureRow } from "./capture-rows.ts";

export interface CaptureLimits {
  /** Of one recording, compressed and as text. */
  readonly maxFileBytes: number;
  readonly maxPlainBytes: number;
  readonly maxGatewayBytes: number;
  readonly maxTotalBytes: number;
  /** So many are known of one gateway, the newest. */
  readonly maxGatewayRows: number;
  readonly keepDays: number;
}

export const captureLimits: CaptureLimits = {
  maxFileBytes: 32 * 1024 * 1024,
  maxPlainBytes: 256 * 1024 * 1024,
  maxGatewayBytes: 256 * 1024 * 1024,
  maxTotalBytes: 10 * 1024 * 1024 * 1024,
  maxGatewayRows: 1_000,
  keepDays: 400,
};

/** What may lie on the hub's disk: of one gateway, where the oldest make room, and of all, where nothing does. */
export function createCaptureQuota(options: {
  readonly book: CaptureBook;
  readonly files: CaptureFiles;
  readonly limits: CaptureLimits;
  readonly alarm: (gatewayId: string, machineId: string) => void;
}) {
  const { book, files, limits, alarm } = options;
  const drop = (capture: CaptureRow, detail: "quota" | "too-old") => {
    book.set(capture, "removed", detail);
    files.remove(capture.id);
  };
  return {
    /** Whether a recording may be fetched; makes room for it where its gateway's share is full. */
    judge(capture: CaptureRow): "take" | "too-large" | "gateway-full" | "hub-full" {
      const { gatewayId, machineId, storedBytes, plainBytes } = capture;
      if (storedBytes > limits.maxFileBytes || plainBytes > limits.maxPlainBytes) {
        alarm(gatewayId, machineId);
        return "too-large";
      }
      while (book.heldBytes(gatewayId) + storedBytes > limits.maxGatewayBytes) {
        const oldest = book.oldestThere(gatewayId);
        alarm(gatewayId, machineId);
        if (!oldest) return "gateway-full";
        drop(oldest, "quota");
      }
      if (book.heldBytes() + storedBytes <= limits.maxTotalBytes) return "take";
      alarm(gatewayId, machineId);
      return "hub-full";
    },
    dropOld(nowMs: number): void {
      for (const capture of book.thereBefore(nowMs - limits.keepDays * 86_400_000))
        drop(capture, "too-old");
    },
  };
}

export type CaptureQuota = ReturnType<typeof createCaptureQuota>;
