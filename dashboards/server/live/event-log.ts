import { randomBytes } from "node:crypto";

const kept = 2000;

/**
 * The last events, as they are sent, so that a browser that was away briefly gets exactly what it missed. Ids are
 * `<start of this server>-<number>`.
 */
export class EventLog {
  readonly #boot = randomBytes(4).toString("hex");
  #events: { readonly number: number; readonly text: string }[] = [];
  #number = 0;

  /** The event as it goes over the wire. */
  append(name: string, payload: unknown): string {
    const number = ++this.#number;
    const text = `id: ${this.#boot}-${number}\n${toEventText(name, payload)}`;
    this.#events.push({ number, text });
    if (this.#events.length > kept * 2) this.#events = this.#events.slice(-kept);
    return text;
  }

  /** The line that names the last event: whoever hears it has missed nothing so far. */
  get here(): string {
    return `id: ${this.#boot}-${this.#number}\n`;
  }

  /** Something happened that was not written down: whoever asks for it later must fetch everything anew. */
  forget(): void {
    this.#events = [];
    this.#number++;
  }

  /** What followed the event with this id; undefined when that is no longer known. */
  since(id: string): string[] | undefined {
    const [boot, text = ""] = id.split("-");
    const number = Number(text);
    if (boot !== this.#boot || !Number.isSafeInteger(number)) return undefined;
    if (number === this.#number) return [];
    const first = this.#events[0]?.number ?? Number.POSITIVE_INFINITY;
    if (number > this.#number || number + 1 < first) return undefined;
    return this.#events.filter((event) => event.number > number).map((event) => event.text);
  }
}

/** JSON holds no raw line break, so one `data:` line is enough. */
export const toEventText = (name: string, payload: unknown): string =>
  `event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`;
