/** A state is due so long after it was last the same as the written one. */
const maxAgeMs = 60_000;
/** States written with one step, beside those that have to be: a step stays short, whatever has piled up. */
const statesAtOnce = 64;

interface Unsaved {
  /** First record that the written state lacks. */
  readonly position: number;
  readonly sinceMs: number;
}

/**
 * Which machines' rule states are behind what was judged. A state is written in the transaction of anything that was
 * told of its machine, and otherwise now and then: the journal has the rest, and a state knows up to where it goes
 * (decision 0028).
 */
export class Checkpoints {
  /** Written up to (not including) this position of the journal, by machine: records before it are in the state. */
  readonly #savedTo: Map<string, number>;
  /** In the order of their positions. */
  readonly #unsaved = new Map<string, Unsaved>();
  readonly #nowMs: () => number;

  constructor(savedTo: Iterable<readonly [machineId: string, upTo: number]>, nowMs: () => number) {
    this.#savedTo = new Map(savedTo);
    this.#nowMs = nowMs;
  }

  /** Whether the machine's state has seen a record already: after a restart, when others had to begin further back. */
  holds(machineId: string, position: number): boolean {
    return position < (this.#savedTo.get(machineId) ?? 0);
  }

  /** First record that the machine's written state lacks; undefined when it lacks none. */
  lacks(machineId: string): number | undefined {
    return this.#unsaved.get(machineId)?.position;
  }

  /** Machines whose states are to be written beside those that have to be, oldest first. */
  due(): string[] {
    const due: string[] = [];
    const old = this.#nowMs() - maxAgeMs;
    for (const [machineId, { sinceMs }] of this.#unsaved) {
      if (sinceMs > old || due.length >= statesAtOnce) break;
      due.push(machineId);
    }
    return due;
  }

  /** Where a restart has to begin once these are written. `touched`: first positions of machines in this step. */
  offsetAfter(
    written: ReadonlySet<string>,
    touched: ReadonlyMap<string, number>,
    nextOffset: number,
  ): number {
    for (const [machineId, { position }] of this.#unsaved)
      if (!written.has(machineId)) return position;
    let lowest = nextOffset;
    for (const [machineId, position] of touched)
      if (!written.has(machineId) && position < lowest) lowest = position;
    return lowest;
  }

  /** The step is stored. */
  stored(
    written: ReadonlySet<string>,
    touched: ReadonlyMap<string, number>,
    nextOffset: number,
  ): void {
    for (const machineId of written) {
      this.#unsaved.delete(machineId);
      this.#savedTo.set(machineId, nextOffset);
    }
    const sinceMs = this.#nowMs();
    for (const [machineId, position] of touched)
      if (!written.has(machineId) && !this.#unsaved.has(machineId))
        this.#unsaved.set(machineId, { position, sinceMs });
  }

  /** All that are behind, in parts that one transaction takes. */
  *behind(): Generator<string[]> {
    const all = [...this.#unsaved.keys()];
    for (let at = 0; at < all.length; at += statesAtOnce) yield all.slice(at, at + statesAtOnce);
  }
}
