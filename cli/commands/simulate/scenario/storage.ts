import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { HubCaller } from "./hub-caller.ts";
import type { Storage } from "./outcome.ts";

/** How many samples of each signal a gateway has sent. */
export class SentBook {
  readonly #counts = new Map<number, number>();

  note(samples: SampleColumns): void {
    for (let row = 0; row < samples.length; row++) {
      const signal = samples.signal[row] ?? 0;
      this.#counts.set(signal, (this.#counts.get(signal) ?? 0) + 1);
    }
  }

  /** @param signal index in the dictionary */
  of(signal: number): number {
    return this.#counts.get(signal) ?? 0;
  }
  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** The way of a machine's samples as the hub's interface tells it: its ledger, and every signal read back. */
export async function readStorage(
  caller: Pick<HubCaller, "ledgerOf" | "stampsOf">,
  machineId: string,
  of: {
    readonly names: readonly string[];
    readonly book: SentBook;
    readonly startMs: number;
    readonly endMs: number;
  },
): Promise<Storage> {
  const { names, book, startMs, endMs } = of;
  const { produced, stored, quarantined, lost } = await caller.ledgerOf(machineId);
  let readBack = 0;
  let unordered = 0;
  const differing: string[] = [];
  for (const [signal, name] of names.entries()) {
    const sent = book.of(signal);
    if (sent === 0) continue;
    const stamps = await caller.stampsOf(machineId, name, startMs, endMs + 1);
    readBack += stamps.length;
    if (stamps.length !== sent) differing.push(`${name}: ${sent} sent, ${stamps.length} stored`);
    unordered += stamps.filter((stamp, at) => at > 0 && stamp <= (stamps[at - 1] ?? "")).length;
  }
  return { sent: book.total, produced, stored, quarantined, lost, readBack, unordered, differing };
}
