import type { Journal } from "../journal/journal.ts";
import type { StoreThread } from "./store-thread.ts";

/** Tells a writing thread what is on disk, and the journal what the thread has stored. */
export interface JournalFollower {
  readonly committed: number;
  /** How long what was stored since the start had been in the journal, summed up over `chunks`. */
  readonly delay: { readonly chunks: number; readonly seconds: number };
  caughtUp(): Promise<void>;
  stopTelling(): void;
  /** The journal waits for the store no longer. */
  leave(): void;
}

export function followJournal(journal: Journal, writer: StoreThread): JournalFollower {
  let committed = writer.offset;
  const delay = { chunks: 0, seconds: 0 };
  writer.worker.on("message", (message: { offset?: number }) => {
    if (message.offset === undefined || message.offset === committed) return;
    delay.chunks++;
    delay.seconds += journal.waitingMs(committed) / 1_000;
    committed = message.offset;
  });
  const stopTelling = journal.onSynced(() => writer.worker.postMessage({ synced: journal.synced }));
  const leave = journal.addConsumer("store", () => committed);
  return {
    get committed() {
      return committed;
    },
    delay,
    caughtUp: () => writer.call("caughtUp", journal.synced),
    stopTelling,
    leave,
  };
}
