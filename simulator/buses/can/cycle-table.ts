import type { SignalValues } from "../bus-input.ts";
import { shareOf } from "../seeded.ts";
import { type CanFrame, urgencyOf } from "./can-frame.ts";
import type { Talker } from "./can-node.ts";
import type { Message } from "./message.ts";

/** A message of one frame that comes again and again. */
export interface CyclicMessage {
  /** Identifier; of J1939 without the source address. */
  readonly idBase: number;
  readonly isExtended: boolean;
  readonly periodMs: number;
  readonly message: Message;
}

interface Cycle extends CyclicMessage {
  /** Part of a period that it begins late, so that not all come at once. */
  readonly phase: number;
  dueMs: number;
}

/** The cyclic messages of one node. */
export class CycleTable implements Talker {
  dueMs = Number.POSITIVE_INFINITY;
  /** Goes into the identifiers; 0 where they are whole. */
  address = 0;
  #values: SignalValues = {};
  #revision = 0;
  readonly #cycles: readonly Cycle[];
  #chosen: Cycle | undefined;

  /** `seed`: what the phases are drawn from. */
  constructor(messages: readonly CyclicMessage[], seed: string) {
    this.#cycles = messages.map((message) => ({
      ...message,
      phase: shareOf(`${seed} ${message.idBase}`),
      dueMs: Number.POSITIVE_INFINITY,
    }));
  }

  update(values: SignalValues, revision: number): void {
    this.#values = values;
    this.#revision = revision;
  }

  start(nowMs: number): void {
    for (const cycle of this.#cycles) cycle.dueMs = nowMs + cycle.phase * cycle.periodMs;
    this.#settle();
  }

  stop(): void {
    for (const cycle of this.#cycles) cycle.dueMs = Number.POSITIVE_INFINITY;
    this.#settle();
  }

  urgencyAt(nowMs: number): number {
    let best = Number.POSITIVE_INFINITY;
    let hasSkipped = false;
    for (const cycle of this.#cycles) {
      if (cycle.dueMs > nowMs) continue;
      if (!cycle.message.isFitted(this.#values)) {
        goOn(cycle, nowMs);
        hasSkipped = true;
        continue;
      }
      const urgency = urgencyOf(cycle.idBase + this.address, cycle.isExtended);
      if (urgency >= best) continue;
      best = urgency;
      this.#chosen = cycle;
    }
    if (hasSkipped) this.#settle();
    return best;
  }

  takeFrame(nowMs: number, frame: CanFrame): void {
    const cycle = this.#chosen;
    if (cycle === undefined) return;
    frame.canId = cycle.idBase + this.address;
    frame.isExtended = cycle.isExtended;
    frame.length = cycle.message.length;
    frame.data.set(cycle.message.encode(this.#values, this.#revision));
    goOn(cycle, nowMs);
    this.#settle();
  }

  #settle(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#cycles) if (dueMs < next) next = dueMs;
    this.dueMs = next;
  }
}

/** Stays on its grid; what a full bus made it miss is not made up for. */
function goOn(cycle: Cycle, nowMs: number): void {
  cycle.dueMs += cycle.periodMs;
  if (cycle.dueMs <= nowMs) cycle.dueMs = nowMs + cycle.periodMs;
}
