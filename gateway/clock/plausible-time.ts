import { release } from "../release.ts";

/** The day this program was made; no true time is earlier. */
export const builtMs = release.madeMs;

/**
 * Receivers count weeks in ten bits, so a wrong one is off by this much, or a multiple of it.
 * @see IS-GPS-200, 20.3.3.3.1.1
 */
export const rolloverMs = 1024 * 7 * 24 * 3_600_000;

export type TimeDoubt =
  | "no fix"
  | "too few satellites"
  | "week rollover"
  | "before this program was made"
  | "too far ahead"
  | "disagrees with the system clock";

/** With fewer the time of a receiver may be that of its own crystal. */
const minSatellites = 4;

/**
 * Whether a time can be true: not before this program was made, and less than one rollover after it. The window is as
 * wide as a rollover, so that of a time and its shifted image only one is ever inside.
 */
export function doubtOf(timeMs: number, madeMs = builtMs): TimeDoubt | undefined {
  if (timeMs >= madeMs && timeMs < madeMs + rolloverMs) return undefined;
  if (timeMs < madeMs) {
    const shifted = timeMs + rolloverMs;
    const isRollover = timeMs > 0 && shifted >= madeMs && shifted < madeMs + rolloverMs / 4;
    return isRollover ? "week rollover" : "before this program was made";
  }
  return timeMs - rolloverMs < madeMs + rolloverMs / 4 ? "week rollover" : "too far ahead";
}

/** What stands against the time of a satellite receiver; `satellites`: undefined if it never said. */
export function doubtOfGnss(
  given: {
    readonly timeMs: number;
    readonly isValid: boolean;
    readonly satellites?: number | undefined;
  },
  madeMs = builtMs,
): TimeDoubt | undefined {
  if (!given.isValid) return "no fix";
  if ((given.satellites ?? 0) < minSatellites) return "too few satellites";
  return doubtOf(given.timeMs, madeMs);
}
