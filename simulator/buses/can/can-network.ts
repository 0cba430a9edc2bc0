import type { BusInput } from "../bus-input.ts";
import { bitsOf, type CanFrame, createCanFrame } from "./can-frame.ts";
import type { CanNode } from "./can-node.ts";

export interface CanNetworkOptions {
  /** Interface name, for instance `can0`. */
  readonly bus: string;
  readonly nodes: readonly CanNode[];
  /** Default 250,000, the usual one. @see SAE J1939-11 */
  readonly bitRate?: number;
}

export type OnFrame = (frame: CanFrame, bus: string) => void;

const nothing: BusInput = { values: {} };

/**
 * One CAN bus and the nodes on it: a wire that carries one frame at a time, the most urgent first. Pure: it has no clock
 * and no socket, and the same calls give the same frames with the same times.
 */
export class CanNetwork {
  readonly bus: string;
  readonly #nodes: readonly CanNode[];
  readonly #msPerBit: number;
  readonly #frame = createCanFrame();
  #freeMs = 0;
  readonly #dueMs: Float64Array;
  #input = nothing;
  #revision = 0;
  /** The end of the last step, milliseconds since the network was switched on. */
  nowMs = 0;

  constructor({ bus, nodes, bitRate = 250_000 }: CanNetworkOptions) {
    this.bus = bus;
    this.#nodes = nodes;
    this.#dueMs = new Float64Array(nodes.length);
    this.#msPerBit = 1_000 / bitRate;
    for (const node of nodes) node.update(nothing, 0, 0);
  }

  get nodes(): readonly CanNode[] {
    return this.#nodes;
  }

  /** When it next has something to do; infinite while nobody has. */
  get nextMs(): number {
    let next = Number.POSITIVE_INFINITY;
    let at = 0;
    for (const { dueMs } of this.#nodes) {
      this.#dueMs[at++] = dueMs;
      if (dueMs < next) next = dueMs;
    }
    return Math.max(next, this.#freeMs);
  }

  /** `input` holds from now on, and so does what was ordered of nodes. */
  update(input: BusInput): void {
    if (input !== this.#input) this.#revision++;
    this.#input = input;
    for (const node of this.#nodes) node.update(input, this.#revision, this.nowMs);
  }

  /** Lets time pass until `untilMs`. `onFrame` gets every frame in the order of the wire; the same object each time. */
  run(untilMs: number, onFrame: OnFrame): void {
    for (;;) {
      const atMs = this.nextMs;
      if (atMs > untilMs) break;
      const winner = this.#winnerAt(atMs);
      if (winner === undefined) continue;
      const frame = this.#frame;
      winner.takeFrame(atMs, frame);
      frame.timeMs = atMs + bitsOf(frame) * this.#msPerBit;
      this.#freeMs = frame.timeMs;
      onFrame(frame, this.bus);
      if (isAboutNetwork(frame)) this.#tell(frame, winner);
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** A frame that somebody outside put on the bus; it counts as of now. */
  hear(frame: CanFrame): void {
    frame.timeMs = this.nowMs;
    if (isAboutNetwork(frame)) this.#tell(frame, undefined);
  }

  /** Of those whose time has come, by the times that `nextMs` has just looked at. */
  #winnerAt(atMs: number): CanNode | undefined {
    let best = Number.POSITIVE_INFINITY;
    let winner: CanNode | undefined;
    for (let at = 0; at < this.#nodes.length; at++) {
      const node = this.#nodes[at];
      if (node === undefined || (this.#dueMs[at] ?? 0) > atMs) continue;
      const urgency = node.urgencyAt(atMs);
      if (urgency >= best) continue;
      best = urgency;
      winner = node;
    }
    return winner;
  }

  #tell(frame: CanFrame, sender: CanNode | undefined): void {
    for (const node of this.#nodes) if (node !== sender) node.hear(frame);
  }
}

/** PDU formats of requests, acknowledgements, transport and address claims. @see SAE J1939-21, J1939-81 */
const formats: ReadonlySet<number> = new Set([0xe8, 0xea, 0xeb, 0xec, 0xee]);
/** Error control. @see CiA 301, predefined connection set */
const firstErrorControl = 0x700;

/** Measured values are nobody's business but a reader's; what is left is about the network. */
function isAboutNetwork({ canId, isExtended }: CanFrame): boolean {
  if (isExtended) return formats.has((canId >>> 16) & 0xff);
  return canId === 0 || canId > firstErrorControl;
}
