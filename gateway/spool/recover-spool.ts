import type { Logger } from "@firebreak/kit/logger.ts";
import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import type { IndexFiles } from "./index-files.ts";
import { indexLog } from "./index-log.ts";
import type { SpoolBooks } from "./spool-books.ts";
import type { StateKeeper } from "./state-keeper.ts";

export interface RecoveryParts {
  readonly log: SegmentLog;
  readonly books: SpoolBooks;
  readonly indexFiles: IndexFiles;
  readonly state: StateKeeper;
  readonly logger: Logger;
}

export interface RecoveredSpool {
  /** Records that could not be read. */
  readonly unreadable: number;
  /** Numbers that were given out may be missing, or there is no epoch yet: a new one must begin. */
  readonly mustRenew: boolean;
}

/** Fills the books from the small files, the index and the log. */
export function recoverSpool(parts: RecoveryParts): RecoveredSpool {
  const { log, books, indexFiles, state, logger } = parts;
  for (const dictionary of state.dictionaries()) books.addDictionary(dictionary);
  const start = indexFiles.load(log, books);
  const { unreadable, isDamagedSinceCheckpoint } = indexLog(log, books, start);
  books.dropCarriedOn();
  for (const book of books.epochs) if (book) state.restore(book);
  books.settleByBooks();
  const isDamaged = isDamagedSinceCheckpoint || log.recovery.tornBytes > 0;
  if (isDamaged) logger.warn({ unreadable }, "spool repaired, epoch renewed");
  return { unreadable, mustRenew: isDamaged || books.current < 0 };
}
