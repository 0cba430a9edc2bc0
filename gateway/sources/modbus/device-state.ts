import type { BlockRead } from "./registers/plan-reads.ts";

/** One Modbus device and how it fares; lives as long as the source, over reconnects. */
export interface DeviceState {
  readonly name: string;
  readonly unitId: number;
  readonly pollIntervalMs: number;
  readonly blocks: readonly BlockState[];
  /** Monotonic ms at which it is polled next. */
  dueMs: number;
  failures: number;
}

/** One request of a device. `isDead`: its signals have been reported stale and nothing is said until it answers. */
export interface BlockState {
  readonly read: BlockRead;
  isDead: boolean;
  /** Refusals in a row. */
  failures: number;
  /** Monotonic ms before which it is left alone; a block that the device refuses must not be hammered. */
  quietUntilMs: number;
}

const maxPauseMs = 30_000;
const minPauseMs = 1_000;
/** A block refused for its function, address or length is tried again so often: a device may be reconfigured. */
export const refusedPauseMs = 60_000;

/** When a device that did not answer is tried again: twice the pause each time, so that others are polled on time. */
export function pauseAfter(failures: number, pollIntervalMs: number): number {
  const pauseMs = Math.max(minPauseMs, pollIntervalMs) * 2 ** Math.min(failures - 1, 10);
  return Math.max(pollIntervalMs, Math.min(maxPauseMs, pauseMs));
}

/** The next poll keeps the rhythm; rounds that were missed are left out. */
export function nextDueMs(dueMs: number, pollIntervalMs: number, nowMs: number): number {
  const missed = Math.max(0, Math.floor((nowMs - dueMs) / pollIntervalMs));
  return dueMs + (missed + 1) * pollIntervalMs;
}

/** Exceptions that no waiting heals: illegal function, address, value or length. @see Modbus 1.1b3, 7 */
export const isPermanent = (exceptionCode: number): boolean =>
  exceptionCode >= 1 && exceptionCode <= 3;

/** Exceptions of a gateway that does not reach the device: what a direct connection would show as silence. */
export const isUnreachable = (exceptionCode: number): boolean =>
  exceptionCode === 10 || exceptionCode === 11;
