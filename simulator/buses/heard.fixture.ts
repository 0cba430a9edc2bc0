import type { BusInput } from "./bus-input.ts";
import { type CanFrame, frameOf, textOf } from "./can/can-frame.ts";
import type { CanNetwork } from "./can/can-network.ts";

/** A frame as a listener notes it. */
export interface Heard {
  readonly timeMs: number;
  /** `id#data` as candump writes it. */
  readonly text: string;
}

/** A network with a listener that notes everything and may speak itself. */
export class Listener {
  readonly heard: Heard[] = [];
  input: BusInput;
  readonly #network: CanNetwork;

  constructor(network: CanNetwork, input: BusInput = { values: {} }) {
    this.#network = network;
    this.input = input;
  }

  /** Lets time pass in steps of 10 ms. */
  pass(ms: number, stepMs = 10): this {
    const untilMs = this.#network.nowMs + ms;
    while (this.#network.nowMs < untilMs) {
      this.#network.update(this.input);
      this.#network.run(Math.min(untilMs, this.#network.nowMs + stepMs), (frame) =>
        this.#note(frame),
      );
    }
    return this;
  }

  /** Speaks, with what is heard from there on. */
  say(text: string): this {
    this.heard.length = 0;
    this.#network.hear(frameOf(text));
    return this;
  }

  /** What was heard of these identifiers, or all. */
  texts(...prefixes: readonly string[]): string[] {
    return this.of(...prefixes).map(({ text }) => text);
  }

  of(...prefixes: readonly string[]): Heard[] {
    return this.heard.filter(
      ({ text }) => prefixes.length === 0 || prefixes.some((prefix) => text.startsWith(prefix)),
    );
  }

  /** Puts broadcast messages of one address together; hex by PGN, in the order of their ends. */
  broadcasts(sa: string): { readonly pgn: number; readonly hex: string }[] {
    const done: { pgn: number; hex: string }[] = [];
    let open: { pgn: number; bytes: number; hex: string } | undefined;
    for (const { text } of this.of(`1CECFF${sa}`, `1CEBFF${sa}`)) {
      const data = Buffer.from(text.slice(9), "hex");
      if (text.startsWith("1CEC")) {
        open = { pgn: data.readUIntLE(5, 3), bytes: data.readUInt16LE(1), hex: "" };
        continue;
      }
      if (open === undefined) continue;
      open.hex += data.subarray(1).toString("hex");
      if (open.hex.length < open.bytes * 2) continue;
      done.push({ pgn: open.pgn, hex: open.hex.slice(0, open.bytes * 2).toUpperCase() });
      open = undefined;
    }
    return done;
  }

  #note(frame: CanFrame): void {
    this.heard.push({ timeMs: frame.timeMs, text: textOf(frame) });
  }
}

/** The times between frames, rounded to whole ms. */
export const gapsOf = (heard: readonly Heard[]): number[] =>
  heard.slice(1).map(({ timeMs }, at) => Math.round(timeMs - (heard[at]?.timeMs ?? 0)));
