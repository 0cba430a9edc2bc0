/** Lets at most `perMinute` of something through per key and minute; the rest is counted by the caller only. */
export function createFloodLimit(nowMs: () => number, perMinute: number, maxKeys = 20_000) {
  const windows = new Map<string, { sinceMs: number; taken: number }>();
  return (key: string): boolean => {
    const now = nowMs();
    const known = windows.get(key);
    if (known && now - known.sinceMs < 60_000) return ++known.taken <= perMinute;
    if (windows.size >= maxKeys) windows.clear();
    windows.set(key, { sinceMs: now, taken: 1 });
    return true;
  };
}
