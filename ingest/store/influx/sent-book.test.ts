import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { createSentBook, sentSchema } from "./sent-book.ts";
import { mayBeAnother, serverStart } from "./server-start.ts";

test("of what was sent the newest is kept, with what was decided about it", () => {
  const database = new DatabaseSync(":memory:");
  database.exec(sentSchema);
  const repeats = [{ position: 7, row: 1, repeat: 2 }];
  const book = createSentBook(database, 1_000);
  for (let start = 0; start < 3_000; start++) book.note({ start, next: start + 1, repeats }, 10);
  book.note({ start: 3_000, next: 3_001, repeats: [] }, 0);

  const kept = [...createSentBook(database).chunks()];
  expect(kept.at(-1)).toEqual({ start: 2_999, next: 3_000, repeats });
  // A hundred hold a thousand samples; what is beyond is dropped now and then.
  expect(kept.length).toBeGreaterThanOrEqual(100);
  expect(kept.length).toBeLessThanOrEqual(300);
  expect(kept.map(({ next }) => next)).toEqual(kept.map((_, at) => 3_000 - kept.length + 1 + at));
});

test("when a server began is read from what 1.x and 2.x tell, and nothing else is taken for it", async () => {
  const answering = (answer: unknown) => ({ call: async () => answer });
  const nowMs = () => 1_000_000;
  const started = { system: { started: "1970-01-01T00:10:00Z" } };
  const metrics = '# TYPE influxdb_uptime_seconds gauge\ninfluxdb_uptime_seconds{id="0"} 400.5\n';
  expect(await serverStart(answering(started), { version: 1 }, nowMs)).toBe(600_000);
  expect(await serverStart(answering(metrics), { version: 2 }, nowMs)).toBe(599_500);
  for (const odd of [undefined, {}, "", { system: { started: 7.5e99 } }])
    for (const version of [1, 2] as const)
      expect(await serverStart(answering(odd), { version }, nowMs)).toBeUndefined();
  const failing = { call: () => Promise.reject(new Error("404")) };
  expect(await serverStart(failing, { version: 1 }, nowMs)).toBeUndefined();

  const [one, two] = [{ version: 1 }, { version: 2 }] as const;
  expect(mayBeAnother(600_000, 600_000, one)).toBe(false);
  expect(mayBeAnother(600_000, 600_001, one)).toBe(true);
  expect(mayBeAnother(600_000, 599_500, two)).toBe(false);
  expect(mayBeAnother(600_000, 602_000, two)).toBe(true);
  expect(mayBeAnother(undefined, 600_000, one)).toBe(true);
  expect(mayBeAnother(600_000, undefined, one)).toBe(true);
});
