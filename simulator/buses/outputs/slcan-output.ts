import type { CanFrame } from "../can/can-frame.ts";
import { type ByteLine, openPseudoTerminal } from "./byte-line.ts";
import type { CanOutput, Hear } from "./can-output.ts";
import { SlcanAdapter } from "./slcan-adapter.ts";

interface Plugged {
  readonly adapter: SlcanAdapter;
  readonly line: ByteLine;
}

/** CAN buses over serial adapters, one for each bus: a reader opens their ports, and may send to the bus. */
export class SlcanOutput implements CanOutput {
  readonly #plugged: ReadonlyMap<string, Plugged>;

  constructor(plugged: ReadonlyMap<string, Plugged>) {
    this.#plugged = plugged;
  }

  /** The serial port of each bus. */
  get ports(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#plugged].map(([bus, { line }]) => [bus, line.path]));
  }

  get dropped(): number {
    return [...this.#plugged.values()].reduce((sum, { adapter }) => sum + adapter.dropped, 0);
  }

  write(bus: string, frame: CanFrame): void {
    this.#plugged.get(bus)?.adapter.tell(frame, frame.timeMs);
  }

  flush(): void {}

  async close(): Promise<void> {
    for (const { line } of this.#plugged.values()) await line.close();
  }
}

/** @throws CodedError NO_PSEUDO_TERMINAL */
export async function openSlcan(
  buses: readonly string[],
  bitRate: number,
  hear: Hear,
): Promise<SlcanOutput> {
  const plugged = new Map<string, Plugged>();
  for (const bus of buses) {
    let line: ByteLine | undefined;
    const adapter = new SlcanAdapter({
      bitRate,
      write: (text) => line?.write(Buffer.from(text, "latin1")) ?? false,
      onFrame: (frame) => hear(bus, frame),
    });
    line = await openPseudoTerminal((bytes) => adapter.take(bytes));
    plugged.set(bus, { adapter, line });
  }
  return new SlcanOutput(plugged);
}
