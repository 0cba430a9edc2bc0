/** A machine of which nothing comes, as the watch over the fleet judges it. Times are ms since 1970. */
export interface SilentMachine {
  readonly machineId: string;
  /** One of the watch's causes; one that `visits` does not name is no reason to go there. */
  readonly cause: string;
  readonly isCertain: boolean;
  readonly detail: string;
  readonly sinceMs: number;
  /** How much of it the hub was there to hear. */
  readonly heardMs: number;
  /** It is silent at such times as a rule. */
  readonly isUsual: boolean;
}

/** What the watch sees of the fleet now. */
export interface SilenceSight {
  /** All of them, whatever the cause. */
  readonly silent: readonly SilentMachine[];
  /** When something of a machine came last; 0: nothing ever did. */
  readonly contactMs: (machineId: string) => number;
}

export const silenceKeyOf = (machineId: string): string => `${machineId}:silent`;
