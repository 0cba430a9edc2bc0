import { openReader } from "@firebreak/log/log-reader.ts";
import type { RecordSource } from "../consume/consumer.ts";

/** The journal as a thread that writes a store sees it: a reader of its own, and word from the other thread. */
export interface JournalThread {
  readonly source: RecordSource;
  /** Everything before `position` is on disk. */
  onDisk(position: number): void;
  close(): void;
}

export function openJournalThread(folder: string, onDisk: number): JournalThread {
  let synced = onDisk;
  const listeners = new Set<() => void>();
  const reader = openReader(folder);
  return {
    source: {
      read: (from, maxBytes) =>
        from >= synced ? { records: [], next: from } : reader.read(from, maxBytes, synced),
      onSynced(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    onDisk(position) {
      synced = Math.max(synced, position);
      for (const listener of listeners) listener();
    },
    close: () => reader.close(),
  };
}
