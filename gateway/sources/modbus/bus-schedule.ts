import type { DeviceState } from "./device-state.ts";

type Scheduled = Pick<
  DeviceState,
  "pollIntervalMs" | "timeoutMs" | "dueMs" | "tries" | "failures" | "slowestMs"
>;

const maxPauseMs = 30_000;
const minPauseMs = 1_000;
/** While nobody answers there is nobody to spare, and a person may be at work on the wiring. */
const alonePauseMs = 5_000;
/** So many first probes of a silent device come quickly: it may only have been switched off and on. */
const quickProbes = 3;
/** From then on a probe may cost a sixtieth of the time until the next: less than 2 % of the bus. */
const budgetFactor = 60;
/** A device that has answered before is probed with a shorter wait: so many times its slowest answer. */
const probeFactor = 4;
const minProbeMs = 100;
/** A block refused for its function, address or length is tried again so often: a device may be reconfigured. */
export const refusedPauseMs = 60_000;

/** Silent just now, or never heard of yet. */
const isSuspect = ({ tries, failures, slowestMs }: Scheduled): boolean =>
  tries > 0 || failures > 0 || slowestMs === undefined;

/**
 * Which device is asked next: the one that has waited longest; but after one that may be silent, those that answer come
 * first until each of them that is due had its turn. `sinceSuspect`: how many were asked since then. `nowMs` is
 * monotonic. The list is not empty.
 */
export function nextDevice<Device extends Scheduled>(
  devices: readonly Device[],
  nowMs: number,
  sinceSuspect: number,
): Device {
  const first = earliest(devices);
  if (!isSuspect(first)) return first;
  const sound = devices.filter((device) => !isSuspect(device));
  const waiting = sound.filter(({ dueMs }) => dueMs <= nowMs);
  return waiting.length > 0 && sinceSuspect < sound.length ? earliest(waiting) : first;
}

const earliest = <Device extends Scheduled>(devices: readonly Device[]): Device =>
  devices.reduce((next, device) => (device.dueMs < next.dueMs ? device : next));

/** How long its answer is waited for, ms. */
export function patienceMs({ timeoutMs, failures, slowestMs }: Scheduled): number {
  if (failures === 0 || slowestMs === undefined) return timeoutMs;
  return Math.min(timeoutMs, Math.max(minProbeMs, probeFactor * slowestMs));
}

/** A round is through: the next keeps the rhythm, and rounds that were missed are left out. */
export function answered(device: Scheduled, nowMs: number): void {
  device.failures = 0;
  device.tries = 0;
  const missed = Math.max(0, Math.floor((nowMs - device.dueMs) / device.pollIntervalMs));
  device.dueMs += (missed + 1) * device.pollIntervalMs;
}

/**
 * The device was silent. While it is believed to be there it is tried again up to `retries` times, after the others and
 * after a late answer would be over; then it is given up and probed ever more rarely. `costMs`: what the silence cost the
 * bus. Returns whether it is given up.
 */
export function silent(
  device: Scheduled,
  {
    nowMs,
    costMs,
    retries,
    isAlone,
  }: {
    readonly nowMs: number;
    readonly costMs: number;
    readonly retries: number;
    readonly isAlone: boolean;
  },
): boolean {
  if (device.failures === 0 && device.tries < retries) {
    device.tries++;
    device.dueMs = nowMs + device.timeoutMs;
    return false;
  }
  device.tries = 0;
  device.failures++;
  device.dueMs = nowMs + pauseMs(device, costMs, isAlone);
  return true;
}

function pauseMs(
  { failures, pollIntervalMs }: Scheduled,
  costMs: number,
  isAlone: boolean,
): number {
  const doubled = Math.min(maxPauseMs, pauseAfter(failures, pollIntervalMs));
  if (isAlone) return Math.max(pollIntervalMs, Math.min(alonePauseMs, doubled));
  const budgetMs = failures > quickProbes ? budgetFactor * costMs : 0;
  return Math.max(pollIntervalMs, doubled, budgetMs);
}

/** Twice the pause after each failure in a row, ms, up to half a minute. */
export const pauseAfter = (failures: number, pollIntervalMs: number): number =>
  Math.min(maxPauseMs, Math.max(minPauseMs, pollIntervalMs) * 2 ** Math.min(failures - 1, 10));
