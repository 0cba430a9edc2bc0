/**
 * A costly figure that may be minutes old: answers at once with the last one, and asks for the next in the background,
 * one at a time. `first` until the first answer; one that fails leaves what was known.
 */
export function seldom<Value>(
  read: () => Promise<Value>,
  first: Value,
  { everyMs, monotonicMs = () => performance.now() }: SeldomOptions,
): () => Value {
  let known = first;
  let nextMs = Number.NEGATIVE_INFINITY;
  let isAsking = false;
  const ask = async () => {
    isAsking = true;
    try {
      known = await read();
    } catch {
      // What asks often has other figures that say so.
    } finally {
      isAsking = false;
      nextMs = monotonicMs() + everyMs;
    }
  };
  return () => {
    if (!isAsking && monotonicMs() >= nextMs) void ask();
    return known;
  };
}

interface SeldomOptions {
  readonly everyMs: number;
  readonly monotonicMs?: () => number;
}
