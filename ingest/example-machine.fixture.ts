/** Makes what gateways make, for tests and benchmarks: dictionaries, batches with plausible machine data. */
import { randomBytes } from "node:crypto";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary, type SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/** `count` signals with the scales of real buses. */
export function exampleDictionary(count = 30): SignalDictionary {
  const scales = [0.125, 1, 0.4, 0.03125, 4, 0.1, 0.05];
  return createDictionary(
    "example",
    Array.from({ length: count }, (_, at) => ({
      name: `signal${at}`,
      unit: "kPa",
      scale: scales[at % scales.length] ?? 1,
      offset: at % 3 === 0 ? -40 : 0,
      spn: 1000 + at,
      sa: 0,
    })),
  );
}

export const newEpoch = (): string => randomBytes(16).toString("hex");

/** A repeatable random number in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface ExampleMachine {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly epoch: string;
  /** The next batch: every signal once per `stepNs`, `steps` times. */
  next(options?: { steps?: number; stepNs?: number; atNs?: bigint }): {
    readonly number: number;
    readonly block: Uint8Array;
    readonly samples: SampleColumns;
  };
  readonly produced: number;
}

/** One machine behind one gateway, walking at random; numbers may be shared by passing `numbers`. */
export function exampleMachine(options: {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly dictionary: SignalDictionary;
  readonly seed?: number;
  readonly epoch?: string;
  readonly startNs?: bigint;
  readonly numbers?: { next: number };
}): ExampleMachine {
  const { gatewayId, machineId, dictionary, epoch = newEpoch() } = options;
  const random = seeded(options.seed ?? 1);
  const numbers = options.numbers ?? { next: 1 };
  const raw = dictionary.signals.map(() => Math.round(500 + random() * 1000));
  let timeNs = options.startNs ?? 1_780_000_000_000_000_000n;
  let produced = 0;
  return {
    gatewayId,
    machineId,
    epoch,
    get produced() {
      return produced;
    },
    next({ steps = 1, stepNs = 5_000_000_000, atNs } = {}) {
      if (atNs !== undefined) timeNs = atNs;
      const samples = new SampleColumns(timeNs);
      for (let step = 0; step < steps; step++) {
        for (const [at, { scale, offset }] of dictionary.signals.entries()) {
          const count = (raw[at] ?? 0) + Math.round((random() - 0.5) * 6);
          raw[at] = count;
          const jitterNs = Math.floor(random() * 40) * 1_000_000;
          const quality = random() < 0.001 ? Quality.error : Quality.good;
          samples.push(at, step * stepNs + jitterNs, count * scale + offset, quality);
        }
      }
      timeNs += BigInt(steps * stepNs);
      produced += samples.length;
      const number = numbers.next++;
      const header = { epoch, number, lane: "live", produced, suppressed: produced * 2 } as const;
      const content = { ...header, dictionary, samples, events: [] };
      return { number, block: encodeBatch({ gatewayId, machineId }, content), samples };
    },
  };
}
