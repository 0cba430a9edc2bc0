import type { DatabaseSync } from "node:sqlite";
import type { Repeat } from "./stamps.ts";

/** A stretch of the journal that the database said it had, and what was decided about it. */
export interface SentChunk {
  readonly start: number;
  readonly next: number;
  readonly repeats: readonly Repeat[];
}

/**
 * Samples. What InfluxDB 1.x and 2.x have in their write-ahead log alone is 25 MB of 16 bytes and more each
 * (`cache-snapshot-memory-size`), so this is more than twice of it.
 */
const mostSamples = 4_000_000;
const trimEvery = 200;

export const sentSchema = `
create table if not exists sent (next integer primary key, start integer not null, samples integer not null,
  repeats text not null);
`;

/** The newest stretches, enough of them to send again what a database may lose with its log. */
export function createSentBook(database: DatabaseSync, most = mostSamples) {
  const put = database.prepare("insert or replace into sent values (?, ?, ?, ?)");
  const all = database.prepare(
    "select next, start, repeats from sent where next > ? order by next",
  );
  const total = database.prepare("select coalesce(sum(samples), 0) as samples from sent");
  const oldest = database.prepare("select next, samples from sent order by next limit ?");
  const drop = database.prepare("delete from sent where next <= ?");
  let count = 0;

  const trim = () => {
    let left = Number(total.get()?.samples);
    for (;;) {
      const rows = oldest.all(trimEvery);
      let upTo: number | undefined;
      for (const { next, samples } of rows) {
        if (left - Number(samples) < most) break;
        left -= Number(samples);
        upTo = Number(next);
      }
      if (upTo === undefined) return;
      drop.run(upTo);
    }
  };

  return {
    /** Inside the transaction that moves the place in the journal. */
    note({ start, next, repeats }: SentChunk, samples: number): void {
      if (samples > 0) put.run(next, start, samples, JSON.stringify(repeats));
      if (count++ % trimEvery === 0) trim();
    },
    /** Oldest first, read as they are asked for. */
    *chunks(): Generator<SentChunk> {
      let after = -1;
      for (;;) {
        const row = all.get(after);
        if (row === undefined) return;
        after = Number(row.next);
        const repeats = JSON.parse(String(row.repeats)) as Repeat[];
        yield { start: Number(row.start), next: after, repeats };
      }
    },
  };
}

export type SentBook = ReturnType<typeof createSentBook>;
