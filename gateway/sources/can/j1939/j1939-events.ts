import type { DiagnosticCommand, Dtc, IdentityFact, Lamps } from "@firebreak/wire/machine-event.ts";
import type { DtcListName, FreezeFrame, Readiness } from "./diagnostics.ts";

/** What one source address reported as active in one DM1. */
export interface ActiveDtcsEvent {
  readonly offsetNs: number;
  readonly sa: number;
  readonly lamps: Lamps;
  readonly dtcs: readonly Dtc[];
}

/** What one source address lists in a DM2, DM6 or DM12. */
export interface DtcListEvent extends ActiveDtcsEvent {
  readonly list: DtcListName;
}

/** What is said besides samples; each is called during `decode`. `sa` is the sender's home, as the address book has it. */
export interface J1939Events {
  onActiveDtcs?(event: ActiveDtcsEvent): void;
  onDtcList?(event: DtcListEvent): void;
  onFreezeFrames?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly frames: readonly FreezeFrame[];
  }): void;
  onReadiness?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly readiness: Readiness;
  }): void;
  /** `payload` is valid only during the call; `sa` is the address that is claimed, `home` what it counts as. */
  onClaim?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly home: number;
    readonly payload: Uint8Array;
  }): void;
  onIdentity?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly fact: IdentityFact;
    readonly fields: readonly string[];
  }): void;
  /** A control unit says what time it is, ms since 1970. */
  onTimeDate?(event: { readonly sa: number; readonly utcMs: number }): void;
  onOrder?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly da: number;
    readonly command: DiagnosticCommand;
  }): void;
  /** Every whole message, for tools; costs an object per message. */
  onMessage?(message: J1939Message): void;
}

/** One whole message, in a frame or put together from many. `payload` is valid only during the call. */
export interface J1939Message {
  readonly pgn: number;
  /** Present source address. */
  readonly sa: number;
  /** 0-based length of what counts in `payload`. */
  readonly length: number;
  readonly payload: Uint8Array;
}
