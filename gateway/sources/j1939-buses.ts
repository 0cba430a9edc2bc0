import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createJ1939Decoder, type J1939Decoder } from "./can/j1939/decoder.ts";
import type { RecordingFrame } from "./can/recording-frame.ts";
import { j1939SignalsOf } from "./j1939-signals.ts";
import type { Intake, SourceContext } from "./source.ts";

/** Beyond this an offset in nanoseconds is no longer exact as a double. */
const maxOffsetNs = 2 ** 52;

/**
 * Decodes the frames of one machine's CAN buses and hands the samples on in pieces. Every interface has a decoder of
 * its own, because multi-packet messages of two buses must not mix; their signals go to the same machine.
 */
export class J1939Buses {
  readonly #context: Pick<SourceContext, "acquisition" | "dictionary">;
  readonly #intake: Intake;
  #decoders = new Map<string, J1939Decoder>();
  readonly #columns = new SampleColumns(0n, 4096);
  #events: MachineEvent[] = [];
  /** Times of multi-packet messages count from it too, so it only changes when it must. */
  #baseNs: bigint | undefined;
  frames = 0;

  constructor(context: Pick<SourceContext, "acquisition" | "dictionary">, intake: Intake) {
    this.#context = context;
    this.#intake = intake;
  }

  /** Samples that wait for `deliver`. */
  get waiting(): number {
    return this.#columns.length + this.#events.length;
  }

  /** Takes one frame; only data frames with a 29-bit identifier can be J1939. */
  take(frame: RecordingFrame, timeNs: bigint): void {
    this.frames++;
    if (!frame.isExtended || frame.isRemote || frame.isError) return;
    const offsetNs = this.#offsetOf(timeNs);
    const decoder = this.#decoders.get(frame.bus) ?? this.#addDecoder(frame.bus);
    decoder.decode(frame.canId, frame.data, frame.length, offsetNs, this.#columns);
  }

  /** Hands on what was decoded since the last call. */
  deliver(): void {
    if (this.waiting === 0) return;
    this.#intake.deliver(this.#columns, this.#events);
    this.#events = [];
    this.#columns.reset(this.#columns.baseNs);
  }

  counters(): Record<string, number> {
    const sums: Record<string, number> = { frames: this.frames };
    for (const { statistics } of this.#decoders.values())
      for (const [name, count] of Object.entries(statistics))
        if (typeof count === "number" && name !== "frames") sums[name] = (sums[name] ?? 0) + count;
    return sums;
  }

  #offsetOf(timeNs: bigint): number {
    const offsetNs = Number(timeNs - (this.#baseNs ?? timeNs));
    if (this.#baseNs !== undefined && Math.abs(offsetNs) < maxOffsetNs) return offsetNs;
    this.deliver();
    this.#baseNs = timeNs;
    this.#columns.reset(timeNs);
    this.#decoders = new Map();
    return 0;
  }

  #addDecoder(bus: string): J1939Decoder {
    const { acquisition, dictionary } = this.#context;
    const decoder = createJ1939Decoder({
      signals: j1939SignalsOf(acquisition, dictionary),
      onActiveDtcs: ({ offsetNs, sa, lamps, dtcs }) => {
        const timeNs = this.#columns.baseNs + BigInt(offsetNs);
        this.#events.push({ kind: "active-dtcs", timeNs, sa, lamps, dtcs });
      },
    });
    this.#decoders.set(bus, decoder);
    return decoder;
  }
}
