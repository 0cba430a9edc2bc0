import type { Clock } from "@firebreak/kit/clock.ts";
import { type DiskSpace, diskSpace } from "@firebreak/kit/disk-space.ts";

/** `noticed` from 80 % on, `urgent` from 90 %, `full`: what is left belongs to the stores, and nothing more is taken in. */
export type DiskLevel = "ok" | "noticed" | "urgent" | "full";

export interface DiskStatus {
  readonly level: DiskLevel;
  /** Bytes; null where the system does not say. */
  readonly total: number | null;
  readonly free: number | null;
  /** Kept free for the stores, bytes. */
  readonly reserve: number;
}

export interface DiskGuard {
  status(): DiskStatus;
}

const askMs = 1_000;
const mostReserve = 1024 * 1024 * 1024;
const reserveShare = 0.05;

/** Room that comes back must be a little more than the room that was missing, or it would go to and fro. */
const backAt = 1.2;

/** Pure: what a disk is like, given what it was like before. */
export function judgeDisk(space: DiskSpace | undefined, before: DiskLevel): DiskStatus {
  if (space === undefined) return { level: "ok", total: null, free: null, reserve: 0 };
  const { total, free } = space;
  const reserve = Math.min(mostReserve, total * reserveShare);
  const used = 1 - free / total;
  const isFull = free < reserve * (before === "full" ? backAt : 1);
  const byShare = used >= 0.9 ? "urgent" : used >= 0.8 ? "noticed" : "ok";
  return { level: isFull ? "full" : byShare, total, free, reserve: Math.ceil(reserve) };
}

/**
 * Watches the disk below a folder. The journal stops before the disk is full, so that the stores that read it, and the
 * deletion of what they have passed, still have room to write.
 */
export function createDiskGuard(
  folder: string,
  clock: Clock,
  space: (folder: string) => DiskSpace | undefined = diskSpace,
): DiskGuard {
  let askedMs = Number.NEGATIVE_INFINITY;
  let known = judgeDisk(undefined, "ok");
  return {
    status() {
      const nowMs = clock.monotonicMs();
      if (nowMs - askedMs < askMs) return known;
      askedMs = nowMs;
      known = judgeDisk(space(folder), known.level);
      return known;
    },
  };
}
