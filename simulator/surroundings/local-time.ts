/** China Standard Time has one offset and no summer time. @see GB/T 7408.1 */
const offsetMs = 8 * 3_600_000;
const dayMs = 86_400_000;

/** Days since 1970-01-01 of the calendar in China. */
export const dayOf = (timeMs: number): number => Math.floor((timeMs + offsetMs) / dayMs);

/** Hours since midnight in China, with fraction. */
export const hourOf = (timeMs: number): number =>
  (timeMs + offsetMs - dayOf(timeMs) * dayMs) / 3_600_000;

/** Midnight in China at which such a day begins, milliseconds since the epoch. */
export const startOfDay = (day: number): number => day * dayMs - offsetMs;

/** 1 on the first of January; leap days shift it by one, which no season notices. */
export const dayOfYear = (day: number): number =>
  1 + ((((day - 0.25) % 365.2425) + 365.2425) % 365.2425);

/** 0 Sunday to 6 Saturday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
