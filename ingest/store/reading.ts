/** A question in pieces. What lies between two `yield`s is done at one go and takes some milliseconds at most. */
export type Reading<Result> = Generator<void, Result, void>;

/** Rows of an answer that are made at one go. */
export const rowsAtOnce = 500;

/** All at one go, where nobody waits in the same thread. */
export function finish<Result>(reading: Reading<Result>): Result {
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}
