import { CodedError } from "@firebreak/kit/coded-error.ts";

export const cancelled = () =>
  new CodedError("QUERY_CANCELLED", "nobody waits for the answer any more");

/** @throws CodedError QUERY_CANCELLED */
export function throwIfGone(abort: AbortSignal | undefined): void {
  if (abort?.aborted) throw cancelled();
}
