import type { CaptureReply } from "@firebreak/wire/capture-codec.ts";
import type { CaptureBook } from "./capture-book.ts";
import type { FetcherOptions } from "./capture-fetcher.ts";

const askAgainMs = 10_000;

/** Hands on what people asked for, again and again until the gateway has answered. */
export function createCaptureRequests({ book, send }: Pick<FetcherOptions, "book" | "send">) {
  const askedMs = new Map<string, number>();
  return {
    /** Returns when to call again; infinity when nothing is open. */
    handOn(gatewayId: string, now: number): number {
      let nextMs = Number.POSITIVE_INFINITY;
      for (const { id: requestId, machineId } of book.openRequests(gatewayId)) {
        const dueMs = (askedMs.get(requestId) ?? Number.NEGATIVE_INFINITY) + askAgainMs;
        nextMs = Math.min(nextMs, dueMs > now ? dueMs : now + askAgainMs);
        if (dueMs > now) continue;
        if (askedMs.size > 10_000) askedMs.clear();
        askedMs.set(requestId, now);
        send(gatewayId, { kind: "record", machineId, requestId });
      }
      return nextMs;
    },
    take(gatewayId: string, reply: Extract<CaptureReply, { kind: "record" }>): void {
      const { requestId, machineId, state } = reply;
      if (!isOpen(book, gatewayId, { requestId, machineId })) return;
      // That it is stored is believed when the recording itself is told of.
      if (state === "recording" || state === "stored") book.setRequest(requestId, "recording");
      else book.setRequest(requestId, "failed", state);
    },
  };
}

const isOpen = (
  book: Pick<CaptureBook, "openRequests">,
  gatewayId: string,
  { requestId, machineId }: { readonly requestId: string; readonly machineId: string },
): boolean =>
  book.openRequests(gatewayId).some((one) => one.id === requestId && one.machineId === machineId);
