import type { Acquisition } from "./plan-schema.ts";

/** How trouble codes of this source address with conversion bit 1 are laid out; undefined where the plan does not say. */
export function conversionOf(
  { j1939 }: Pick<Acquisition, "j1939">,
  sa: number,
): 1 | 2 | 3 | 4 | undefined {
  const { bySa, default: ofAll } = j1939?.conversion ?? {};
  return (bySa?.[String(sa)] ?? ofAll) as 1 | 2 | 3 | 4 | undefined;
}
