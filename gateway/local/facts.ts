import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { GatewayStatus, SourceStatus } from "../gateway-status.ts";
import type { CanHearing, Source } from "../sources/source.ts";
import type { DiskLook } from "./look-at-disk.ts";
import type { DeviceLook } from "./look-at-registers.ts";
import type { SignalWatch } from "./signal-watch.ts";

/** One machine of a running gateway, as it may be looked into. */
export interface InspectedMachine {
  readonly machineId: string;
  readonly acquisition: Acquisition;
  readonly dictionary: SignalDictionary;
  readonly watch: SignalWatch;
  readonly sources: readonly Source[];
  readonly can: readonly CanHearing[];
}

/** What one source did lately. */
export interface SourceRate {
  /** Frames or answers per second over the last seconds. */
  readonly perSecond: number;
  readonly errorsPerSecond: number;
  /** Over the last half minute: how often an adapter told of bus errors. */
  readonly busErrors: number;
  /** Of a Modbus source, over the last half minute: requests whose answer came spoilt, 0 to 1. */
  readonly spoiltShare: number;
  /** Since the last frame or answer, ms; since the start if there was none. */
  readonly silentMs: number;
}

/** What a gateway says of itself; a trial run without a spool has less to say. */
export type InspectedStatus = Pick<GatewayStatus, "gatewayId" | "sources" | "time"> &
  Partial<Pick<GatewayStatus, "spool">> & {
    /** `reachable`: a trial run found somebody at the hub's address, and said nothing to him. */
    readonly link?: {
      readonly link: GatewayStatus["link"]["link"] | "reachable";
      readonly detail: string;
    };
    /** Of a trial run. */
    readonly disk?: DiskLook;
    readonly certificate?: { readonly daysLeft: number; readonly problem: string } | null;
  };

/** Whatever can be looked into: a running gateway, or a trial run. */
export interface Inspectable {
  status(): InspectedStatus;
  inspect(): readonly InspectedMachine[];
}

/** Everything that findings follow from. */
export interface Facts {
  readonly status: InspectedStatus;
  readonly machines: readonly InspectedMachine[];
  /** By `rateKey`. */
  readonly rates: ReadonlyMap<string, SourceRate>;
  /** What devices answered when somebody asked for a closer look, by machine. */
  readonly looks: ReadonlyMap<string, readonly DeviceLook[]>;
  /** How long this has been watched, ms: before `settleMs` nothing is called missing. */
  readonly watchedMs: number;
  readonly nowMs: number;
}

export const rateKey = ({ machineId, source }: Pick<SourceStatus, "machineId" | "source">) =>
  `${machineId}\n${source}`;

/** Messages that come once in ten seconds are not missing before. */
export const settleMs = 12_000;
