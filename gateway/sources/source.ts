import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Observable } from "rxjs";
import type { Static, TObject } from "typebox";
import type { TimeOffer } from "../clock/clock-judge.ts";
import type { SourceEvent } from "../decode/source-event.ts";
import type { DeviceLook } from "../local/look-at-registers.ts";
import type { RecordingFrame } from "./can/recording-frame.ts";

/** Where a source puts what it read from its bus: one machine's pipeline. */
export interface Intake {
  /**
   * Takes rows in the order of the bus; `signal` is the index in the machine's dictionary. The columns are only read
   * during the call, so the source may use them again.
   */
  deliver(samples: SampleColumns, events: readonly SourceEvent[]): void;
  /**
   * Resolves at once while the spool has room, else when it has again. A source that can wait (a recording) awaits it
   * before it reads on; a live bus cannot wait, and what does not fit is counted as lost.
   */
  whenRoom(): Promise<void>;
}

/** What a source says about itself. `trouble` heals by itself: the source goes on trying. */
export interface SourceState {
  readonly state: "open" | "trouble";
  /** For people, with device or file; empty while open. */
  readonly detail: string;
}

/** Frames of one identifier, or messages of one parameter group, that nothing is taken from. */
export interface UnknownMessages {
  readonly bus: string;
  /** 11-bit identifier; absent for J1939. */
  readonly canId?: number;
  readonly pgn?: number;
  readonly count: number;
}

/** What one CAN bus carries. */
export interface BusStatus {
  readonly bus: string;
  /** Bits per second, where known. */
  readonly bitRate?: number;
  /** How much of the bit rate is used, percent, over the last ten seconds; check sums' stuff bits are estimated. */
  readonly loadPercent?: number;
  readonly framesPerSecond: number;
  readonly frames: number;
  readonly errorFrames: number;
  /** Frames that the receiver saw and the gateway did not get; absent where that cannot be known. */
  readonly lostFrames?: number;
  /** What the controller says of itself, where it does. */
  readonly controller?: "error-active" | "error-warning" | "error-passive" | "bus-off" | "stopped";
  /** The interface is there but switched off, or not there. */
  readonly missing?: "down" | "gone";
  /** Milliseconds since 1970. */
  readonly firstSeenMs?: number;
  readonly lastSeenMs?: number;
  /** Most frequent first, at most twenty. */
  readonly unknown: readonly UnknownMessages[];
}

/** One device behind a bus that is asked. */
export interface DeviceStatus {
  readonly device: string;
  readonly isAnswering: boolean;
  /** Of the newest requests, percent. */
  readonly errorPercent: number;
}

/**
 * One bus connection of one machine. Subscribing opens it, unsubscribing closes it; it completes only where a source
 * can come to an end (a recording). It fails with a CodedError, whose `retryable` says whether opening it again can
 * help; when that happens is the gateway's decision, not the source's.
 */
export interface Source {
  /** Unique within the machine, for logs and status. */
  readonly name: string;
  open(intake: Intake): Observable<SourceState>;
  /** Cumulative counters for status and metrics; the keys are the source's own. */
  counters(): Readonly<Record<string, number>>;
  /** Only of CAN: each bus by itself. */
  buses?(): readonly BusStatus[];
  /** Only of Modbus. */
  devices?(): readonly DeviceStatus[];
  /**
   * Only of Modbus: asks each device more closely than for its values, see `local/look-at-registers.ts`. On an
   * installer's word only. Resolves once the connection that is open has done it; empty if it does not come to it.
   */
  lookCloser?(): Promise<readonly DeviceLook[]>;
}

/** What was heard on CAN. */
export interface CanHearing {
  /** Source addresses by PGN, of messages that signals are taken from. */
  senders(): Map<number, number[]>;
}

/** What a source may know about its machine and surroundings. */
export interface SourceContext {
  readonly machineId: string;
  readonly acquisition: Acquisition;
  readonly dictionary: SignalDictionary;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes what the bus says about the time of day; whether it is believed is decided elsewhere. */
  readonly onTime?: (offer: TimeOffer) => void;
  /** Told of the CAN buses each time that a source opens them. */
  readonly onCan?: (heard: CanHearing) => void;
  /** Takes every raw CAN frame, whatever it is; `offsetNs` counts from `baseNs`. */
  readonly onFrame?: (frame: RecordingFrame, offsetNs: number, baseNs: bigint) => void;
  /** Takes every Modbus request and what came back, byte for byte; `timeNs`: nanoseconds since 1970. */
  readonly onExchange?: (
    bus: string,
    direction: "request" | "reply",
    bytes: Uint8Array,
    timeNs: bigint,
  ) => void;
}

/** One kind of source: its part of the configuration, and what can be wrong with it. `make-source.ts` makes them. */
export interface SourceKind<Config extends TObject> {
  readonly kind: string;
  readonly Config: Config;
  /** Problems of a valid configuration with this plan, in plain words; no I/O. */
  check(config: Static<Config>, acquisition: Acquisition): string[];
  /** Only where a configuration holds paths: the same with paths that count from `folder`. Pure. */
  readonly withPathsFrom?: (config: Static<Config>, folder: string) => Static<Config>;
}
