import type { FeedCounts, FeedHandler } from "./feed.ts";

/** What a host says of itself. @see Sparkplug 3.0, tck-id-host-topic-phid-birth-payload */
export const encodeState = (online: boolean, timestamp: number): Buffer =>
  Buffer.from(JSON.stringify({ online, timestamp }));

/** Counts a message, and gives it to the handler; data that cannot be kept now is not taken, and comes again. */
export function takeMessage(
  handler: FeedHandler,
  counts: FeedCounts,
  { topic, payload }: { readonly topic: string; readonly payload: Uint8Array },
): void {
  counts.received++;
  counts.bytes += payload.length;
  if (!handler.canTake() && !topic.includes("BIRTH/") && !topic.includes("DEATH/")) {
    counts.deferred++;
    return;
  }
  handler.take(topic, payload);
}

/** Waits for a goodbye, but not for long: somebody who takes nothing must not hold up the end of a hub. */
export const goodbye = (said: Promise<unknown>): Promise<unknown> =>
  Promise.race([said.catch(() => undefined), wait(1_000)]);

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });
