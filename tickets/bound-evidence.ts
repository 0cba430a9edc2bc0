import type { Evidence } from "./evidence.ts";

/** Pieces a ticket shows: the one that opened it and the newest. All of them are in its timeline. */
export const EVIDENCE_KEPT = 20;

export function boundEvidence(evidence: Evidence[]): Evidence[] {
  const [first, ...rest] = evidence;
  if (!first || evidence.length <= EVIDENCE_KEPT) return evidence;
  return [first, ...rest.slice(1 - EVIDENCE_KEPT)];
}

/** A machine repeats itself every second; only what it did not say before is worth a line in the timeline. */
export const isNewEvidence = (piece: Evidence, known: readonly Evidence[]): boolean =>
  known.every((other) => saying(other) !== saying(piece));

function saying(piece: Evidence): string {
  if (piece.kind === "signal") return [piece.rule, piece.signal, piece.quality].join();
  if (piece.kind === "silence") return [piece.findingId, piece.cause, piece.detail].join();
  const { mil, redStop, amberWarning, protect } = piece.lamps;
  return [piece.sa, piece.spn, piece.fmi, piece.oc, mil, redStop, amberWarning, protect].join();
}
