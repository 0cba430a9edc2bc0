const notPages = /^\/(api|aemp|assets|metrics|healthz|readyz|field-worker\.js)(\/|$)/;

/** Whether an address opens the application. Pure. */
export const opensPage = (path: string): boolean => !notPages.test(path);

/** Names of caches that may go: all but the current one and the one before it, oldest first as given. Pure. */
export const outdatedCaches = (names: readonly string[], current: string): string[] =>
  names.filter((name) => name !== current).slice(0, -1);
