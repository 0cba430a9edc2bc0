import { type Database, openDatabaseUrl } from "@firebreak/kit/database.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { beforeEach, expect, test } from "vitest";
import type { UserStore } from "../ports.ts";
import { openUserStore } from "./user-tables.ts";

describeEachDatabase("users", (open, { urlOf }) => {
  let db: Database;
  let users: UserStore;
  beforeEach(async () => {
    db = await open();
    users = await openUserStore(db);
  });
  const at = "2026-03-01T00:00:00.000Z";
  const session = { idHash: "s", username: "a", createdAtMs: 1, lastUsedAtMs: 1_777_593_600_000 };
  const a = { username: "a", role: "engineer", passwordHash: "h", engineerId: "E-1" } as const;
  const root = { username: "root", role: "admin", passwordHash: "r" } as const;

  test("and sessions are found again by whoever opens the database next", async () => {
    expect(await users.list()).toEqual([]);
    await users.add(a);
    await users.addSession(session);
    await users.addSession({ ...session, idHash: "old", lastUsedAtMs: 5 });

    const next = openDatabaseUrl(urlOf(db));
    const again = await openUserStore(next);
    expect(await again.list()).toHaveLength(1);
    expect(await again.find("a")).toEqual(a);
    expect(await again.findSession("s")).toEqual(session);
    await again.touchSession("s", session.lastUsedAtMs + 1);
    await again.removeSessionsUnusedSince(6);
    expect(await again.findSession("old")).toBeUndefined();
    expect((await again.findSession("s"))?.lastUsedAtMs).toBe(session.lastUsedAtMs + 1);
    await again.removeSession("s");
    expect(await again.findSession("s")).toBeUndefined();
    expect(await again.find("nobody")).toBeUndefined();
    await next.close();
  });

  test("are added once", async () => {
    await users.add(a);
    await expect(users.add(a)).rejects.toMatchObject({ code: "USER_EXISTS" });
    await users.add(root);
    expect((await users.list()).map(({ username }) => username)).toEqual(["a", "root"]);
  });

  test("change whole, with the sessions that end", async () => {
    await users.add(a);
    for (const idHash of ["here", "elsewhere"]) await users.addSession({ ...session, idHash });
    await users.addSession({ ...session, idHash: "other", username: "root" });
    const change = { passwordHash: "new", endSessions: { except: "here" } };
    expect(await users.change("a", change, at)).toEqual({ ...a, passwordHash: "new" });
    expect(await users.findSession("here")).toBeDefined();
    expect(await users.findSession("elsewhere")).toBeUndefined();
    expect(await users.findSession("other")).toBeDefined();

    const place = { stationId: "hangzhou" };
    await users.change("a", { role: "rnd", affiliation: place, isDisabled: true }, at);
    const expected = { username: "a", role: "rnd", passwordHash: "new", ...place, disabledAt: at };
    expect(await users.find("a")).toEqual(expected);
    await users.change("a", { isDisabled: false }, at);
    expect(await users.find("a")).not.toHaveProperty("disabledAt");
  });

  test("keep an administrator, also when two are taken away at once", async () => {
    await users.add(root);
    await users.add({ ...root, username: "root2" });
    const ends = ["root", "root2"].map((name) => users.change(name, { isDisabled: true }, at));
    const results = await Promise.allSettled(ends);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(users.change("nobody", {}, at)).rejects.toMatchObject({ code: "USER_UNKNOWN" });
  });
});
