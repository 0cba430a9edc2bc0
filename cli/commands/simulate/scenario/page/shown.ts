import type { Words } from "./words.ts";

/** What a figure is called, in which unit it is told, and whether it is a share of 1. */
export interface FigureWords {
  readonly name: Words;
  readonly unit: Words;
  readonly isShare?: true;
}

/** A number as people read it: shares in percent, small ones with two digits. */
export function shown(value: number | null, { isShare }: Pick<FigureWords, "isShare">): string {
  if (value === null) return "–";
  if (isShare) return (value * 100).toFixed(0);
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

/** Whether median and percentile say more than the mean: of several values that are not just yes or no. */
export const hasSpread = (count: number, { isShare }: Pick<FigureWords, "isShare">): boolean =>
  count > 1 && isShare !== true;
