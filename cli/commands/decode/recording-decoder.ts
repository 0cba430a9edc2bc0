import {
  type ActiveDtcsEvent,
  createJ1939Decoder,
  type J1939Decoder,
} from "@firebreak/gateway/sources/can/j1939/decoder.ts";
import { spnFacts } from "@firebreak/gateway/sources/can/j1939/spn-facts.ts";
import {
  createRecordingFrame,
  type RecordingFrame,
} from "@firebreak/gateway/sources/can/recording-frame.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";

/** Every known SPN, from any source address; the index is the place in `spnFacts`. */
const signals = spnFacts.map((fact, index) => ({ ...fact, index }));

export interface DecodedSamples {
  /** The frame that held the message or its last part; valid during the call. */
  readonly frame: RecordingFrame;
  readonly sa: number;
  /** Signal indexes are places in `spnFacts`; valid during the call. */
  readonly samples: SampleColumns;
}

export interface DecodedDtcs {
  readonly frame: RecordingFrame;
  readonly event: ActiveDtcsEvent;
}

/** Decodes a recording frame by frame, each bus by itself. */
export function createRecordingDecoder(options: {
  onSamples(message: DecodedSamples): void;
  onActiveDtcs(message: DecodedDtcs): void;
}) {
  const { onSamples, onActiveDtcs } = options;
  const buses = new Map<string, J1939Decoder>();
  const samples = new SampleColumns(0n);
  const message = { frame: createRecordingFrame(), sa: 0, samples };
  let baseSeconds: number | undefined;
  let offsetNs = 0;

  function decoderOf(bus: string): J1939Decoder {
    const known = buses.get(bus);
    if (known) return known;
    const decoder = createJ1939Decoder({
      signals,
      onActiveDtcs: (event) => onActiveDtcs({ frame: message.frame, event }),
    });
    buses.set(bus, decoder);
    return decoder;
  }

  return {
    decode(frame: RecordingFrame): void {
      if (!frame.isExtended || frame.isRemote || frame.isFd) return;
      if (frame.hasStamp) {
        baseSeconds ??= frame.stampSeconds;
        offsetNs = (frame.stampSeconds - baseSeconds) * 1e9 + frame.stampNanos;
      }
      message.frame = frame;
      message.sa = frame.canId & 0xff;
      samples.length = 0;
      decoderOf(frame.bus).decode(frame.canId, frame.data, frame.length, offsetNs, samples);
      if (samples.length > 0) onSamples(message);
    },

    /** Whole messages by PGN, all buses together, and whether anything is decoded from them. */
    messageCounts(): Map<number, { count: number; isKnown: boolean }> {
      const all = new Map<number, { count: number; isKnown: boolean }>();
      for (const decoder of buses.values())
        for (const [pgn, count] of decoder.messageCounts())
          all.set(pgn, {
            count: count + (all.get(pgn)?.count ?? 0),
            isKnown: decoder.isKnown(pgn),
          });
      return all;
    },
  };
}
