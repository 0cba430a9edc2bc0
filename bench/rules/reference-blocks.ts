import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { signalCount } from "./bench-plan.ts";

export const epoch = "0".repeat(31).concat("1");
export const startMs = Date.UTC(2026, 0, 1);

const lamps = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" } as const;

/** What one machine sends, batch by batch, as its gateway would. */
export interface Life {
  readonly blocks: readonly Uint8Array[];
  readonly samplesOf: readonly number[];
}

/**
 * One machine at the reference profile: 30 signals, each 0.2 samples a second in the mean, at odd times, as a dead band
 * lets them through; it works for 100 of 130 s, one sample in five hundred is a sensor error, a DM1 every 5 s.
 */
export function lifeOf(
  dictionary: SignalDictionary,
  random: () => number,
  size: { readonly batches: number; readonly seconds: number },
): Life {
  const next = Array.from({ length: signalCount }, () => random() * 10);
  const value = Array.from({ length: signalCount }, () => 300 + 400 * random());
  const blocks: Uint8Array[] = [];
  const samplesOf: number[] = [];
  for (let number = 0; number < size.batches; number++) {
    const from = number * size.seconds;
    const baseNs = BigInt(startMs + from * 1000) * 1_000_000n;
    const samples = new SampleColumns(baseNs, 512);
    for (const { at, index } of dueIn(next, from + size.seconds, random)) {
      const level = walk(value, index, { at, random });
      const isBad = random() < 0.002;
      const quality = isBad ? Quality.error : Quality.good;
      const offsetNs = Math.round((at - from) * 1e9);
      samples.push(index, offsetNs, isBad ? Number.NaN : level, quality);
    }
    const events = Array.from({ length: Math.ceil(size.seconds / 5) }, (_, at): ActiveDtcs => {
      const timeNs = baseNs + BigInt(at) * 5_000_000_000n;
      return { kind: "active-dtcs", timeNs, sa: 0, lamps, dtcs: [] };
    });
    blocks.push(blockOf({ dictionary, number, samples, events }));
    samplesOf.push(samples.length);
  }
  return { blocks, samplesOf };
}

function dueIn(next: number[], until: number, random: () => number) {
  const due: { at: number; index: number }[] = [];
  for (let index = 0; index < next.length; index++)
    while ((next[index] ?? until) < until) {
      const at = next[index] ?? until;
      due.push({ at, index });
      next[index] = at + 10 * random(); // 5 s in the mean
    }
  return due.sort((one, other) => one.at - other.at);
}

function walk(
  value: number[],
  index: number,
  { at, random }: { readonly at: number; readonly random: () => number },
): number {
  const before = value[index] ?? 500;
  const moved = Math.min(850, Math.max(100, before + 60 * (random() - 0.5)));
  value[index] = moved;
  const isOff = index === 0 && at % 130 > 100;
  return Math.round((isOff ? 0 : Math.max(moved, index === 0 ? 450 : 0)) * 10) / 10;
}

function blockOf({
  dictionary,
  number,
  samples,
  events,
}: {
  readonly dictionary: SignalDictionary;
  readonly number: number;
  readonly samples: SampleColumns;
  readonly events: readonly ActiveDtcs[];
}): Uint8Array {
  const identity = { gatewayId: "G-1", machineId: "M-1" };
  const produced = samples.length;
  const content = { epoch, number: number + 1, lane: "live", produced, suppressed: 0 } as const;
  return encodeBatch(identity, { ...content, dictionary, samples, events });
}
