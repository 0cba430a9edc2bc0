import type { CanFrame } from "../can/can-frame.ts";
import type { CanNode } from "../can/can-node.ts";
import { FrameQueue } from "../can/frame-queue.ts";

/** After power on the nodes have so long to boot; engineering default. */
const startAllMs = 300;
/** A node that booted later is started after this; engineering default. */
const startOneMs = 20;
/** @see CiA 301, NMT module control and error control */
const startCommand = 1;
const allNodes = 0;
const errorControl = 0x700;

/** The controller that starts the nodes of a CANopen network, at power on and each that boots later. @see CiA 301, NMT */
export class NmtMaster implements CanNode {
  readonly name = "NMT master";
  readonly address = null;
  readonly #queue = new FrameQueue();
  #isOut = false;

  constructor() {
    this.#command(allNodes, startAllMs);
  }

  get dueMs(): number {
    return this.#isOut ? Number.POSITIVE_INFINITY : this.#queue.dueMs;
  }

  reset(): void {
    this.#isOut = false;
  }

  busOff(): void {
    this.#isOut = true;
  }

  silence(): void {
    this.#isOut = true;
  }

  revive(): void {
    this.#isOut = false;
  }

  update(): void {}

  hear({ canId, isExtended, data, length, timeMs }: CanFrame): void {
    const isBootUp = !isExtended && canId > errorControl && length === 1 && data[0] === 0;
    if (isBootUp && timeMs > startAllMs && !this.#isOut)
      this.#command(canId - errorControl, timeMs + startOneMs);
  }

  urgencyAt(nowMs: number): number {
    return this.#queue.urgencyAt(nowMs);
  }

  takeFrame(nowMs: number, frame: CanFrame): void {
    this.#queue.takeFrame(nowMs, frame);
  }

  #command(node: number, dueMs: number): void {
    this.#queue.add(dueMs, 0, Uint8Array.of(startCommand, node), false);
  }
}
