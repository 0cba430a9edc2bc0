import { type CanFrame, urgencyOf } from "./can-frame.ts";
import type { Talker } from "./can-node.ts";

interface Waiting {
  readonly dueMs: number;
  readonly canId: number;
  readonly isExtended: boolean;
  readonly bytes: Uint8Array;
}

/** Frames that are sent once: answers, claims, emergencies. Those of one identifier keep their order. */
export class FrameQueue implements Talker {
  /** Earliest first. */
  readonly #waiting: Waiting[] = [];
  #chosen: Waiting | undefined;

  get dueMs(): number {
    return this.#waiting[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** @param bytes up to 8 */
  add(dueMs: number, canId: number, bytes: Uint8Array, isExtended = true): void {
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.dueMs ?? 0) > dueMs) at--;
    this.#waiting.splice(at, 0, { dueMs, canId, isExtended, bytes });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  urgencyAt(nowMs: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (const one of this.#waiting) {
      if (one.dueMs > nowMs) break;
      const urgency = urgencyOf(one.canId, one.isExtended);
      if (urgency >= best) continue;
      best = urgency;
      this.#chosen = one;
    }
    return best;
  }

  takeFrame(_nowMs: number, frame: CanFrame): void {
    const one = this.#chosen;
    if (one === undefined) return;
    this.#waiting.splice(this.#waiting.indexOf(one), 1);
    this.#chosen = undefined;
    frame.canId = one.canId;
    frame.isExtended = one.isExtended;
    frame.length = one.bytes.length;
    frame.data.set(one.bytes);
  }
}
