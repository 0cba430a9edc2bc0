import { newCommandId } from "../api-client.ts";

/**
 * The command ids of an intention until it is answered: the same intention again, after a lost answer or by a second
 * press, goes out under the same ids and is done once.
 */
export class Unanswered {
  #intention: string | undefined;
  #ids: readonly string[] = [];

  /** `count` ids for this intention, the same as before while it has no answer. */
  idsFor(intention: string, count: number): readonly string[] {
    if (this.#intention !== intention || this.#ids.length !== count) {
      this.#intention = intention;
      this.#ids = Array.from({ length: count }, newCommandId);
    }
    return this.#ids;
  }

  /** Done or refused: the next time is another intention. */
  answered(): void {
    this.#intention = undefined;
  }
}
