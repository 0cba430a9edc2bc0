import type { BusInput } from "../bus-input.ts";
import type { CanFrame } from "./can-frame.ts";
import type { CanNode } from "./can-node.ts";
import { CycleTable, type CyclicMessage } from "./cycle-table.ts";
import { NodePower, type PowerActions } from "./node-power.ts";

/** A control unit of which only the identifiers of its messages are known, as in a DBC: it sends them, and hears nothing. */
export class PlainSender implements CanNode {
  readonly name = "plain sender";
  readonly address = null;
  readonly #power = new NodePower(0);
  readonly #cycles: CycleTable;
  readonly #powerActions: PowerActions = {
    stop: () => this.#cycles.stop(),
    resume: (nowMs) => this.#cycles.start(nowMs),
  };

  constructor(messages: readonly CyclicMessage[], seed: string) {
    this.#cycles = new CycleTable(messages, `${seed} plain`);
  }

  get dueMs(): number {
    if (this.#power.isOut) return Number.POSITIVE_INFINITY;
    return Math.min(this.#power.startMs, this.#cycles.dueMs);
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

  update({ values }: BusInput, revision: number, nowMs: number): void {
    this.#cycles.update(values, revision);
    this.#power.apply(nowMs, this.#powerActions);
  }

  hear(): void {}

  urgencyAt(nowMs: number): number {
    if (this.#power.isStarting(nowMs)) this.#cycles.start(nowMs);
    return this.#cycles.urgencyAt(nowMs);
  }

  takeFrame(nowMs: number, frame: CanFrame): void {
    this.#cycles.takeFrame(nowMs, frame);
  }
}
