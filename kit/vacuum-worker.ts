import { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";

/** Writes a SQLite file anew without what was deleted, and empties its log. In a thread of its own: it may take long. */
const { path, timeoutMs } = workerData as { path: string; timeoutMs: number };
const file = new DatabaseSync(path, { timeout: timeoutMs });
file.exec("pragma secure_delete = on; vacuum");
const endMs = performance.now() + timeoutMs;
for (;;) {
  // Whoever is reading an older state keeps the log; he will not for long.
  const row = file.prepare("pragma wal_checkpoint(truncate)").get();
  if (row?.busy === 0) break;
  if (performance.now() > endMs) throw new Error("somebody reads the database all the time");
}
file.close();
