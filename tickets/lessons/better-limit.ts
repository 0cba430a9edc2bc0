/** How far a signal went in a case that people judged. */
export interface JudgedPeak {
  readonly value: number;
  readonly isRight: boolean;
}

/** A limit that would have done better, for a person to think about. */
export interface BetterLimit {
  readonly from: number;
  readonly to: number;
  /** Right cases, all of which it would still have found. */
  readonly kept: number;
  /** Wrong ones that it would not have spoken of. */
  readonly dropped: number;
}

/** Fewer right cases do not say how near the next may come. Engineering default. */
const fewestRight = 3;

/**
 * The limit half way between the gentlest right case and the gravest wrong one before it, so that none of the right ones
 * is lost. Undefined where that drops nothing, or too few were right. `direction`: 1 above is bad, -1 below. Pure.
 */
export function betterLimit(
  peaks: readonly JudgedPeak[],
  { limit, direction }: { readonly limit: number; readonly direction: 1 | -1 },
): BetterLimit | undefined {
  const badness = (value: number) => direction * value;
  const right = peaks.filter(({ isRight }) => isRight).map(({ value }) => badness(value));
  if (right.length < fewestRight) return undefined;
  const gentlest = Math.min(...right);
  const before = peaks
    .filter(({ isRight, value }) => !isRight && badness(value) < gentlest)
    .map(({ value }) => badness(value));
  const gravest = Math.max(...before);
  if (before.length === 0 || gravest < badness(limit)) return undefined;
  const to = direction * ((gravest + gentlest) / 2);
  return { from: limit, to, kept: right.length, dropped: before.length };
}
