import { chmodSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { CodedError } from "./coded-error.ts";

const PAGES_AT_ONCE = 2048;
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Copies a database that other processes go on writing, as it was at one instant, and checks the copy page by page.
 * `to` must not exist; it becomes one file without a write-ahead log, readable by its owner alone.
 *
 * SQLite's online backup begins again whenever somebody else writes, and would never end beside a busy hub. Inside a
 * read transaction of the source it sees one state only, and ends.
 * @see https://www.sqlite.org/backup.html
 * @throws CodedError COPY_DAMAGED when the copy is no sound database
 */
export async function copySqlite(
  from: string,
  to: string,
  onProgress: (share: number) => void = () => {},
): Promise<void> {
  const source = new DatabaseSync(from, { timeout: BUSY_TIMEOUT_MS });
  try {
    source.exec("pragma query_only = on; begin");
    source.prepare("select count(*) from sqlite_schema").get();
    await backup(source, to, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) =>
        onProgress(1 - remainingPages / Math.max(1, totalPages)),
    });
    source.exec("rollback");
  } finally {
    source.close();
  }
  chmodSync(to, 0o600);
  const copy = new DatabaseSync(to);
  try {
    copy.exec("pragma journal_mode = delete");
    const [found] = copy.prepare("pragma quick_check(1)").all();
    const verdict = Object.values(found ?? {})[0];
    if (verdict !== "ok") throw new CodedError("COPY_DAMAGED", `${from}: ${verdict}`);
  } finally {
    copy.close();
  }
}
