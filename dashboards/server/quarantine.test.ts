import { CodedError } from "@firebreak/kit/coded-error.ts";
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

describe("trying all again", () => {
  const answering = (answers: Readonly<Record<string, string>>) => {
    const { quarantine } = seeded.ports;
    Object.assign(quarantine, {
      list: async (asked: { state?: string }) => {
        expect(asked.state).toBe("waiting");
        return { items: Object.keys(answers).map((id) => ({ id })), next: null };
      },
      retry: async (id: string) => {
        const answer = answers[id] ?? "";
        if (/[A-Z]/.test(answer)) throw new CodedError(answer, "as the test says");
        return { state: answer, reason: null };
      },
    });
    const url = "/api/v1/quarantine/retry";
    const payload = { state: "known" };
    return app.inject({ method: "POST", url, headers: as("hq_service"), payload });
  };

  test("goes on when one of them is no longer there", async () => {
    const reply = await answering({ 3: "released", 2: "QUARANTINE_UNKNOWN", 1: "waiting" });
    expect(reply.json()).toEqual({ released: 1, known: 0, waiting: 1, stopped: null });
  });

  test("ends at a full journal and tells what was done until then", async () => {
    const reply = await answering({ 1: "known", 2: "released", 3: "LOG_FULL", 4: "released" });
    expect(reply.json()).toEqual({ released: 1, known: 0, waiting: 0, stopped: "LOG_FULL" });
  });

  test("any other failure is one", async () => {
    expect((await answering({ 1: "LOG_CLOSED" })).statusCode).toBe(500);
  });
});

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
      ["POST", "/quarantine/refused/retry"],
      ["GET", "/quarantine/refused/export"],
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
    const all = { released: 1, known: 0, waiting: 0, stopped: null };
    expect((await post("/quarantine/retry")).json()).toEqual(all);
    const file = await app.inject({ url: "/api/v1/quarantine/export", headers });
    expect(file.headers["content-type"]).toMatch(/^application\/x-ndjson/);
    const lines = file.body.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ id: "1", base64: "AQI=" }]);
  });

  test("what the database refused: tried again by machine and reason, and exported with a line in the audit log", async () => {
    const headers = as("hq_service");
    const asked: unknown[] = [];
    const { retryRefused } = seeded.ports.quarantine;
    Object.assign(seeded.ports.quarantine, {
      retryRefused(filter: Parameters<typeof retryRefused>[0]) {
        asked.push(filter);
        return retryRefused(filter);
      },
    });
    const url = "/api/v1/quarantine/refused";
    const payload = { machine: "JD5055E-1", reason: "field type conflict" };
    const reply = await app.inject({ method: "POST", url: `${url}/retry`, headers, payload });
    expect(reply.json()).toEqual({ taken: 2, waiting: 1, stopped: null });
    expect(asked).toEqual([{ machineId: "JD5055E-1", reason: "field type conflict" }]);
    const file = await app.inject({ url: `${url}/export?machine=JD5055E-1`, headers });
    expect(file.headers["content-disposition"]).toContain("refused.ndjson");
    expect(JSON.parse(file.body)).toMatchObject({ line: "sample value=1 1" });
    const { items } = (await app.inject({ url: `${url}`, headers })).json();
    expect(items).toMatchObject([{ machineId: "JD5055E-1", samples: 3, mayRetry: true }]);
  });
});
