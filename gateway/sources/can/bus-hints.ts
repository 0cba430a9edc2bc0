import type { BusStatus, SourceState } from "../source.ts";

/** What a live source knows of its bus; times are milliseconds since 1970. */
export interface LiveBusState {
  readonly bus: string;
  /** When it was opened. */
  readonly since: number;
  lastFrameMs?: number;
  /** The interface is there but switched off, or not there. */
  missing?: "down" | "gone";
  missingSince?: number;
  controller?: NonNullable<BusStatus["controller"]>;
  controllerSince?: number;
  /** Frames were lost the last time at `overrunMs`, the first time of this spell at `overrunSince`. */
  overrunMs?: number;
  overrunSince?: number;
  lostFrames?: number;
}

/** A machine that is on says something every second. */
export const silenceMs = 5_000;
/** So long after the last loss it is still told. */
const overrunToldMs = 60_000;

/** What is wrong with a bus and what to look at, for people; empty if nothing is. The worst goes first. */
export function busProblem(state: LiveBusState, nowMs: number): string {
  const { bus, missing, controller } = state;
  if (missing === "gone")
    return `${bus}: no bus ${since(state.missingSince)}; there is no such interface: adapter unplugged?`;
  if (missing === "down")
    return `${bus}: no bus ${since(state.missingSince)}; the interface is down: ip link set ${bus} up`;
  if (controller === "bus-off")
    return `${bus}: bus-off ${since(state.controllerSince)}; short circuit, wrong bit rate, or nobody acknowledges? Restart: ip link set ${bus} type can restart-ms 1000`;
  const silentSince = state.lastFrameMs ?? state.since;
  if (controller === "error-passive")
    return `${bus}: error-passive ${since(state.controllerSince)}; wrong bit rate, wiring or no termination?`;
  if (nowMs - silentSince >= silenceMs)
    return `${bus}: silent ${since(silentSince)}; machine off, wrong bit rate, or no termination?`;
  if (state.overrunMs !== undefined && nowMs - state.overrunMs < overrunToldMs)
    return overload(state);
  return "";
}

export const stateOf = (problem: string): SourceState => ({
  state: problem === "" ? "open" : "trouble",
  detail: problem,
});

function overload({ bus, lostFrames, overrunSince, overrunMs }: LiveBusState): string {
  const count = lostFrames === undefined ? "frames" : `${lostFrames} frames`;
  const from = clockTime(overrunSince ?? overrunMs);
  return `${bus}: CAN overload, ${count} lost ${from}-${clockTime(overrunMs)}`;
}

const since = (ms: number | undefined): string => `since ${clockTime(ms)}`;

/** Time of day in UTC, as the logs have it. */
const clockTime = (ms: number | undefined): string =>
  ms === undefined ? "?" : `${new Date(ms).toISOString().slice(11, 19)}Z`;
