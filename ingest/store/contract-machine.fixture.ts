import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary, type SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import type { JournalRecord } from "../journal/record.ts";

export const startNs = 1_767_225_600_000_000_000n; // 2026-01-01T00:00:00Z
export const secondNs = 1_000_000_000;

/** `signal`: a key of `contractSignals`, or one of the names that were asked for. Times after `startNs`. */
export type Row = readonly [signal: string, offsetNs: number, value: number, quality?: Quality];

const contractSignals: Record<string, SignalDefinition> = {
  pressure: { name: "pressure", unit: "kPa", scale: 4, offset: 0, spn: 100, sa: 0 },
  temperature: { name: "temperature", unit: "°C", scale: 0.03125, offset: -273, spn: 175 },
  odd: { name: "odd", unit: "m", scale: 0.1, offset: 0 },
  left: { name: "side", unit: "", scale: 1, offset: 0, sa: 1 },
  right: { name: "side", unit: "", scale: 1, offset: 0, sa: 2 },
};

export interface ContractMachine {
  readonly gatewayId: string;
  readonly machineId: string;
  /** What the signals of its batches mean; comes before them. */
  readonly explained: JournalRecord;
  batch(rows: readonly Row[], baseNs?: bigint): JournalRecord;
  /** The same as somebody brings it from elsewhere: it explains itself. */
  imported(rows: readonly Row[], baseNs?: bigint): JournalRecord;
}

/** A machine that says what a test wants it to say. */
export function contractMachine(machineId: string, names: readonly string[] = []): ContractMachine {
  const who = { gatewayId: "gw", machineId };
  const named = names.map((name): [string, SignalDefinition] => [
    name,
    { name, unit: `unit ${name}`, scale: 1, offset: 0 },
  ]);
  const signals = new Map([...Object.entries(contractSignals), ...named]);
  const keys = [...signals.keys()];
  const dictionary = createDictionary("contract", [...signals.values()]);
  const epoch = "00".repeat(16);
  let number = 0;
  const blockOf = (rows: readonly Row[], baseNs: bigint) => {
    const samples = new SampleColumns(baseNs);
    for (const [signal, offsetNs, value, quality = Quality.good] of rows)
      samples.push(keys.indexOf(signal), offsetNs, value, quality);
    const header = { epoch, number: ++number, lane: "live", produced: 0, suppressed: 0 } as const;
    const block = encodeBatch(who, { ...header, dictionary, samples, events: [] });
    return { receivedAtMs: 1_767_225_600_000 + number, block };
  };
  return {
    ...who,
    explained: { kind: "dictionary", ...who, dictionary },
    batch: (rows, baseNs = startNs) => ({ kind: "batch", ...who, ...blockOf(rows, baseNs) }),
    imported: (rows, baseNs = startNs) => ({
      ...{ kind: "imported", importId: "i", machineId, dictionary },
      ...blockOf(rows, baseNs),
    }),
  };
}
