import { conversionOf } from "@firebreak/plans/conversion-of.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SourceEvent } from "../../decode/source-event.ts";
import type { Intake, SourceContext } from "../source.ts";
import { CanBus, type UnknownMessages } from "./can-bus.ts";
import type { J1939Events } from "./j1939/decoder.ts";
import type { RecordingFrame } from "./recording-frame.ts";
import { canSignalsOf } from "./signals-of-plan.ts";

/** Beyond this an offset in nanoseconds is no longer exact as a double. */
const maxOffsetNs = 2 ** 52;
/** Interfaces of one machine; what frames of more of them say is only counted. */
const maxBuses = 64;
const mostUnknown = 100;

/** What the buses must know of their machine. */
export type CanContext = Pick<SourceContext, "acquisition" | "dictionary" | "onTime" | "onCan">;

/**
 * Consumes the frames of one machine's CAN buses, whatever they speak, and hands the samples on in pieces. Every
 * interface has decoders of its own, because multi-packet messages of two buses must not mix; their signals go to the
 * same machine. A signal whose place names a bus is taken from that one only.
 */
export class CanBuses {
  readonly #context: CanContext;
  readonly #intake: Intake;
  #buses = new Map<string, CanBus>();
  readonly #columns = new SampleColumns(0n, 4096);
  #events: SourceEvent[] = [];
  /** Times of multi-packet messages count from it too, so it only changes when it must. */
  #baseNs: bigint | undefined;
  #framesOfOtherBuses = 0;
  frames = 0;

  constructor(context: CanContext, intake: Intake) {
    this.#context = context;
    this.#intake = intake;
    context.onCan?.(this);
  }

  /** Samples that wait for `deliver`. */
  get waiting(): number {
    return this.#columns.length + this.#events.length;
  }

  /** Takes one frame of any kind; never throws on what is in it. `timeNs`: nanoseconds since 1970. */
  take(frame: RecordingFrame, timeNs: bigint): void {
    this.frames++;
    const offsetNs = this.#offsetOf(timeNs);
    const bus = this.#buses.get(frame.bus) ?? this.#addBus(frame.bus);
    if (bus) bus.take(frame, offsetNs, this.#columns);
    else this.#framesOfOtherBuses++;
  }

  /** Hands on what was decoded since the last call. */
  deliver(): void {
    if (this.waiting === 0) return;
    this.#intake.deliver(this.#columns, this.#events);
    this.#events = [];
    this.#columns.reset(this.#columns.baseNs);
  }

  /** Of all buses together. */
  counters(): Record<string, number> {
    const sums: Record<string, number> = { frames: this.frames };
    for (const bus of this.#buses.values())
      for (const [name, count] of Object.entries(bus.counters()))
        sums[name] = (sums[name] ?? 0) + count;
    return { ...sums, framesOfOtherBuses: this.#framesOfOtherBuses };
  }

  /** Who sends what signals are taken from, on any of the buses: source addresses by PGN. */
  senders(): Map<number, number[]> {
    const all = new Map<number, number[]>();
    for (const bus of this.#buses.values())
      for (const [pgn, addresses] of bus.senders())
        all.set(pgn, [...new Set([...(all.get(pgn) ?? []), ...addresses])]);
    return all;
  }

  /** What no signal and no trouble code is taken from, most frequent first, at most a hundred. */
  unknown(): UnknownMessages[] {
    return [...this.#buses.values()]
      .flatMap((bus) => bus.unknown())
      .sort((a, b) => b.count - a.count)
      .slice(0, mostUnknown);
  }

  #offsetOf(timeNs: bigint): number {
    const offsetNs = Number(timeNs - (this.#baseNs ?? timeNs));
    if (this.#baseNs !== undefined && Math.abs(offsetNs) < maxOffsetNs) return offsetNs;
    this.deliver();
    this.#baseNs = timeNs;
    this.#columns.reset(timeNs);
    for (const bus of this.#buses.values()) bus.restartTime();
    return 0;
  }

  #addBus(name: string): CanBus | undefined {
    if (this.#buses.size >= maxBuses) return undefined;
    const { acquisition, dictionary } = this.#context;
    const bus = new CanBus(name, canSignalsOf(acquisition, dictionary, name), {
      ...this.#eventsOf(name),
      methodOf: (sa) => conversionOf(acquisition, sa),
    });
    this.#buses.set(name, bus);
    return bus;
  }

  /** What a bus says besides samples, with its time and network. */
  #eventsOf(bus: string): J1939Events {
    const { networks = [] } = this.#context.acquisition.j1939 ?? {};
    const number = Math.max(0, networks.indexOf(bus));
    const network = number === 0 ? {} : { network: number };
    const tell = (event: SourceEvent) => this.#events.push(event);
    const timed = <Event extends { readonly offsetNs: number }>({ offsetNs, ...rest }: Event) => ({
      ...rest,
      timeNs: this.#columns.baseNs + BigInt(offsetNs),
    });
    return {
      onActiveDtcs: (event) => tell({ kind: "active-dtcs", ...timed(event), ...network }),
      onDtcList: (event) => tell({ kind: "dtc-listing", ...timed(event), ...network }),
      onOrder: (event) => tell({ kind: "diagnostic-order", ...timed(event) }),
      onIdentity: (event) => tell({ kind: "identity", ...timed(event) }),
      onTimeDate: ({ utcMs }) => this.#context.onTime?.({ from: "j1939", utcMs }),
    };
  }
}
