import type { DrawnSeries } from "./field-types.ts";

export interface Curve {
  /** One SVG path for each stretch without a gap, in a box of 300 by 100. */
  readonly paths: readonly string[];
  readonly low: number;
  readonly high: number;
  readonly limitY: number | undefined;
}

const width = 300;
const height = 100;

/** A series as paths: each point is drawn from its least to its greatest value; gaps stay gaps. Pure. */
export function curveOf(series: DrawnSeries): Curve | undefined {
  const { t, min, max, limit, from, to } = series;
  const values = [...min, ...max].filter((value) => value !== null);
  if (values.length === 0) return undefined;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const bottom = Math.min(low, limit ?? low);
  const span = Math.max(high, limit ?? high) - bottom || 1;
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const x = (stamp: string) =>
    round(((Date.parse(stamp) - fromMs) / Math.max(1, toMs - fromMs)) * width);
  const y = (value: number) => round(height - 4 - ((value - bottom) / span) * (height - 8));
  const paths: string[] = [];
  let path = "";
  for (const [index, stamp] of t.entries()) {
    const [least, most] = [min[index] ?? null, max[index] ?? null];
    if (least === null || most === null) {
      if (path !== "") paths.push(path);
      path = "";
      continue;
    }
    const at = x(stamp);
    path += `${path === "" ? "M" : "L"}${at} ${y(least)}`;
    path += most === least ? `h.5` : `L${at} ${y(most)}`;
  }
  if (path !== "") paths.push(path);
  return { paths, low, high, limitY: limit === null ? undefined : y(limit) };
}

const round = (value: number): number => Math.round(value * 10) / 10;
