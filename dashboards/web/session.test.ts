import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const ended = 204;
const away = "away";
type Answer = number | typeof away | object;

describe("who is logged in", () => {
  let kept: Map<string, string>;
  let asked: string[];
  let answers: Map<string, (() => Answer | Promise<Answer>)[]>;

  beforeEach(() => {
    [kept, asked, answers] = [new Map(), [], new Map()];
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    });
    vi.stubGlobal("fetch", async (url: string) => {
      const path = url.replace("/api/v1", "");
      asked.push(path);
      const answer = await answers.get(path)?.shift()?.();
      if (answer === undefined || answer === away) throw new TypeError("no line");
      if (answer === ended) return new Response(null, { status: ended });
      if (typeof answer !== "number") return Response.json(answer);
      const code = answer === 401 ? "NOT_LOGGED_IN" : "DATABASE_BUSY";
      return Response.json({ code }, { status: answer });
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const answer = (path: string, ...all: (Answer | (() => Promise<Answer>))[]) =>
    answers.set(
      path,
      all.map((one) => (typeof one === "function" ? (one as () => Promise<Answer>) : () => one)),
    );
  const li = { username: "li", role: "engineer", permissions: [] };
  const nobody = { username: null, role: null, permissions: [] };

  /** The modules as a page has them that was just opened. */
  async function openPage() {
    vi.resetModules();
    const [session, { me }] = [await import("./session.ts"), await import("./api-client.ts")];
    return { ...session, me };
  }

  test("a log-out that the server hears leaves nothing behind", async () => {
    const page = await openPage();
    answer("/me", li);
    await page.askWhoIAm();
    expect(page.me.value).toMatchObject({ username: "li" });
    answer("/logout", ended);
    await page.logOut();
    expect([page.me.value, page.isLogOutUnheard.value, kept.size]).toEqual([null, false, 0]);
  });

  test.each([away, 503] as const)(
    "without an answer (%s) the page says so, and the session ends before anybody is asked for",
    async (first) => {
      const page = await openPage();
      answer("/logout", first, first, ended);
      await page.logOut();
      expect([page.me.value, page.isLogOutUnheard.value]).toEqual([null, true]);
      // Whatever asks meanwhile does not find the session that goes on.
      answer("/me", li);
      await expect(page.askWhoIAm()).rejects.toMatchObject({ name: "ApiError" });
      expect(page.me.value).toBeNull();

      const again = await openPage();
      expect([again.me.value, again.isLogOutUnheard.value]).toEqual([null, true]);
      answer("/me", nobody);
      asked.length = 0;
      await again.askWhoIAm();
      expect(asked).toEqual(["/logout", "/me"]);
      expect([again.me.value, again.isLogOutUnheard.value, kept.size]).toEqual([null, false, 0]);
    },
  );

  test("a session that ended by itself needs no more telling", async () => {
    const page = await openPage();
    answer("/logout", 401);
    await page.logOut();
    expect([page.isLogOutUnheard.value, kept.size]).toEqual([false, 0]);
  });

  test("an answer to who was logged in before the log-out brings nobody back", async () => {
    const page = await openPage();
    const [late, isAsked] = [Promise.withResolvers<Answer>(), Promise.withResolvers<void>()];
    answer("/me", () => {
      isAsked.resolve();
      return late.promise;
    });
    const asking = page.askWhoIAm();
    await isAsked.promise;
    answer("/logout", ended);
    await page.logOut();
    late.resolve(li);
    await asking;
    expect(page.me.value).toBeNull();
  });

  test("a new login ends the waiting, whether or not the old session could be ended first", async () => {
    const page = await openPage();
    await page.logOut();
    answer("/login", { ...li, username: "wang" });
    await page.logIn("wang", "secret");
    expect(page.me.value).toMatchObject({ username: "wang" });
    expect([page.isLogOutUnheard.value, kept.size]).toEqual([false, 0]);
  });
});
