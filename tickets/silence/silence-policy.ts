/** Numbers of tickets about silent machines. Engineering defaults. */
export interface SilencePolicy {
  /** Silence, heard by a hub that was there, after which somebody is to look at a machine; its plan may say otherwise. */
  readonly afterHours: number;
  /** Heard again for so long, a silence is over: a loose contact that speaks for a minute is none the better. */
  readonly backMinutes: number;
  /** New tickets of the whole fleet within an hour; the others wait for the next. */
  readonly mostAnHour: number;
  /** So many machines lost within `withinMinutes` have one cause, which no visit mends; after `hours` it does not excuse them any more. */
  readonly together: {
    readonly machines: number;
    readonly withinMinutes: number;
    readonly hours: number;
  };
}

export const silencePolicy: SilencePolicy = {
  afterHours: 24,
  backMinutes: 60,
  mostAnHour: 20,
  together: { machines: 10, withinMinutes: 10, hours: 72 },
};
