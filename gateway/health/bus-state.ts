import type { SourceStatus } from "../gateway-status.ts";
import type { BusStatus } from "../sources/source.ts";

/**
 * How one bus fares. `down`: switched off or cannot be opened; `gone`: no such interface; `wrong-bit-rate`: errors and
 * hardly a frame; `silent`: nothing for ten seconds; `ended`: a recording that was played to its end.
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

/** What was counted at the look before. */
export interface BusCounts {
  readonly frames: number;
  readonly errorFrames: number;
}

const silenceMs = 10_000;
/** Of what came since the last look, so much is errors where a bit rate is wrong. */
const errorShare = 0.9;
const fewErrors = 20;

/** `before`: undefined at the first look. Pure. */
export function busStateOf(
  { state }: Pick<SourceStatus, "state">,
  bus: BusStatus,
  before: BusCounts | undefined,
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
  return nowMs - (bus.lastSeenMs ?? 0) > silenceMs ? "silent" : "ok";
}

function isOnlyErrors({ frames, errorFrames }: BusStatus, before: BusCounts | undefined): boolean {
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
