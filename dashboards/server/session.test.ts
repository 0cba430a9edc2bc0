import { permissionsOf } from "@firebreak/kit/roles.ts";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ensureAdmin } from "./auth/ensure-admin.ts";
import { checkPassword } from "./auth/passwords.ts";
import { sessionCookie } from "./auth/sessions.ts";
import { createServer } from "./create-server.ts";
import { createMemoryUsers } from "./memory-users.fixture.ts";
import { seededPorts } from "./seeded-ports.fixture.ts";

let app: FastifyInstance;
beforeEach(async () => {
  app = createServer((await seededPorts()).ports);
});
afterEach(() => app.close());

const logIn = (password = "correct horse", headers: Record<string, string> = {}) =>
  app.inject({
    method: "POST",
    url: "/api/v1/login",
    headers,
    payload: { username: "dispatcher", password },
  });
const cookieOf = (reply: LightMyRequestResponse) => {
  const cookie = reply.cookies.find(({ name }) => name === sessionCookie);
  return { cookie: `${sessionCookie}=${cookie?.value}` };
};
const ours = { host: "hub.example", origin: "http://hub.example" };

describe("login", () => {
  test("gives a cookie that scripts and other sites cannot use", async () => {
    const reply = await logIn();
    const who = { username: "dispatcher", role: "dispatcher" };
    const expected = { ...who, permissions: permissionsOf("dispatcher") };
    expect(reply.json()).toEqual(expected);
    expect(reply.cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    const me = await app.inject({ url: "/api/v1/me", headers: cookieOf(reply) });
    expect(me.json()).toEqual(expected);
  });

  test("a wrong password and an unknown user get the same answer", async () => {
    const wrong = await logIn("no");
    const payload = { username: "nobody", password: "no" };
    const unknown = await app.inject({ method: "POST", url: "/api/v1/login", payload });
    expect(wrong.statusCode).toBe(401);
    expect(unknown.body).toBe(wrong.body);
  });

  test("guessing is slowed down", async () => {
    for (let turn = 0; turn < 5; turn++) expect((await logIn("no")).statusCode).toBe(401);
    const reply = await logIn("no");
    expect(reply.statusCode).toBe(429);
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
  });

  test("refuses a form of another site", async () => {
    const reply = await logIn("correct horse", { "sec-fetch-site": "cross-site" });
    expect(reply.json().code).toBe("CROSS_SITE");
  });
});

describe("a session", () => {
  test("is gone after logging out", async () => {
    const headers = { ...cookieOf(await logIn()), ...ours };
    const out = await app.inject({ method: "POST", url: "/api/v1/logout", headers, payload: {} });
    expect(out.statusCode).toBe(204);
    const me = await app.inject({ url: "/api/v1/me", headers });
    expect(me.json()).toEqual({ username: null, role: null, permissions: [] });
    expect((await app.inject({ url: "/api/v1/machines", headers })).statusCode).toBe(401);
  });

  test.each([
    { name: "our own page", headers: ours, status: 200 },
    {
      name: "our own page behind a proxy",
      headers: { "sec-fetch-site": "same-origin" },
      status: 200,
    },
    { name: "another site", headers: { ...ours, origin: "http://evil.example" }, status: 403 },
    { name: "a sibling site", headers: { "sec-fetch-site": "same-site" }, status: 403 },
    { name: "nobody knows where", headers: {}, status: 403 },
    { name: "an opaque origin", headers: { ...ours, origin: "null" }, status: 403 },
  ])("may change something from $name: $status", async ({ headers, status }) => {
    const reply = await app.inject({
      method: "POST",
      url: "/api/v1/tickets/T-1001/acknowledge",
      headers: { ...cookieOf(await logIn()), ...headers },
      payload: {},
    });
    expect(reply.statusCode).toBe(status);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])(
    "does not take %s",
    async (type) => {
      const reply = await app.inject({
        method: "POST",
        url: "/api/v1/tickets/T-1001/acknowledge",
        headers: { ...cookieOf(await logIn()), ...ours, "content-type": type },
        payload: '{"note":"x"}',
      });
      expect(reply.statusCode).toBe(415);
    },
  );

  test("cannot be read by another site, and an invented one is refused", async () => {
    const headers = { ...cookieOf(await logIn()), "sec-fetch-site": "cross-site" };
    expect((await app.inject({ url: "/api/v1/machines", headers })).statusCode).toBe(403);
    const invented = { cookie: `${sessionCookie}=invented` };
    expect((await app.inject({ url: "/api/v1/machines", headers: invented })).statusCode).toBe(401);
    const forged = { authorization: "Bearer invented" };
    expect((await app.inject({ url: "/api/v1/me", headers: forged })).statusCode).toBe(401);
  });
});

describe("the first administrator", () => {
  test("gets a random password once", async () => {
    const users = createMemoryUsers();
    const password = await ensureAdmin(users);
    const admin = await users.find("admin");
    expect(password?.length).toBeGreaterThanOrEqual(16);
    expect(await checkPassword(password ?? "", admin?.passwordHash)).toBe(true);
    expect(await ensureAdmin(users)).toBeUndefined();
    const engineer = createMemoryUsers();
    await engineer.add({ username: "e", role: "engineer", passwordHash: "" });
    expect(await ensureAdmin(engineer)).toBeDefined();
  });
});
