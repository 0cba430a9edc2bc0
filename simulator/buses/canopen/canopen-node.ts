import {
  type ActiveEmergency,
  type BusInput,
  noEmergencies,
  type SignalValues,
} from "../bus-input.ts";
import type { CanFrame } from "../can/can-frame.ts";
import type { CanNode, Talker } from "../can/can-node.ts";
import { CycleTable, type CyclicMessage } from "../can/cycle-table.ts";
import { FrameQueue } from "../can/frame-queue.ts";
import { NodePower, type PowerActions } from "../can/node-power.ts";
import { shareOf } from "../seeded.ts";
import { emergenciesToTell } from "./emergencies.ts";

/** States as heartbeats tell them. @see CiA 301, heartbeat protocol */
export const nodeState = { bootUp: 0, stopped: 4, operational: 5, preOperational: 127 } as const;
type NodeState = (typeof nodeState)[keyof typeof nodeState];

/** @see CiA 301, predefined connection set */
const errorControl = 0x700;
const emergency = 0x080;

/** @see CiA 301, NMT: command specifiers of module control */
const command = { start: 1, stop: 2, preOperational: 128, resetNode: 129, resetBus: 130 } as const;

const ordered: ReadonlyMap<number, NodeState> = new Map([
  [command.start, nodeState.operational],
  [command.stop, nodeState.stopped],
  [command.preOperational, nodeState.preOperational],
]);

/** Producer heartbeat time; engineering default. */
const heartbeatMs = 500;
/** Nodes are not equally fast; engineering default. */
const latestStartMs = 150;

export interface CanopenNodeOptions {
  /** 1 to 127. */
  readonly node: number;
  /** Process data objects that it sends. */
  readonly tpdos: readonly CyclicMessage[];
  /**
   * Signal that says its state, if the plan has one. Where the machine gives it a value, the heartbeat tells that; null or
   * NaN: there is no heartbeat.
   */
  readonly stateSignal?: string;
  /** What its phases are drawn from. */
  readonly seed: string;
}

/**
 * One CANopen node: boot-up, heartbeat, process data once it is operational, emergencies. It obeys NMT and has no object
 * dictionary. @see CiA 301
 */
export class CanopenNode implements CanNode {
  readonly name: string;
  readonly address: number;
  readonly #options: CanopenNodeOptions;
  readonly #power: NodePower;
  readonly #powerActions: PowerActions = {
    stop: () => this.#stop(),
    resume: (nowMs) => this.#resume(nowMs),
  };
  readonly #queue = new FrameQueue();
  readonly #cycles: CycleTable;
  readonly #talkers: readonly Talker[];
  #speaker: Talker = this.#queue;
  #state: NodeState = nodeState.bootUp;
  #heartbeatDueMs = Number.POSITIVE_INFINITY;
  #values: SignalValues = {};
  #emergencies: readonly ActiveEmergency[] = noEmergencies;
  #told: readonly ActiveEmergency[] = noEmergencies;

  constructor(options: CanopenNodeOptions) {
    const { node, tpdos, seed } = options;
    this.#options = options;
    this.name = `node ${node}`;
    this.address = node;
    this.#power = new NodePower(shareOf(`${seed} node ${node} start`) * latestStartMs);
    this.#cycles = new CycleTable(tpdos, `${seed} node ${node}`);
    this.#talkers = [this.#queue, this.#cycles];
  }

  get dueMs(): number {
    if (this.#power.isOut) return Number.POSITIVE_INFINITY;
    return Math.min(
      this.#power.startMs,
      this.#heartbeatDueMs,
      this.#queue.dueMs,
      this.#cycles.dueMs,
    );
  }

  reset(): void {
    this.#power.order("reset");
  }

  busOff(): void {
    this.#power.order("bus-off");
  }

  silence(): void {
    this.#power.order("silence");
  }

  revive(): void {
    this.#power.order("revive");
  }

  update({ values, emergencies = noEmergencies }: BusInput, revision: number, nowMs: number): void {
    this.#values = values;
    this.#cycles.update(values, revision);
    this.#power.apply(nowMs, this.#powerActions);
    const given = this.#stateGiven();
    if (given !== undefined && given !== this.#state) this.#enter(given, nowMs);
    if (emergencies === this.#emergencies) return;
    this.#emergencies = emergencies;
    this.#tellEmergencies(nowMs);
  }

  hear({ canId, isExtended, data, timeMs }: CanFrame): void {
    if (isExtended || canId !== 0 || this.#power.isDeaf) return;
    const wanted = data[1] ?? 0;
    if (wanted !== 0 && wanted !== this.#options.node) return;
    const state = ordered.get(data[0] ?? 0);
    if (state !== undefined) this.#enter(state, timeMs);
    if (data[0] !== command.resetNode && data[0] !== command.resetBus) return;
    this.#stop();
    this.#power.restart(timeMs);
  }

  urgencyAt(nowMs: number): number {
    if (this.#power.isStarting(nowMs)) this.#start(nowMs);
    if (this.#heartbeatDueMs <= nowMs) this.#beat(nowMs);
    let best = Number.POSITIVE_INFINITY;
    for (const talker of this.#talkers) {
      if (talker.dueMs > nowMs) continue;
      const urgency = talker.urgencyAt(nowMs);
      if (urgency >= best) continue;
      best = urgency;
      this.#speaker = talker;
    }
    return best;
  }

  takeFrame(nowMs: number, frame: CanFrame): void {
    this.#speaker.takeFrame(nowMs, frame);
  }

  /** @see CiA 301, NMT state diagram: initialisation ends with the boot-up message */
  #start(nowMs: number): void {
    this.#say(errorControl, [nodeState.bootUp], nowMs);
    this.#heartbeatDueMs = nowMs + heartbeatMs;
    this.#told = noEmergencies;
    this.#enter(nodeState.preOperational, nowMs);
    this.#tellEmergencies(nowMs);
  }

  #enter(state: NodeState, nowMs: number): void {
    const was = this.#state;
    this.#state = state;
    if (state !== nodeState.operational) this.#cycles.stop();
    else if (was !== state) this.#cycles.start(nowMs);
    if (was === nodeState.stopped) this.#tellEmergencies(nowMs);
  }

  #stop(): void {
    this.#queue.clear();
    this.#cycles.stop();
    this.#state = nodeState.bootUp;
    this.#heartbeatDueMs = Number.POSITIVE_INFINITY;
  }

  #resume(nowMs: number): void {
    if (this.#state === nodeState.operational) this.#cycles.start(nowMs);
    this.#tellEmergencies(nowMs);
  }

  #beat(nowMs: number): void {
    this.#heartbeatDueMs = nowMs + heartbeatMs;
    if (this.#isHeartless()) return;
    this.#say(errorControl, [this.#state], nowMs);
  }

  /** A stopped node tells no emergencies, one that is out neither. @see CiA 301, states and communication objects */
  #tellEmergencies(nowMs: number): void {
    const canTell =
      this.#state === nodeState.operational || this.#state === nodeState.preOperational;
    if (!canTell || this.#power.isOut) return;
    const now = this.#emergencies.filter(({ node }) => node === this.#options.node);
    for (const bytes of emergenciesToTell(this.#told, now)) this.#say(emergency, bytes, nowMs);
    this.#told = now;
  }

  /** The state that the machine says it has, if it says one of those that there are. */
  #stateGiven(): NodeState | undefined {
    const { stateSignal } = this.#options;
    const value = stateSignal === undefined ? undefined : this.#values[stateSignal];
    return this.#state === nodeState.bootUp
      ? undefined
      : Object.values(nodeState).find((state) => state !== nodeState.bootUp && state === value);
  }

  #isHeartless(): boolean {
    const { stateSignal } = this.#options;
    const value = stateSignal === undefined ? undefined : this.#values[stateSignal];
    return value === null || Number.isNaN(value);
  }

  #say(object: number, bytes: readonly number[], nowMs: number): void {
    this.#queue.add(nowMs, object + this.#options.node, Uint8Array.from(bytes), false);
  }
}
