/** What a control unit said of itself, and when: by the machine's clock, ms since 1970. */
export interface Word {
  readonly fields: readonly string[];
  /** First and last said. */
  readonly sinceMs: number;
  readonly seenMs: number;
}

/** What changes in the words of one fact: `moved` is the `sinceMs` of the one that `put` replaces. */
export interface Placement {
  readonly put: Word;
  readonly moved?: number;
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((field, at) => field === other[at]);

/**
 * Places what was said at `atMs` among `words` (the oldest first), whatever order it arrives in; undefined where it is
 * nothing new. The same again changes nothing.
 */
export function placeWord(
  words: readonly Word[],
  fields: readonly string[],
  atMs: number,
): Placement | undefined {
  const before = words.findLast(({ sinceMs }) => sinceMs <= atMs);
  if (before && isSame(before.fields, fields))
    return atMs > before.seenMs ? { put: { ...before, seenMs: atMs } } : undefined;
  const after = words.find(({ sinceMs }) => sinceMs > atMs);
  if (after && isSame(after.fields, fields))
    return { put: { ...after, sinceMs: atMs }, moved: after.sinceMs };
  return { put: { fields, sinceMs: atMs, seenMs: atMs } };
}

/** The one that holds now: said last. */
export const newestOf = (words: readonly Word[]): Word | undefined =>
  words.reduce<Word | undefined>(
    (best, word) => (best === undefined || word.seenMs >= best.seenMs ? word : best),
    undefined,
  );
