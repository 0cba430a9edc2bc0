import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import type { QualityName } from "@firebreak/wire/quality.ts";
import { isoNs } from "../iso-ns.ts";
import type { LatestSignal } from "../store/store.ts";

/** The newest value of one signal. */
export interface Value {
  readonly signal: Pick<LatestSignal, "name" | "unit" | "spn" | "sa">;
  timeNs: bigint;
  value: number;
  quality: QualityName;
}

/** What the live view keeps of one machine. */
export interface LiveState {
  readonly machineId: string;
  gatewayId: string | null;
  /** Gateways with a session that have given birth to it: two, while one that it has left brings what it still has. */
  readonly onlineBy: Set<string>;
  staleSinceMs: number | null;
  lastContactMs: number;
  /** What the store had of it at the start is here. */
  isSeeded: boolean;
  readonly values: Map<string, Value>;
  readonly dtcs: Map<number, ActiveDtcs>;
}

export const newState = (machineId: string): LiveState => ({
  machineId,
  gatewayId: null,
  onlineBy: new Set(),
  staleSinceMs: null,
  lastContactMs: 0,
  isSeeded: false,
  values: new Map(),
  dtcs: new Map(),
});

export const keyOf = ({ name, sa }: Value["signal"]): string => `${name}@${sa ?? ""}`;

export const about = ({
  machineId,
  gatewayId,
  onlineBy,
  staleSinceMs,
  lastContactMs,
}: LiveState) => ({
  machineId,
  gatewayId,
  isOnline: onlineBy.size > 0,
  staleSince: staleSinceMs === null ? null : new Date(staleSinceMs).toISOString(),
  lastContact: lastContactMs > 0 ? new Date(lastContactMs).toISOString() : null,
});

export const byNameAndAddress = ({ signal: one }: Value, { signal: other }: Value): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : (one.sa ?? -1) - (other.sa ?? -1);

export const toLatest = ({ signal, timeNs, value, quality }: Value): LatestSignal => ({
  ...signal,
  value: quality === "good" ? value : null,
  quality,
  t: isoNs(timeNs),
});

export const toDtcs = ({ sa, lamps, dtcs, timeNs }: ActiveDtcs) => ({
  sa,
  lamps,
  dtcs,
  t: isoNs(timeNs),
});
