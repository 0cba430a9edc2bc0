import { CanBus } from "@firebreak/gateway/sources/can/can-bus.ts";
import { splitName } from "@firebreak/gateway/sources/can/j1939/address-book.ts";
import type { ActiveDtcsEvent } from "@firebreak/gateway/sources/can/j1939/j1939-events.ts";
import {
  createRecordingFrame,
  type RecordingFrame,
} from "@firebreak/gateway/sources/can/recording-frame.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { type SignalCatalogue, standardCatalogue } from "./signal-catalogue.ts";

export interface DecodedSamples {
  /** The frame that held the message or its last part; valid during the call. */
  readonly frame: RecordingFrame;
  readonly sa: number;
  /** Signal indexes are places in the catalogue; valid during the call. */
  readonly samples: SampleColumns;
}

export interface DecodedDtcs {
  readonly frame: RecordingFrame;
  readonly event: ActiveDtcsEvent;
}

/** Anything else that a message says; `said` is ready to be printed. */
export interface DecodedSaying {
  readonly frame: RecordingFrame;
  readonly said: Readonly<Record<string, unknown>>;
}

export interface RecordingDecoderOptions {
  readonly catalogue?: SignalCatalogue;
  /** Reads 11-bit identifiers as CANopen too. */
  readonly isCanopen?: boolean;
  onSamples(message: DecodedSamples): void;
  onActiveDtcs(message: DecodedDtcs): void;
  onSaying?(message: DecodedSaying): void;
}

/** A message of many packets has its number nowhere in its last frame. */
const pgnOfList = { "previously-active": 65227, pending: 65231, "emission-related": 65236 };
const pgnOfFact = { vin: 65260, component: 65259, software: 65242, ecu: 64965, name: 60928 };
const hexCode = (code: number): string => `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;

/** Decodes a recording frame by frame, each bus by itself; addresses are shown as they are on the bus. */
export function createRecordingDecoder(options: RecordingDecoderOptions) {
  const { catalogue = standardCatalogue, isCanopen, onSamples, onActiveDtcs, onSaying } = options;
  const buses = new Map<string, CanBus>();
  const samples = new SampleColumns(0n);
  const message = { frame: createRecordingFrame(), sa: 0, samples };
  let baseSeconds: number | undefined;
  let offsetNs = 0;

  const say = (said: Record<string, unknown>) => onSaying?.({ frame: message.frame, said });

  function busOf(name: string): CanBus {
    const known = buses.get(name);
    if (known) return known;
    const bus = new CanBus(name, catalogue.signals, {
      followsNames: false,
      onActiveDtcs: (event) => onActiveDtcs({ frame: message.frame, event }),
      onDtcList: ({ list, dtcs, lamps }) => say({ pgn: pgnOfList[list], list, dtcs, lamps }),
      onFreezeFrames: ({ frames }) =>
        say({
          pgn: 65229,
          freezeFrames: frames.map((one) => ({
            ...one,
            extra: Buffer.from(one.extra).toString("hex"),
          })),
        }),
      onReadiness: ({ readiness }) => say({ pgn: 65230, readiness }),
      onIdentity: ({ fact, fields }) => say({ pgn: pgnOfFact[fact], fact, fields }),
      onOrder: ({ da, command }) => say({ order: command, da }),
      onClaim: ({ payload }) => say({ pgn: 60928, name: splitName(payload) }),
      ...(isCanopen
        ? { onEmergencies: ({ node, codes }) => say({ node, emergencies: codes.map(hexCode) }) }
        : {}),
    });
    buses.set(name, bus);
    return bus;
  }

  return {
    decode(frame: RecordingFrame): void {
      if (frame.isRemote || frame.isError) return;
      if (frame.hasStamp) {
        baseSeconds ??= frame.stampSeconds;
        offsetNs = (frame.stampSeconds - baseSeconds) * 1e9 + frame.stampNanos;
      }
      message.frame = frame;
      message.sa = frame.canId & 0xff;
      samples.length = 0;
      busOf(frame.bus).take(frame, offsetNs, samples);
      if (samples.length > 0) onSamples(message);
    },

    /** Whole messages by PGN, all buses together, and whether anything is decoded from them. */
    messageCounts(): Map<number, { count: number; isKnown: boolean }> {
      const all = new Map<number, { count: number; isKnown: boolean }>();
      for (const bus of buses.values())
        for (const [pgn, { count, isKnown }] of bus.messageCounts())
          all.set(pgn, { count: count + (all.get(pgn)?.count ?? 0), isKnown });
      return all;
    },
  };
}
