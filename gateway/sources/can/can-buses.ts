import { conversionOf } from "@firebreak/plans/conversion-of.ts";
import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import { canopenNetworks } from "@firebreak/wire/machine-event.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SourceEvent } from "../../decode/source-event.ts";
import type { BusStatus, Intake, SourceContext, UnknownMessages } from "../source.ts";
import { CanBus } from "./can-bus.ts";
import type { EmergencyEvent } from "./canopen/canopen.ts";
import { nameText, nullAddress } from "./j1939/address-book.ts";
import { globalAddress } from "./j1939/can-id.ts";
import type { FreezeFrame } from "./j1939/diagnostics.ts";
import type { J1939Events } from "./j1939/j1939-events.ts";
import type { Requester } from "./j1939/request.ts";
import { type RequestedGroup, RequestSchedule } from "./j1939/request-schedule.ts";
import type { RecordingFrame } from "./recording-frame.ts";
import { canSignalsOf, speaksCanopen } from "./signals-of-plan.ts";

/** Beyond this an offset in nanoseconds is no longer exact as a double. */
const maxOffsetNs = 2 ** 52;
/** Interfaces of one machine; what frames of more of them say is only counted. */
const maxBuses = 64;
const mostUnknown = 100;
/** FMI 31 and occurrence count 127 of SAE J1939-73: condition exists, not available. */
const conditionExists = 31;
const notCounted = 127;
const noLamps = {
  mil: "not-available",
  redStop: "not-available",
  amberWarning: "not-available",
  protect: "not-available",
} as const;

type RequestOfPlan = NonNullable<NonNullable<Acquisition["j1939"]>["requests"]>["groups"][number];

export interface CanBusesOptions {
  /** How to ask the bus of this name for messages; undefined in listen-only mode, and where a source cannot send. */
  requesterOf?(bus: string): Requester | undefined;
}

/** What the buses must know of their machine. */
export type CanContext = Pick<
  SourceContext,
  "acquisition" | "dictionary" | "onTime" | "onCan" | "onFrame"
>;

/**
 * Consumes the frames of one machine's CAN buses, whatever they speak, and hands the samples on in pieces. Every
 * interface has decoders of its own, because multi-packet messages of two buses must not mix; their signals go to the
 * same machine. A signal whose place names a bus is taken from that one only.
 */
export class CanBuses {
  readonly #context: CanContext;
  readonly #intake: Intake;
  readonly #requesterOf: (bus: string) => Requester | undefined;
  readonly #schedules = new Map<string, RequestSchedule>();
  #buses = new Map<string, CanBus>();
  readonly #columns = new SampleColumns(0n, 4096);
  #events: SourceEvent[] = [];
  /** Times of multi-packet messages count from it too, so it only changes when it must. */
  #baseNs: bigint | undefined;
  #newestOffsetNs = 0;
  #framesOfOtherBuses = 0;
  frames = 0;

  constructor(context: CanContext, intake: Intake, options: CanBusesOptions = {}) {
    this.#context = context;
    this.#intake = intake;
    this.#requesterOf = options.requesterOf ?? (() => undefined);
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
    this.#newestOffsetNs = offsetNs;
    this.#context.onFrame?.(frame, offsetNs, this.#columns.baseNs);
    const bus = this.#buses.get(frame.bus) ?? this.#addBus(frame.bus);
    if (bus) bus.take(frame, offsetNs, this.#columns);
    else this.#framesOfOtherBuses++;
  }

  /**
   * Tells what follows from silence, and asks for what the plan lists; a live source calls it a few times a second.
   * `timeNs` by the clock of the frames, `nowMs` by one that only grows. Call `deliver` after it.
   */
  tick(timeNs: bigint, nowMs: number): void {
    const offsetNs = this.#baseNs === undefined ? undefined : Number(timeNs - this.#baseNs);
    for (const bus of this.#buses.values()) {
      if (offsetNs !== undefined) bus.passTime(offsetNs, this.#columns);
      this.#request(bus, nowMs);
    }
  }

  #request(bus: CanBus, nowMs: number): void {
    const requester = this.#requesterOf(bus.name);
    const { requests } = this.#context.acquisition.j1939 ?? {};
    if (requester === undefined || requests === undefined) return;
    let schedule = this.#schedules.get(bus.name);
    if (schedule === undefined) {
      schedule = new RequestSchedule(requests.groups.map(toRequested), nowMs);
      this.#schedules.set(bus.name, schedule);
    }
    if (bus.isRequestSaTaken) schedule.addressIsTaken();
    const group = schedule.next(nowMs);
    if (group) requester.request(group.pgn, group.da);
  }

  /** Hands on what was decoded since the last call. */
  deliver(): void {
    for (const bus of this.#buses.values()) bus.passTime(this.#newestOffsetNs, this.#columns);
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
    const schedules = [...this.#schedules.values()];
    return {
      ...sums,
      framesOfOtherBuses: this.#framesOfOtherBuses,
      requests: schedules.reduce((sum, { asked }) => sum + asked, 0),
      requestAddressTaken: schedules.filter(({ isAddressTaken }) => isAddressTaken).length,
    };
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

  /** Each bus by itself. `nowNs`: present time where the buses are live; then silence shows in the rates. */
  statuses(
    bitRateOf: (bus: string) => number | undefined = () => undefined,
    nowNs?: bigint,
  ): BusStatus[] {
    return [...this.#buses.values()].map((bus) => bus.status(bitRateOf(bus.name), nowNs));
  }

  #offsetOf(timeNs: bigint): number {
    const offsetNs = Number(timeNs - (this.#baseNs ?? timeNs));
    if (this.#baseNs !== undefined && Math.abs(offsetNs) < maxOffsetNs) return offsetNs;
    this.deliver();
    this.#baseNs = timeNs;
    this.#columns.reset(timeNs);
    this.#newestOffsetNs = 0;
    for (const bus of this.#buses.values()) bus.restartTime(timeNs);
    return 0;
  }

  #addBus(name: string): CanBus | undefined {
    if (this.#buses.size >= maxBuses) return undefined;
    const { acquisition, dictionary } = this.#context;
    const { requests } = acquisition.j1939 ?? {};
    const bus = new CanBus(name, canSignalsOf(acquisition, dictionary, name), {
      ...this.#eventsOf(name),
      methodOf: (sa) => conversionOf(acquisition, sa),
      ...(speaksCanopen(acquisition, name) ? { onEmergencies: this.#emergenciesOf(name) } : {}),
      ...(requests === undefined ? {} : { requestSa: requests.sa }),
    });
    bus.restartTime(this.#columns.baseNs);
    this.#buses.set(name, bus);
    return bus;
  }

  /** 0 for the main network, and where the plan does not tell them apart. */
  #networkOf(bus: string): number {
    const { networks = [] } = this.#context.acquisition.j1939 ?? {};
    return Math.max(0, networks.indexOf(bus));
  }

  /** An emergency is a trouble code of its node that says nothing of lamps, counts or the kind of failure. */
  #emergenciesOf(bus: string): (event: EmergencyEvent) => void {
    const network = canopenNetworks + this.#networkOf(bus);
    return ({ offsetNs, node, codes }) =>
      this.#events.push({
        kind: "active-dtcs",
        timeNs: this.#columns.baseNs + BigInt(Math.round(offsetNs)),
        network,
        sa: node,
        lamps: noLamps,
        dtcs: codes.map((code) => ({ spn: code, fmi: conditionExists, oc: notCounted, cm: 0 })),
      });
  }

  /** What a bus says besides samples, with its time and network. */
  #eventsOf(bus: string): J1939Events {
    const number = this.#networkOf(bus);
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
      onIdentity: (event) => tell({ kind: "identity", ...timed(event), ...network }),
      onFreezeFrames: ({ offsetNs, sa, frames }) => {
        for (const frame of frames)
          tell({ ...timed({ offsetNs, sa, ...freezeFrameOf(frame) }), ...network });
      },
      onClaim: ({ offsetNs, home: sa, payload }) => {
        if (sa >= nullAddress) return;
        const said = { fact: "name", fields: [nameText(payload)] } as const;
        tell({ kind: "identity", ...timed({ offsetNs, sa, ...said }), ...network });
      },
      onTimeDate: ({ utcMs }) => this.#context.onTime?.({ from: "j1939", utcMs }),
    };
  }
}

/** A freeze frame as it travels. */
function freezeFrameOf({ dtc, extra, ...values }: FreezeFrame) {
  const kept = { dtc, values, extra: Buffer.from(extra).toString("hex") };
  return { kind: "freeze-frame", ...kept } as const;
}

const toRequested = ({ pgn, da = globalAddress, everySeconds }: RequestOfPlan): RequestedGroup => ({
  pgn,
  da,
  everyMs: everySeconds * 1000,
});
