import type { Clock } from "@firebreak/kit/clock.ts";
import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { ArrivedBatch, MachineState } from "../host/host-options.ts";
import { nsOfIso } from "../iso-ns.ts";
import type { LatestSignal } from "../store/store.ts";
import { isNewer } from "./is-newer.ts";
import {
  about,
  byNameAndAddress,
  keyOf,
  type LiveState,
  newState,
  toDtcs,
  toLatest,
  type Value,
} from "./live-state.ts";
import { NewestRows } from "./newest-rows.ts";

/** What is known right now of one machine. */
export interface LiveMachine {
  readonly machineId: string;
  readonly gatewayId: string | null;
  /** Its gateway has a session and has given birth to it. */
  readonly isOnline: boolean;
  /** Since when its values are stale, because its death or its gateway's was heard; null while it is online. */
  readonly staleSince: string | null;
  /** When something of it arrived last, by the hub's clock; null when nothing has. */
  readonly lastContact: string | null;
  /** By name, then source address. */
  readonly signals: readonly LatestSignal[];
  /** Newest DM1 of each source address. */
  readonly activeDtcs: readonly LiveDtcs[];
}

export interface LiveDtcs extends Omit<ActiveDtcs, "timeNs" | "kind"> {
  readonly t: string;
}

export interface LiveView {
  machines(): readonly Omit<LiveMachine, "signals" | "activeDtcs">[];
  machine(machineId: string): LiveMachine | undefined;
  /** Newest values of these signals, by name, then source address; undefined while the store may have some that are not here yet. */
  some(machineId: string, names: ReadonlySet<string>): readonly LatestSignal[] | undefined;
  /** The gateway that speaks for a machine; null while none is known. */
  gatewayOf(machineId: string): string | null;
  /** The machines that a gateway speaks for, and when something of each arrived last; null when nothing has. */
  machinesOf(
    gatewayId: string,
  ): readonly { readonly machineId: string; readonly lastContactMs: number | null }[];
  /** Tells which machine has changed, at most five times a second. A listener that throws is dropped. Returns the way out. */
  subscribe(listener: (machineId: string) => void): () => void;
}

const tickMs = 200;
const maxMachines = 50_000;
const maxSignals = 5_000;

/** Newest values in memory. Late data never replace newer ones, nor move the last contact back. */
export class LiveViewKeeper implements LiveView {
  readonly #clock: Clock;
  readonly #machines = new Map<string, LiveState>();
  readonly #ofGateway = new Map<string, Set<LiveState>>();
  readonly #changed = new Set<LiveState>();
  readonly #listeners = new Set<(machineId: string) => void>();
  readonly #timer: NodeJS.Timeout;
  readonly #keys = new WeakMap<SignalDictionary, readonly string[]>();
  readonly #newest = new NewestRows();
  #isSeeded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = setInterval(() => this.#tell(), tickMs);
  }

  take({ gatewayId, machineId, receivedAtMs, batch, dictionary }: ArrivedBatch): void {
    const state = this.#state(machineId);
    if (!state) return;
    this.#place(state, gatewayId);
    state.lastContactMs = Math.max(state.lastContactMs, receivedAtMs);
    this.#changed.add(state);
    const { samples, events } = batch;
    for (const event of events) {
      if (event.kind !== "active-dtcs" || event.network !== undefined) continue;
      const known = state.dtcs.get(event.sa);
      if (!known || isNewer(event.timeNs, known.timeNs, this.#clock))
        state.dtcs.set(event.sa, event);
    }
    if (!dictionary) return;
    const keys = this.#keysOf(dictionary);
    const newest = this.#newest.of(samples, keys.length);
    for (let index = 0; index < keys.length; index++) {
      const row = newest[index] ?? -1;
      const signal = dictionary.signals[index];
      if (row < 0 || !signal) continue;
      const quality = qualityName(samples.quality[row] ?? Quality.reserved);
      const value = samples.value[row] ?? Number.NaN;
      this.#put(state, keys[index] ?? "", signal, { timeNs: samples.timeNs(row), value, quality });
    }
  }

  /** Made once for a dictionary, not for each sample of a fleet. */
  #keysOf(dictionary: SignalDictionary): readonly string[] {
    const known = this.#keys.get(dictionary);
    if (known) return known;
    const made = dictionary.signals.map(keyOf);
    this.#keys.set(dictionary, made);
    return made;
  }

  /** Values from the store, at the start: they never replace what has arrived since. */
  seed(machineId: string, signals: readonly LatestSignal[]): void {
    const state = this.#state(machineId);
    if (!state) return;
    for (const { value, quality, t, ...signal } of signals) {
      const timeNs = nsOfIso(t);
      this.#put(state, keyOf(signal), signal, { timeNs, value: value ?? Number.NaN, quality });
    }
    state.isSeeded = true;
  }

  /** The store knows of no other machine. */
  endSeed(): void {
    this.#isSeeded = true;
  }

  setContact(machineId: string, gatewayId: string, atMs: number): void {
    const state = this.#state(machineId);
    if (!state) return;
    if (state.gatewayId === null) this.#place(state, gatewayId);
    state.lastContactMs = Math.max(state.lastContactMs, atMs);
  }

  setOnline({ machineId, gatewayId, isOnline, atMs }: MachineState): void {
    const state = this.#state(machineId);
    if (!state) return;
    if (isOnline) {
      this.setContact(machineId, gatewayId, this.#clock.nowMs());
      this.#place(state, gatewayId);
      state.onlineBy.add(gatewayId);
    } else {
      const wasOnline = state.onlineBy.delete(gatewayId);
      const isOfAnother = state.gatewayId !== null && state.gatewayId !== gatewayId;
      if (!wasOnline && isOfAnother) return;
      const [other] = state.onlineBy;
      if (other !== undefined && !isOfAnother) this.#place(state, other);
    }
    state.staleSinceMs = state.onlineBy.size > 0 ? null : atMs;
    this.#changed.add(state);
  }

  /** Something about a gateway has changed that its machines' listeners want to hear of. */
  touchGateway(gatewayId: string): void {
    for (const state of this.#ofGateway.get(gatewayId) ?? []) this.#changed.add(state);
  }

  gatewayOf(machineId: string): string | null {
    return this.#machines.get(machineId)?.gatewayId ?? null;
  }

  machinesOf(gatewayId: string) {
    return [...(this.#ofGateway.get(gatewayId) ?? [])].map(({ machineId, lastContactMs }) => ({
      machineId,
      lastContactMs: lastContactMs > 0 ? lastContactMs : null,
    }));
  }

  machines() {
    return [...this.#machines.values()].map(about);
  }

  machine(machineId: string): LiveMachine | undefined {
    const state = this.#machines.get(machineId);
    if (!state) return undefined;
    const signals = [...state.values.values()].sort(byNameAndAddress).map(toLatest);
    const activeDtcs = [...state.dtcs.values()].map(toDtcs);
    return { ...about(state), signals, activeDtcs };
  }

  some(machineId: string, names: ReadonlySet<string>): readonly LatestSignal[] | undefined {
    const state = this.#machines.get(machineId);
    if (!state) return this.#isSeeded && this.#machines.size < maxMachines ? [] : undefined;
    if (state.values.size === 0 && !state.isSeeded && !this.#isSeeded) return undefined;
    const found: Value[] = [];
    for (const value of state.values.values()) if (names.has(value.signal.name)) found.push(value);
    return found.sort(byNameAndAddress).map(toLatest);
  }

  subscribe(listener: (machineId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #state(machineId: string): LiveState | undefined {
    const known = this.#machines.get(machineId);
    if (known || this.#machines.size >= maxMachines) return known;
    const made = newState(machineId);
    this.#machines.set(machineId, made);
    return made;
  }

  #place(state: LiveState, gatewayId: string): void {
    const before = state.gatewayId;
    if (before === gatewayId) return;
    state.gatewayId = gatewayId;
    if (before !== null) {
      const left = this.#ofGateway.get(before);
      left?.delete(state);
      if (left?.size === 0) this.#ofGateway.delete(before);
    }
    const others = this.#ofGateway.get(gatewayId);
    if (others) others.add(state);
    else this.#ofGateway.set(gatewayId, new Set([state]));
  }

  #put(
    state: LiveState,
    key: string,
    signal: Value["signal"],
    sample: Omit<Value, "signal">,
  ): void {
    const known = state.values.get(key);
    if (
      known ? !isNewer(sample.timeNs, known.timeNs, this.#clock) : state.values.size >= maxSignals
    )
      return;
    const { name, unit, spn, sa } = signal;
    if (known?.signal.unit === unit && known.signal.spn === spn) {
      // Nothing is made anew for each sample of a fleet.
      known.timeNs = sample.timeNs;
      known.value = sample.value;
      known.quality = sample.quality;
      return;
    }
    const kept = {
      name,
      unit,
      ...(spn === undefined ? {} : { spn }),
      ...(sa === undefined ? {} : { sa }),
    };
    state.values.set(key, { signal: kept, ...sample });
  }

  #tell(): void {
    for (const { machineId } of this.#changed) {
      for (const listener of this.#listeners) {
        try {
          listener(machineId);
        } catch {
          this.#listeners.delete(listener);
        }
      }
    }
    this.#changed.clear();
  }
}
