/** Engineering defaults of the organisation, in one place. */
export const organisationConfig = {
  /** EN-5: an engineer's position older than this no longer says where he is. */
  positionFreshMs: 60 * 60_000,
  /** An engineer whose file says nothing: hours a week. */
  optimalLoadHours: 36,
  maxLoadHours: 48,
  shift: { days: [1, 2, 3, 4, 5, 6], from: "08:00", to: "18:00" },
  /** Three guarantees (三包): months after handover when the sale says nothing else. */
  warrantyMonths: 12,
} as const;
