import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { watchTelemetry } from "./api/watch-telemetry.ts";
import { sessionCookie } from "./auth/sessions.ts";
import { createServer } from "./create-server.ts";
import type { ServerPorts } from "./ports.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: FastifyInstance;
beforeEach(async () => {
  seeded = await seededPorts();
  app = createServer(seeded.ports);
});
afterEach(() => app.close());

const unreachable = () =>
  Promise.reject(new CodedError("STORE_UNREACHABLE", "InfluxDB at 10.0.0.9 is not reachable"));
const never = () => new Promise<never>(() => undefined);

describe("while the database is away", () => {
  const away = () => Promise.reject(new CodedError("DATABASE_IO", "10.0.0.8: connection refused"));
  const logIn = async (username: string) => {
    const payload = { username, password: "correct horse" };
    const reply = await app.inject({ method: "POST", url: "/api/v1/login", payload });
    const cookie = reply.cookies.find(({ name }) => name === sessionCookie)?.value ?? "";
    const headers = { cookie: `${sessionCookie}=${cookie}`, host: "hub", origin: "http://hub" };
    const ask = (url: string, payload?: object) =>
      app.inject({
        method: payload ? "POST" : "GET",
        url: `/api/v1${url}`,
        headers,
        ...(payload ? { payload } : {}),
      });
    return { ask };
  };
  const takeAway = (how: () => Promise<never>) =>
    Object.assign(seeded.ports.users, { findSession: how, find: how });

  test.each([
    ["refuses", away],
    ["never answers", never],
  ])(
    "G11: it %s: who is logged in reads on as he was, changes nothing, and nobody else comes in",
    async (_name, how) => {
      const known = await logIn("dispatcher");
      const admin = await logIn("admin");
      expect((await known.ask("/me")).json().role).toBe("dispatcher");
      await admin.ask("/me");
      takeAway(how);
      expect((await known.ask("/me")).json().role).toBe("dispatcher");
      expect((await known.ask("/machines")).json().items.length).toBeGreaterThan(0);
      expect((await known.ask("/users")).statusCode).toBe(403);
      if (how === never) return;
      const refused = await known.ask("/tickets", { machineId: "JD5055E-1", title: "x" });
      expect([refused.statusCode, refused.json().code]).toEqual([503, "DATABASE_IO"]);
      expect(refused.body).not.toContain("10.0.0.8");
      const stranger = { cookie: `${sessionCookie}=somebody` };
      const reply = await app.inject({ url: "/api/v1/machines", headers: stranger });
      expect(reply.statusCode).toBe(503);
      expect(reply.headers["retry-after"]).toBe("2");
    },
  );

  test("G11: who was disabled or logged out before is not remembered", async () => {
    const [gone, out] = [await logIn("dispatcher"), await logIn("analyst")];
    const admin = await logIn("admin");
    for (const one of [gone, out]) await one.ask("/me");
    expect((await admin.ask("/users/dispatcher/disable", {})).statusCode).toBe(200);
    expect((await out.ask("/logout", {})).statusCode).toBe(204);
    takeAway(away);
    for (const one of [gone, out]) expect((await one.ask("/machines")).statusCode).toBe(503);
  });
});

describe("while the telemetry store is away", () => {
  const get = (path: string) =>
    app.inject({
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${tokenOf("viewer")}` },
    });

  test("G11: charts are refused in plain words, live values and lists are served, a warning says so until it is back", async () => {
    const { raw } = seeded.ports.telemetry;
    Object.assign(seeded.ports.telemetry, { raw: unreachable, signals: unreachable });
    const chart = await get("/machines/JD5055E-1/series?signal=engineSpeed&points=50");
    expect([chart.statusCode, chart.json().code]).toEqual([503, "STORE_UNREACHABLE"]);
    expect(chart.json().message).toMatch(/does not answer, try again: live values/);
    expect(chart.body).not.toContain("10.0.0.9");
    for (const path of [
      "/machines",
      "/machines/JD5055E-1/signals",
      "/fleet/latest?signal=fuelLevel",
    ])
      expect((await get(path)).statusCode).toBe(200);
    const ready = await app.inject({ url: "/readyz" });
    expect(ready.statusCode).toBe(200);
    expect(ready.json().problems).toMatchObject(
      [{ name: "telemetry-reads", severity: "warning", problem: /cannot be read/ }].map(
        ({ problem, ...rest }) => ({ ...rest, problem: expect.stringMatching(problem) }),
      ),
    );
    Object.assign(seeded.ports.telemetry, { raw });
    // Each look tries whether it is back.
    await expect
      .poll(async () => (await app.inject({ url: "/readyz" })).json().problems)
      .toEqual([]);
  });

  test("G11: what the reader itself is asked wrongly is no fault of the store", async () => {
    const refusing = async () => Promise.reject(new CodedError("QUERY_TOO_LARGE", "too much"));
    const store = { ...seeded.ports.telemetry, fleetHours: refusing };
    const { telemetry, check } = watchTelemetry(store as ServerPorts["telemetry"]);
    const query = { signal: "x", fromNs: 0n, toNs: 1n, machineIds: [] };
    await expect(telemetry.fleetHours(query)).rejects.toMatchObject({ code: "QUERY_TOO_LARGE" });
    expect(check.problem()).toBeUndefined();
  });
});
