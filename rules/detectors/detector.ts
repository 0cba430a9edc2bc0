/** What a detector says of one row. */
export interface Judgement {
  /** How new this row is, in units of the alarm limit: a spike at the onset, 0 while nothing new happens. */
  readonly novelty: number;
  /** 0 to 1, 0.5 at the alarm limit: stays up while the trouble lasts, then falls slowly. */
  readonly score: number;
  readonly isAlarm: boolean;
}

/**
 * Judges a series row by row: from rows of the past alone, in memory that does not grow, and pure. The state is changed
 * in place and is plain JSON (no NaN): written out and read back, it goes on with the same judgements.
 */
export interface Detector<State extends object> {
  initialState(): State;
  /**
   * @param timeNs nanoseconds since 1970, NaN where unknown
   * @param values one per signal, in its own unit; NaN where missing
   */
  step(state: State, timeNs: number, values: Float64Array): Judgement;
}

/** Numbers beyond this are no measurement, and their squares would be no numbers. */
const largest = 1e100;

/** False for a missing value, and for one that no sensor gives. */
export const isValue = (value: number): boolean => Math.abs(value) <= largest;
