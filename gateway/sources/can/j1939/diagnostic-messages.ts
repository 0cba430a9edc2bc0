import { decodeTimeDate, timeDatePgn } from "../../../clock/j1939-time.ts";
import { addressClaimedPgn, commandedAddressPgn } from "./address-book.ts";
import {
  broadcastControlPgn,
  commandOfDm13,
  commandOfRequest,
  decodeDm4,
  decodeDm5,
  dtcListOfPgn,
  freezeFramesPgn,
  readinessPgn,
  requestedPgn,
} from "./diagnostics.ts";
import { activeDtcsPgn, type ConversionMethod, decodeDm1 } from "./dm1.ts";
import type { J1939Events } from "./j1939-events.ts";
import { requestPgn } from "./request.ts";
import { decodeTextGroup, textGroupPgns } from "./text-groups.ts";

export interface DiagnosticMessage {
  readonly pgn: number;
  readonly sa: number;
  /** Present source address. */
  readonly address: number;
  readonly da: number;
  readonly payload: Uint8Array;
  readonly length: number;
  readonly offsetNs: number;
}

/** Groups that say something besides signals. */
export const diagnosticPgns: readonly number[] = [
  activeDtcsPgn,
  ...dtcListOfPgn.keys(),
  ...textGroupPgns,
  freezeFramesPgn,
  readinessPgn,
  requestPgn,
  broadcastControlPgn,
  addressClaimedPgn,
  commandedAddressPgn,
  timeDatePgn,
];

export interface DiagnosticOptions extends J1939Events {
  /** How codes with conversion bit 1 are laid out; by default as version 4. */
  methodOf?(sa: number): ConversionMethod | undefined;
}

/** Tells what such a message says; `onMalformed` is called for a list of codes without even its lamps. */
export function createDiagnosticReader(
  options: DiagnosticOptions,
  onMalformed: () => void,
): (message: DiagnosticMessage) => void {
  function diagnostic(message: DiagnosticMessage): void {
    const { pgn, sa, da, payload, length, offsetNs } = message;
    switch (pgn) {
      case activeDtcsPgn: {
        const dm1 = decodeDm1(payload, length, options.methodOf?.(sa));
        if (dm1) options.onActiveDtcs?.({ offsetNs, sa, ...dm1 });
        else onMalformed();
        return;
      }
      case freezeFramesPgn: {
        const frames = decodeDm4(payload, length, options.methodOf?.(sa));
        if (frames.length > 0) options.onFreezeFrames?.({ offsetNs, sa, frames });
        return;
      }
      case timeDatePgn: {
        const utcMs = decodeTimeDate(payload, length);
        if (utcMs !== undefined) options.onTimeDate?.({ sa, utcMs });
        return;
      }
      case requestPgn:
      case broadcastControlPgn: {
        const isRequest = pgn === requestPgn;
        const command = isRequest
          ? commandOfRequest(requestedPgn(payload, length) ?? 0)
          : commandOfDm13(payload, length);
        if (command) options.onOrder?.({ offsetNs, sa, da, command });
        return;
      }
      case readinessPgn: {
        const readiness = decodeDm5(payload, length);
        if (readiness) options.onReadiness?.({ offsetNs, sa, readiness });
        return;
      }
      case addressClaimedPgn:
        if (length >= 8) options.onClaim?.({ offsetNs, sa: message.address, home: sa, payload });
        return;
      default:
        listOrText(message);
    }
  }

  function listOrText({ pgn, sa, payload, length, offsetNs }: DiagnosticMessage): void {
    const list = dtcListOfPgn.get(pgn);
    if (list === undefined) {
      const text = decodeTextGroup(pgn, payload, length);
      if (text) options.onIdentity?.({ offsetNs, sa, ...text });
      return;
    }
    const decoded = decodeDm1(payload, length, options.methodOf?.(sa));
    if (decoded) options.onDtcList?.({ offsetNs, sa, list, ...decoded });
    else onMalformed();
  }

  return diagnostic;
}
