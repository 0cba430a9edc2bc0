import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { migrateStore } from "./migrate-store.ts";

test("a store that is not there is no empty one: nothing is copied, nothing made", async () => {
  const folder = temporaryFolder();
  const access = (name: string) => ({
    target: { kind: "sqlite", path: join(folder.path, name) } as const,
    secret: { none: true } as const,
  });
  const migration = migrateStore({
    ...{ from: access("telemetri.sqlite"), to: access("new.sqlite"), dataFolder: folder.path },
    ...{ onProgress: () => {}, onOutage: () => {}, signal: new AbortController().signal },
  });
  await expect(migration).rejects.toMatchObject({
    code: "MIGRATION_NO_SOURCE",
    message: expect.stringContaining("telemetri.sqlite"),
  });
  expect(readdirSync(folder.path)).toEqual([]);
  folder.remove();
});
