/** How long the text of a configuration that a hub sends may be, characters; see docs/decisions. */
export const maxConfigurationText = 48_000;

/** At most so many mistakes of one configuration are told. */
export const maxConfigurationProblems = 50;

/** A configuration by number and content. Numbers of one hub only grow. */
export interface ConfigurationName {
  readonly version: number;
  /** SHA-256 of the text, 64 hex digits. */
  readonly hash: string;
}

/**
 * Metric `Firebreak/Configuration` of NCMD, JSON. `try`: check this and, if it has no mistake, try it. `confirm`: a batch
 * made under it is on the hub's disk. Both may come twice, late, or in another order.
 */
export type ConfigurationCommand = ConfigurationName & { readonly storeId: string } & (
    | { readonly kind: "try"; readonly text: string }
    | { readonly kind: "confirm" }
  );

export const configurationStates = ["refused", "trying", "confirmed", "rolled-back"] as const;
export type ConfigurationState = (typeof configurationStates)[number];

/** One mistake in the text of a configuration; line and column count from 1. */
export interface ConfigurationProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What came of a configuration. */
export interface ConfigurationOutcome extends ConfigurationName {
  readonly state: ConfigurationState;
  /** Why it was refused or rolled back, one sentence; empty else. */
  readonly reason: string;
  readonly problems: readonly ConfigurationProblem[];
}

/** Metric `Firebreak/ConfigurationReport` of NDATA, JSON: what the gateway runs on and how the newest one fared. */
export interface ConfigurationReport {
  readonly protocol: 1;
  /** What lies over the gateway's own file now; null: nothing. */
  readonly running: ConfigurationName | null;
  readonly newest: ConfigurationOutcome | null;
  /** While one is tried: batches of this epoch from this number on were made under it. */
  readonly since: { readonly epoch: string; readonly number: number } | null;
}
