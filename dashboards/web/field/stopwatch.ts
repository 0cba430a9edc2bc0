import { newCommandId } from "../api-client.ts";

let id = newCommandId();

/**
 * The phone's monotonic clock. A phone that sleeps may stop it, and a page that was hidden may have slept: from then on
 * another stopwatch runs, and what the old one saw is worth nothing any more.
 */
export const stopwatch = (): { readonly id: string; readonly ms: number } => ({
  id,
  ms: performance.now(),
});

if (typeof document !== "undefined")
  document.addEventListener("visibilitychange", () => {
    id = newCommandId();
  });
