import type { ServerResponse } from "node:http";

/** The most that may wait in memory for one browser, bytes; whoever is slower is cut off and comes back by itself. */
const maxWaitingBytes = 512 * 1024;

/** One browser that listens. */
export class EventStream {
  /** The machine whose live values it wants; undefined: none. */
  readonly machineId: string | undefined;
  readonly actor: string;
  /** Whether its login or token still counts. */
  readonly isStillAllowed: () => Promise<boolean>;
  readonly #response: ServerResponse;

  constructor(
    response: ServerResponse,
    about: Pick<EventStream, "machineId" | "actor" | "isStillAllowed">,
  ) {
    this.#response = response;
    this.machineId = about.machineId;
    this.actor = about.actor;
    this.isStillAllowed = about.isStillAllowed;
  }

  /** False when the browser was too slow and has been cut off, or is gone. */
  send(text: string): boolean {
    if (this.#response.destroyed || this.#response.writableEnded) return false;
    this.#response.write(text);
    if (this.#response.writableLength <= maxWaitingBytes) return true;
    this.#response.destroy();
    return false;
  }

  end(): void {
    this.#response.end();
  }
}
