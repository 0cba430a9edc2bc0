/** Figures of verification that no plan gives: engineering defaults. */
export const verificationConfig = {
  /** Longest silence of a signal that is sent at every message. */
  gapMs: 12_000,
  /** A fault that never went away counts against the repair after so much operation, or at its end if that is sooner. */
  settleMs: 60_000,
  /** Without enough operation in this time after the finish a person asks by phone. */
  inconclusiveAfterMs: 72 * 3600_000,
} as const;
