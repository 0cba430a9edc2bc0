import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: FastifyInstance;
beforeEach(async () => {
  seeded = await seededPorts();
  app = createServer(seeded.ports);
});
afterEach(() => app.close());

const as = (role: Parameters<typeof tokenOf>[0]) => ({ authorization: `Bearer ${tokenOf(role)}` });

describe("quarantine", () => {
  test("who may only look sees the list, and neither tries again nor takes bytes along", async () => {
    const headers = as("viewer");
    const list = await app.inject({ url: "/api/v1/quarantine?state=waiting", headers });
    expect(list.json().items).toMatchObject([{ id: "1", gatewayId: "gw-7", state: "waiting" }]);
    expect((await app.inject({ url: "/api/v1/quarantine/refused", headers })).statusCode).toBe(200);
    const payload = {};
    for (const [method, url] of [
      ["POST", "/quarantine/1/retry"],
      ["POST", "/quarantine/retry"],
      ["GET", "/quarantine/export"],
    ] as const)
      expect(
        (await app.inject({ method, url: `/api/v1${url}`, headers, payload })).statusCode,
      ).toBe(403);
  });

  test("headquarters try again, one or all, and export lines of JSON", async () => {
    const headers = as("hq_service");
    const post = (url: string) =>
      app.inject({ method: "POST", url: `/api/v1${url}`, headers, payload: {} });
    expect((await post("/quarantine/1/retry")).json()).toEqual({ state: "released", reason: null });
    expect((await post("/quarantine/retry")).json()).toEqual({ released: 1, known: 0, waiting: 0 });
    const file = await app.inject({ url: "/api/v1/quarantine/export", headers });
    expect(file.headers["content-type"]).toMatch(/^application\/x-ndjson/);
    const lines = file.body.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ id: "1", base64: "AQI=" }]);
  });
});
