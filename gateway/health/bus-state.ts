import type { SourceStatus } from "../gateway-status.ts";
import type { BusStatus } from "../sources/source.ts";

/**
 * How one bus fares. `down`: switched off or cannot be opened; `gone`: no such interface; `wrong-bit-rate`: errors and
 * hardly a frame; `silent`: nothing for ten seconds, or for three of the bus's usual pauses; `ended`: a recording that
 * was played to its end.
 */
export type BusState =
  | "ok"
  | "opening"
  | "down"
  | "gone"
  | "bus-off"
  | "error-passive"
  | "wrong-bit-rate"
  | "silent"
  | "ended";

/** What is remembered of the look before. */
export interface BusMemory {
  readonly frames: number;
  readonly errorFrames: number;
  readonly lastSeenMs: number | undefined;
  /** The longest pause of late between two frames, ms; forgotten little by little. */
  readonly pauseMs: number;
}

const silenceMs = 10_000;
/** A bus that says something now and then has not fallen silent in between: every change of state is a message. */
const pausesOfSilence = 3;
/** Longer ones are no habit of a bus: the machine was off. */
const longestPauseMs = 100_000;
/** At each look, every two seconds: a pause of a minute counts for some six minutes. */
const forgetting = 0.99;
/** Of what came since the last look, so much is errors where a bit rate is wrong. */
const errorShare = 0.9;
const fewErrors = 20;

/** `before`: undefined at the first look. Pure. */
export function busStateOf(
  { state }: Pick<SourceStatus, "state">,
  bus: BusStatus,
  before: BusMemory | undefined,
  nowMs: number,
): BusState {
  if (state === "ended") return "ended";
  if (bus.missing !== undefined) return bus.missing;
  if (state === "waiting" || state === "failed") return "down";
  if (bus.controller === "bus-off") return "bus-off";
  if (bus.controller === "stopped") return "down";
  if (isOnlyErrors(bus, before)) return "wrong-bit-rate";
  if (bus.controller === "error-passive") return "error-passive";
  if (state === "opening") return "opening";
  const mostMs = Math.max(silenceMs, pausesOfSilence * (before?.pauseMs ?? 0));
  return nowMs - (bus.lastSeenMs ?? before?.lastSeenMs ?? 0) > mostMs ? "silent" : "ok";
}

/** For the next look. Pure. */
export function rememberBus(
  { frames, errorFrames, lastSeenMs = undefined }: BusStatus,
  before: BusMemory | undefined,
): BusMemory {
  const seenMs = lastSeenMs ?? before?.lastSeenMs;
  const pausedMs = (seenMs ?? 0) - (before?.lastSeenMs ?? seenMs ?? 0);
  const faded = (before?.pauseMs ?? 0) * forgetting;
  const pauseMs = pausedMs <= longestPauseMs ? Math.max(faded, pausedMs) : faded;
  return { frames, errorFrames, lastSeenMs: seenMs, pauseMs };
}

function isOnlyErrors({ frames, errorFrames }: BusStatus, before: BusMemory | undefined): boolean {
  const errors = errorFrames - (before?.errorFrames ?? 0);
  return errors >= fewErrors && errors >= (frames - (before?.frames ?? 0)) * errorShare;
}

/** Of a source that is no CAN; `devices` are those of Modbus. Pure. */
export function lineStateOf({
  state,
  devices = [],
}: Pick<SourceStatus, "state" | "devices">): BusState {
  if (state === "ended" || state === "opening") return state;
  if (state === "waiting" || state === "failed") return "down";
  return devices.length > 0 && devices.every(({ isAnswering }) => !isAnswering) ? "silent" : "ok";
}
