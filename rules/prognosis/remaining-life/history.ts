/** One unit's life, or the part of it that has been seen. */
export interface History {
  readonly unit: string;
  /** Ascending; in whatever counts the life: cycles, hours, strokes. */
  readonly cycles: Float64Array;
  /** Each signal over those cycles; the same signals in the same order in all histories of a set. Finite. */
  readonly signals: readonly Float64Array[];
}

/** Rows of a history, every `step`th counted from its end, oldest first. */
export function thinned({ cycles }: History, step: number): number[] {
  const rows: number[] = [];
  for (let row = cycles.length - 1; row >= 0; row -= step) rows.push(row);
  return rows.reverse();
}

/** The step that leaves about `mostRows` of all rows: those of one unit say nearly the same. */
export function thinning(histories: readonly History[], mostRows: number): number {
  const rows = histories.reduce((sum, { cycles }) => sum + cycles.length, 0);
  return Math.max(1, Math.ceil(rows / mostRows));
}

/** Of a history that ran to failure, as its row `row` was written. */
export const cyclesLeft = ({ cycles }: History, row: number): number =>
  (cycles.at(-1) ?? 0) - (cycles[row] ?? 0);
