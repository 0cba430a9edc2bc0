import type { Clock } from "@firebreak/kit/clock.ts";
import { piecesOf } from "../host/foreign/foreign-batches.ts";
import type { EquipmentHeader, ReadFleet } from "./fleet-document.ts";
import type { MachineMemory } from "./machine-memory.ts";
import { type AempSample, machineIdOf, samplesOf } from "./machine-samples.ts";

/**
 * Journals what is new of a machine; without samples it only makes the machine known.
 * @throws CodedError AEMP_JOURNAL_FULL, LOG_FULL, both retryable
 */
export type WriteSamples = (
  sourceId: string,
  machineId: string,
  samples: readonly AempSample[],
) => Promise<void>;

/** What one reading of a source came to. */
export interface SourceTotals {
  readonly machines: Set<string>;
  readonly skipped: Map<string, number>;
  samples: number;
}

export interface PageContext {
  readonly sourceId: string;
  readonly memory: MachineMemory;
  /** What was said of each machine last; kept up to date here. */
  readonly headers: Map<string, EquipmentHeader>;
  readonly write: WriteSamples;
  readonly totals: SourceTotals;
  readonly clock: Pick<Clock, "nowMs">;
}

/** More machines than that no source has. */
const maxMachines = 20_000;

/** Takes what is new on one page; the same page again changes nothing. */
export async function takePage(page: ReadFleet, context: PageContext): Promise<void> {
  const { sourceId, memory, headers, write, totals, clock } = context;
  const skip = (reason: string, count = 1): void => {
    if (count > 0) totals.skipped.set(reason, (totals.skipped.get(reason) ?? 0) + count);
  };
  for (const [reason, count] of page.skipped) skip(reason, count);
  for (const equipment of page.equipment) {
    const machineId = machineIdOf(sourceId, equipment.header);
    if (machineId === undefined) {
      skip("a machine without PIN, serial number and equipment id");
      continue;
    }
    if (totals.machines.has(machineId)) {
      skip("a machine that is there twice");
      continue;
    }
    if (totals.machines.size >= maxMachines) {
      skip(`machines beyond ${maxMachines}`);
      continue;
    }
    totals.machines.add(machineId);
    headers.set(machineId, equipment.header);
    const found = samplesOf(equipment);
    const { samples, ahead } = await memory.fresh(machineId, found, clock.nowMs());
    skip("a time that lies ahead", ahead);
    // Piece by piece: what is journalled is not taken again where the journal fills behind it.
    for (const piece of samples.length === 0 ? [samples] : piecesOf(samples)) {
      await write(sourceId, machineId, piece);
      memory.note(machineId, piece);
      totals.samples += piece.length;
    }
  }
}
