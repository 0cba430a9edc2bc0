import type { ModbusDevice } from "./modbus-device.ts";

/** What carries answers: a connection, or a line. */
export interface AnswerWay {
  /** Sends the answer; not called where a device says nothing. */
  send(device: ModbusDevice, answer: Uint8Array): void;
}

/**
 * Lets the devices answer, one request after the other and each in its time, as things with one processor do. What waits
 * when `close` is called is never answered.
 */
export class AnswerDesk {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #freeAtMs = new Map<ModbusDevice, number>();

  /** @param request from the function code on; copied */
  ask(device: ModbusDevice, request: Uint8Array, way: AnswerWay, extraMs = 0): void {
    const nowMs = performance.now();
    const question = request.slice();
    const freeAtMs = Math.max(nowMs, this.#freeAtMs.get(device) ?? 0) + device.answerMs + extraMs;
    this.#freeAtMs.set(device, freeAtMs);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const answer = device.answer(question);
      if (answer) way.send(device, answer);
    }, freeAtMs - nowMs);
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
