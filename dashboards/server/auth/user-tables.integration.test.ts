import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@firebreak/kit/database.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openUserStore } from "./user-tables.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-users-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("users and sessions survive a restart", async () => {
  const path = join(folder, "firebreak.sqlite");
  const first = openDatabase({ path });
  const users = await openUserStore(first);
  expect(await users.count()).toBe(0);
  await users.add({ username: "a", role: "engineer", passwordHash: "h" });
  const session = { idHash: "s", username: "a", createdAtMs: 1, lastUsedAtMs: 1_777_593_600_000 };
  await users.addSession(session);
  await users.addSession({ ...session, idHash: "old", lastUsedAtMs: 5 });
  await first.close();

  const second = openDatabase({ path });
  const again = await openUserStore(second);
  expect(await again.count()).toBe(1);
  expect(await again.find("a")).toEqual({ username: "a", role: "engineer", passwordHash: "h" });
  expect(await again.findSession("s")).toEqual(session);
  await again.touchSession("s", session.lastUsedAtMs + 1);
  await again.removeSessionsUnusedSince(6);
  expect(await again.findSession("old")).toBeUndefined();
  expect((await again.findSession("s"))?.lastUsedAtMs).toBe(session.lastUsedAtMs + 1);
  await again.removeSession("s");
  expect(await again.findSession("s")).toBeUndefined();
  expect(await again.find("nobody")).toBeUndefined();
  await second.close();
});
