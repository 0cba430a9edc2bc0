import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sessionCookie } from "./auth/sessions.ts";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: FastifyInstance;
beforeEach(async () => {
  seeded = await seededPorts();
  app = createServer(seeded.ports);
});
afterEach(() => app.close());

const admin = { authorization: `Bearer ${tokenOf("admin")}` };
const post = (url: string, payload: object = {}, headers: Record<string, string> = admin) =>
  app.inject({ method: "POST", url: `/api/v1${url}`, headers, payload });
const users = async () =>
  (await app.inject({ url: "/api/v1/users", headers: admin })).json().items as {
    username: string;
    role: string;
  }[];

/** What a browser sends after logging in. */
async function logIn(username: string, password = "correct horse") {
  const reply = await post("/login", { username, password }, {});
  const cookie = reply.cookies.find(({ name }) => name === sessionCookie);
  return {
    reply,
    headers: { cookie: `${sessionCookie}=${cookie?.value}`, "sec-fetch-site": "same-origin" },
  };
}
const me = async (headers: Record<string, string>) =>
  (await app.inject({ url: "/api/v1/me", headers })).json();
const codeOf = (reply: LightMyRequestResponse) => [reply.statusCode, reply.json().code];

describe("users", () => {
  test("are added with a password that is shown once and works", async () => {
    const added = await post("/users", { username: "e-17", role: "engineer", engineerId: "E-17" });
    expect(added.statusCode).toBe(201);
    const { user, password } = added.json();
    expect(user).toEqual({
      username: "e-17",
      role: "engineer",
      engineerId: "E-17",
      disabledAt: null,
    });
    const { headers } = await logIn("e-17", password);
    expect(await me(headers)).toMatchObject({ username: "e-17", engineerId: "E-17" });
    const text = JSON.stringify([await users(), seeded.audit.lines]);
    expect(text).not.toContain(password);
    expect(text).not.toMatch(/scrypt|passwordHash/);
    expect(codeOf(await post("/users", { username: "e-17", role: "viewer" }))).toEqual([
      409,
      "USER_EXISTS",
    ]);
    expect(seeded.audit.lines[0]).toMatchObject({
      actor: "token:admin",
      action: "POST /api/v1/users",
      subject: { kind: "user", id: "e-17" },
      facts: { status: 201, newRole: "engineer" },
    });
  });

  test.each(["王小明", "Li Wei", "", "-a", "a@b"])("are not named %s", async (username) => {
    expect((await post("/users", { username, role: "viewer" })).statusCode).toBe(400);
  });

  test("have another role and place from the next request on", async () => {
    const { headers } = await logIn("dispatcher");
    expect(await me(headers)).toMatchObject({ role: "dispatcher" });
    const place = { role: "station_manager", stationId: "hangzhou", regionId: "east" };
    expect((await post("/users/dispatcher/role", place)).json()).toMatchObject(place);
    expect(await me(headers)).toMatchObject(place);
    await post("/users/dispatcher/role", { role: "viewer" });
    expect(await me(headers)).not.toHaveProperty("stationId");
    const close = await post("/tickets/T-1001/close", {}, headers);
    expect(codeOf(close)).toEqual([403, "NOT_ALLOWED"]);
  });

  test("are out at once when they are disabled, and in again when enabled", async () => {
    const { headers } = await logIn("engineer");
    expect((await post("/users/engineer/disable")).json().disabledAt).toEqual(expect.any(String));
    expect(await me(headers)).toMatchObject({ username: null });
    expect(codeOf((await logIn("engineer")).reply)).toEqual([401, "WRONG_CREDENTIALS"]);
    await post("/users/engineer/enable");
    expect(await me(headers)).toMatchObject({ username: null });
    expect((await logIn("engineer")).reply.statusCode).toBe(200);
  });

  test("keep one administrator who can log in", async () => {
    const refused = [409, "USER_LAST_ADMIN"];
    expect(codeOf(await post("/users/admin/disable"))).toEqual(refused);
    expect(codeOf(await post("/users/admin/role", { role: "viewer" }))).toEqual(refused);
    await post("/users/hq_service/role", { role: "admin" });
    expect((await post("/users/admin/disable")).statusCode).toBe(200);
    expect(codeOf(await post("/users/hq_service/role", { role: "viewer" }))).toEqual(refused);
    expect(codeOf(await post("/users/nobody/disable"))).toEqual([404, "USER_UNKNOWN"]);
  });

  test("get a new password from the administrator, which ends what was open", async () => {
    const { headers } = await logIn("engineer");
    const { password } = (await post("/users/engineer/reset-password")).json();
    expect(await me(headers)).toMatchObject({ username: null });
    expect((await logIn("engineer")).reply.statusCode).toBe(401);
    expect((await logIn("engineer", password)).reply.statusCode).toBe(200);
  });
});

describe("the own password", () => {
  const change = (headers: Record<string, string>, current: string, next: string) =>
    post("/me/password", { current, next }, headers);

  test("is changed by whoever knows it; other sessions end, this one goes on", async () => {
    const here = await logIn("viewer");
    const elsewhere = await logIn("viewer");
    expect((await change(here.headers, "correct horse", "battery staple")).statusCode).toBe(204);
    expect(await me(here.headers)).toMatchObject({ username: "viewer" });
    expect(await me(elsewhere.headers)).toMatchObject({ username: null });
    expect((await logIn("viewer", "battery staple")).reply.statusCode).toBe(200);
    expect(JSON.stringify(seeded.audit.lines)).not.toMatch(/battery|horse/);
  });

  test("is not changed without it, to a weak one, by a token, or by guessing", async () => {
    const { headers } = await logIn("viewer");
    expect(codeOf(await change(headers, "correct horse", "short"))).toEqual([400, "PASSWORD_WEAK"]);
    expect((await change(headers, "correct horse", "correct horse")).json().where).toBe("next");
    expect(codeOf(await change(admin, "correct horse", "battery staple"))).toEqual([
      403,
      "NOT_ALLOWED",
    ]);
    const codes: unknown[] = [];
    for (let turn = 0; turn < 6; turn++)
      codes.push((await change(headers, `guess ${turn}`, "battery staple")).json().code);
    expect(codes[0]).toBe("WRONG_CREDENTIALS");
    expect(codes.at(-1)).toBe("TOO_MANY_REQUESTS");
    expect((await logIn("viewer", "battery staple")).reply.statusCode).not.toBe(200);
  });
});
