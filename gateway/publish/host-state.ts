/** What a STATE message changed. */
export type HostChange = "came-online" | "went-offline" | "nothing";

/**
 * Follows the hub's STATE messages of one connection. A message older than the newest seen is ignored; a newer
 * "online" while online is a hub that was restarted and knows nothing of this session.
 * @see Sparkplug 3.0, host application: JSON with `online` and `timestamp` (ms)
 */
export function createHostState() {
  let isOnline = false;
  let newestMs = Number.NEGATIVE_INFINITY;
  return {
    get isOnline(): boolean {
      return isOnline;
    },
    /** `text`: the message, whatever it is; what is no STATE changes nothing. */
    take(text: string): HostChange {
      const message = parseState(text);
      if (message === undefined || message.timestamp < newestMs) return "nothing";
      const isNewer = message.timestamp > newestMs;
      newestMs = message.timestamp;
      if (message.online) {
        const isNews = !isOnline || isNewer;
        isOnline = true;
        return isNews ? "came-online" : "nothing";
      }
      const wasOnline = isOnline;
      isOnline = false;
      return wasOnline ? "went-offline" : "nothing";
    },
  };
}

function parseState(
  text: string,
): { readonly online: boolean; readonly timestamp: number } | undefined {
  try {
    const { online, timestamp } = JSON.parse(text) as { online?: unknown; timestamp?: unknown };
    if (typeof online !== "boolean" || !Number.isFinite(timestamp)) return undefined;
    return { online, timestamp: timestamp as number };
  } catch {
    // Not JSON, or not an object: somebody else's message.
    return undefined;
  }
}
