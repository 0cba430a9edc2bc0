import type { Transaction } from "@firebreak/kit/database.ts";
import { historyAfterMs, type JudgedBatch } from "@firebreak/rules/engine/rule-engine.ts";
import type { ToldCode } from "@firebreak/rules/finding.ts";
import { toldIn } from "@firebreak/rules/history/told-codes.ts";
import type { LatePiece } from "@firebreak/tickets/history/back-fill.ts";
import { noteLateData } from "@firebreak/tickets/history/back-fill-store.ts";
import { keepCodeSteps, noteCodesKnown } from "@firebreak/tickets/history/code-steps.ts";
import type { Batch } from "@firebreak/wire/batch.ts";

/** What a step of the judge leaves for judging the past: which data came late, and what was told of trouble codes. */
export interface LateFeed {
  /** `wasLate`: the rules passed over some of it, because newer data were judged before. */
  take(
    judged: Pick<JudgedBatch, "machineId" | "receivedMs" | "batch"> & { readonly position: number },
    wasLate: boolean,
  ): void;
  /** With whatever else came of the step; of the same records again it changes nothing. */
  write(tx: Transaction): Promise<void>;
  /** It is written. */
  keep(): void;
}

/** `codesKnown`: from when on codes of machines are noted to be kept, ms; one for all steps. */
export function createLateFeed(codesKnown: Map<string, number>): LateFeed {
  const pieces: LatePiece[] = [];
  const told: { readonly machineId: string; readonly steps: readonly ToldCode[] }[] = [];
  const fresh = new Map<string, number>();
  return {
    take({ machineId, receivedMs, batch, position }, wasLate) {
      const { events } = batch;
      const steps = toldIn(events);
      if (steps.length > 0) told.push({ machineId, steps });
      const [first] = events;
      const knownMs = fresh.get(machineId) ?? codesKnown.get(machineId) ?? Number.POSITIVE_INFINITY;
      const fromMs = first ? Number(first.timeNs / 1_000_000n) : knownMs;
      if (fromMs < knownMs) fresh.set(machineId, fromMs);
      if (!wasLate && !isOld(batch, receivedMs)) return;
      const span = spanOf(batch);
      if (span) pieces.push({ machineId, position, receivedMs: Math.floor(receivedMs), ...span });
    },
    async write(tx) {
      await noteLateData(tx, pieces);
      await keepCodeSteps(tx, told);
      await noteCodesKnown(
        tx,
        [...fresh].map(([machineId, fromMs]) => ({ machineId, fromMs })),
      );
    },
    keep() {
      for (const [machineId, fromMs] of fresh) codesKnown.set(machineId, fromMs);
    },
  };
}

/** A batch holds an hour at most, so that its base tells how old it is. */
const isOld = ({ header }: Batch, receivedMs: number): boolean =>
  receivedMs - Number(header.baseNs / 1_000_000n) > historyAfterMs;

function spanOf({ samples, events }: Batch): Pick<LatePiece, "fromMs" | "toMs"> | undefined {
  let [fromNs, toNs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const note = (offsetNs: number) => {
    if (offsetNs < fromNs) fromNs = offsetNs;
    if (offsetNs > toNs) toNs = offsetNs;
  };
  for (let row = 0; row < samples.length; row++) note(samples.offsetNs[row] ?? 0);
  for (const { timeNs } of events) note(Number(timeNs - samples.baseNs));
  if (toNs < fromNs) return undefined;
  const baseMs = Number(samples.baseNs / 1_000_000n);
  return { fromMs: baseMs + Math.floor(fromNs / 1e6), toMs: baseMs + Math.floor(toNs / 1e6) };
}
