import { seeded } from "../../example-machine.fixture.ts";
import type { JournalRecord } from "../../journal/record.ts";
import {
  type ContractMachine,
  contractMachine,
  type Row,
  startNs,
} from "../contract-machine.fixture.ts";
import type { InfluxServer } from "./influx-server.fixture.ts";

/**
 * A machine whose every sample has a number of its own as value, and what it has made. Some stamps come twice, some
 * batches late, some twice over the same time: everything that a store could lose, replace or take twice.
 */
export class CountingMachine {
  readonly machine: ContractMachine;
  readonly #made: [stampNs: bigint, value: number][] = [];
  readonly #random: () => number;
  readonly #paceMs: number;
  #atMs = 0;

  /** `paceMs`: how far two samples are apart at most. */
  constructor(machineId: string, { seed = 1, paceMs = 20 } = {}) {
    this.#paceMs = paceMs;
    this.machine = contractMachine(machineId);
    this.#random = seeded(seed);
  }

  get explained(): JournalRecord {
    return this.machine.explained;
  }

  get produced(): number {
    return this.#made.length;
  }

  /** The next batch of `count` samples. */
  next(count: number): JournalRecord {
    if (this.#random() < 0.2) this.#atMs = Math.max(0, this.#atMs - 100 * this.#paceMs);
    const rows = Array.from({ length: count }, (): Row => {
      if (this.#random() < 0.9) this.#atMs += 1 + Math.floor(this.#random() * this.#paceMs);
      const value = this.#made.length;
      const offsetNs = this.#atMs * 1_000_000;
      this.#made.push([startNs + BigInt(offsetNs), value]);
      return ["odd", offsetNs, value];
    });
    return this.machine.batch(rows);
  }

  /** What the server has and this machine has not made, and the other way round, asked past everything of ours. */
  async difference(
    server: InfluxServer,
    database: string,
  ): Promise<{ lost: number; extra: number }> {
    const key = (timeMs: number, value: unknown) => `${timeMs} ${value}`;
    const left = new Map<string, number>();
    for (const [timeNs, value] of this.#made) {
      const made = key(Number(timeNs / 1_000_000n), value);
      left.set(made, (left.get(made) ?? 0) + 1);
    }
    let extra = 0;
    for (const when of this.#pieces()) {
      const text = `select value from sample where machine = '${this.machine.machineId}' and ${when}`;
      for (const [time, value] of await server.rows(database, text)) {
        const found = key(Date.parse(String(time)), value);
        const count = left.get(found) ?? 0;
        if (count === 0) extra++;
        else left.set(found, count - 1);
      }
    }
    const lost = [...left.values()].reduce((sum, count) => sum + count, 0);
    return { lost, extra };
  }

  /** All of time, in pieces that the server can answer: an answer to millions of rows takes gigabytes of its memory. */
  #pieces(): string[] {
    const pieceMs = 600_000;
    const startMs = Number(startNs / 1_000_000n);
    const lastMs = this.#made.reduce(
      (last, [at]) => Math.max(last, Number(at / 1_000_000n)),
      startMs,
    );
    const pieces = [`time < ${startMs}ms`];
    let fromMs = startMs;
    for (; fromMs <= lastMs; fromMs += pieceMs)
      pieces.push(`time >= ${fromMs}ms and time < ${fromMs + pieceMs}ms`);
    return [...pieces, `time >= ${fromMs}ms`];
  }
}
