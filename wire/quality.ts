/**
 * The only vocabulary for the validity of a sample, everywhere from the bus to the browser.
 * A value counts as a number only while its quality is `good`; every other quality travels with NaN.
 * Codes are written to disk and to the wire: never renumber them.
 * @see SAE J1939-71, transmitted signal ranges, for the first four.
 */
export const Quality = {
  good: 0,
  notAvailable: 1,
  error: 2,
  reserved: 3,
  outOfRange: 4,
  stale: 5,
} as const;

export type Quality = (typeof Quality)[keyof typeof Quality];

export const qualityNames = [
  "good",
  "not-available",
  "error",
  "reserved",
  "out-of-range",
  "stale",
] as const;

export type QualityName = (typeof qualityNames)[number];

/** The name of a quality code; an unknown code (a newer gateway) reads as `reserved`, never as good. */
export const qualityName = (code: number): QualityName => qualityNames[code] ?? "reserved";

/** The code of each quality by its name. */
export const qualityCodes: Readonly<Record<QualityName, Quality>> = {
  good: Quality.good,
  "not-available": Quality.notAvailable,
  error: Quality.error,
  reserved: Quality.reserved,
  "out-of-range": Quality.outOfRange,
  stale: Quality.stale,
};
