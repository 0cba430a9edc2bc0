/** Waits; resolves early, and does not fail, when `ending` is aborted. */
export function pause(ms: number, ending: AbortSignal): Promise<void> {
  if (ms <= 0 || ending.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    ending.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      ending.removeEventListener("abort", done);
      resolve();
    }
  });
}
