/** Engineering defaults of the channels, all in one place; a caller may pass others. */
export const channelDefaults = {
  /** A whole attempt: name look-up, connection, answer. */
  attemptTimeoutMs: 10_000,
  /** Waiting between attempts: full jitter up to `retryMinMs * 2^n`, at most `retryCapMs`. */
  retryMinMs: 1_000,
  retryCapMs: 15 * 60_000,
  /** After this a delivery is dead: kept, shown, sent again only when a person asks. */
  giveUpAfterMs: 24 * 3_600_000,
  /** A target that failed this often in a row gets one attempt at a time until it answers again. */
  downAfterFailures: 3,
  /** Attempts at one target at the same time. */
  parallelPerTarget: 4,
  /** Waiting deliveries of one target; beyond it the newest are dead at once, visible and resendable. */
  queueLimit: 100_000,
  /** Bytes of an answer that are read; the rest is not waited for. */
  answerLimitBytes: 64 * 1024,
  /** Flood limit of ISA-18.2: at most so many messages to one person per window, the digest included. */
  floodLimit: 10,
  floodWindowMs: 10 * 60_000,
  /** How long what was held back is collected before it goes out as one digest. */
  digestDelayMs: 60_000,
  /** Lines of a digest; the others are counted and listed by the interface. */
  digestLines: 20,
  /** The same words about the same thing to the same person within this time are sent once. */
  quietMs: 30 * 60_000,
  /** Notices turned into deliveries in one transaction. */
  noticesPerStep: 100,
  /** What was sent is kept so long; what is dead, until somebody decides. */
  forgetAfterMs: 90 * 24 * 3_600_000,
  /** How often the outbox and due deliveries are looked at when nobody wakes the loop. */
  pollMs: 1_000,
} as const;

export type ChannelLimits = { readonly [Name in keyof typeof channelDefaults]: number };
