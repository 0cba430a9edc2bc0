import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Aggregates, FleetHoursRow, FleetLatestRow, Series } from "./api/schemas.ts";
import { createServer } from "./create-server.ts";
import type { ServerPorts } from "./ports.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: FastifyInstance;
let telemetry: ServerPorts["telemetry"];
beforeAll(async () => {
  seeded = await seededPorts(30);
  telemetry = { ...seeded.ports.telemetry };
  app = createServer(seeded.ports);
  await app.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(() => {
  Object.assign(seeded.ports.telemetry, telemetry);
});
afterAll(() => app.close());

const headers = { authorization: `Bearer ${tokenOf("viewer")}` };
const get = (path: string) => app.inject({ url: `/api/v1${path}`, headers });
const ten = "from=2026-05-01T00:00:00Z&to=2026-05-01T00:10:00Z";
const machine = "/machines/JD5055E-1";

describe("questions about a machine", () => {
  test("several signals in one answer, each within its points, gaps and bad stretches told", async () => {
    const url = `${machine}/many-series?signal=engineSpeed&signal=engineOilPressure&${ten}&points=50`;
    const { items } = (await get(url)).json();
    const Item = Type.Object({ signal: Type.String(), series: Series });
    expect([...Value.Errors(Type.Array(Item), items)]).toEqual([]);
    expect(items.map(({ signal }: { signal: string }) => signal)).toEqual([
      "engineSpeed",
      "engineOilPressure",
    ]);
    for (const { series } of items) {
      expect(series.t.length).toBeLessThanOrEqual(50);
      expect(series.bucketSeconds).toBeGreaterThan(0);
    }
  });

  test("one signal may stand alone, and every sample comes with its marks", async () => {
    const one = (await get(`${machine}/many-series?signal=engineSpeed&${ten}&points=20`)).json();
    expect(one.items).toHaveLength(1);
    const reply = await get(`${machine}/series?signal=engineSpeed&${ten}`);
    expect([...Value.Errors(Series, reply.json())]).toEqual([]);
    const { t, bad, gaps, bucketSeconds } = reply.json();
    expect([t.length, gaps, bucketSeconds]).toEqual([600, [], null]);
    expect(bad.map(({ samples }: { samples: number }) => samples)).toEqual([20, 20, 20]);
  });

  test("aggregates are columns of equal length", async () => {
    const url = `${machine}/aggregates?signal=engineSpeed&${ten}&points=10`;
    const { items } = (await get(url)).json();
    expect([...Value.Errors(Type.Array(Aggregates), items)]).toEqual([]);
    const [{ signal: _, bucketSeconds: __, ...columns }] = items;
    expect(new Set(Object.values(columns).map((one) => (one as unknown[]).length)).size).toBe(1);
  });

  test("too many points together are refused with how many there may be", async () => {
    const signals = Array.from({ length: 4 }, (_, at) => `signal=s${at}`).join("&");
    const reply = await get(`${machine}/many-series?${signals}&points=20000`);
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({
      code: "QUERY_TOO_LARGE",
      message: expect.stringContaining("10000 points each"),
      where: "points",
    });
  });

  test("a series too long is refused with where to end it so that it is not any more", async () => {
    const value = Array.from({ length: 5_000 }, () => 1);
    const quality = value.map(() => "good" as const);
    const stamps = (hour: number) =>
      value.map((_, at) => `2026-05-01T0${hour}:00:00.${String(at).padStart(9, "0")}Z`);
    const [most, last] = [stamps(0), stamps(1)];
    let page = 0;
    seeded.ports.telemetry.raw = async () => {
      page++;
      return { t: page <= 200 ? most : last, value, quality, next: String(page) };
    };
    const reply = await get(`${machine}/series?signal=x`);
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({
      code: "SERIES_TOO_LONG",
      message: expect.stringContaining("end the range by 2026-05-01T01:00:00.000000000Z,"),
    });
  });

  test("a name that every object has is a signal without samples like any other", async () => {
    const raw = async () => ({ t: [], value: [], quality: [] });
    seeded.ports.telemetry.raw = raw;
    const reply = await get(`${machine}/series?signal=constructor&points=10`);
    expect([reply.statusCode, reply.json().t]).toEqual([200, []]);
  });
});

describe("questions about the fleet", () => {
  test("newest values of all machines, in pages, each machine once", async () => {
    const seen: string[] = [];
    let cursor = "";
    do {
      const url = `/fleet/latest?signal=fuelLevel&signal=engineSpeed&limit=7${cursor}`;
      const { items, next } = (await get(url)).json();
      expect([...Value.Errors(Type.Array(FleetLatestRow), items)]).toEqual([]);
      seen.push(...items.map(({ machineId }: { machineId: string }) => machineId));
      cursor = next === null ? "" : `&cursor=${next}`;
    } while (cursor !== "");
    expect(seen).toEqual([...seeded.machines.keys()].sort());
  });

  test("newest values come from memory alone, and a page without limit holds as many as it may", async () => {
    seeded.ports.telemetry.signals = () => Promise.reject(new Error("the store is away"));
    const names = Array.from({ length: 16 }, (_, at) => `signal=s${at}`).join("&");
    const reply = await get(`/fleet/latest?${names}`);
    expect(reply.statusCode).toBe(200);
    const { items, pending } = reply.json();
    expect(items).toHaveLength(30);
    const offline = [...seeded.machines.values()].filter(({ online }) => !online);
    expect(pending).toBe(offline.length);
  });

  test("hours of all machines, and one row each", async () => {
    for (const per of ["hour", "machine"]) {
      const { items, waiting } = (
        await get(`/fleet/hours?signal=fuelLevel&${ten}&per=${per}`)
      ).json();
      expect([...Value.Errors(Type.Array(FleetHoursRow), items)]).toEqual([]);
      expect([items.length, waiting]).toEqual([30, 0]);
      expect(items[0]).toMatchObject({ min: [null], count: [0], errors: [1] });
    }
  });

  test.each([
    ["/fleet/latest?signal=a&signal=b&limit=50000", "limit=25000", "limit"],
    [
      "/fleet/hours?signal=a&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
      "limit=1 ",
      "limit",
    ],
    ["/fleet/hours?signal=a&from=1900-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "hours", "to"],
  ])("%s is refused with what to ask for", async (url, words, where) => {
    const reply = await get(url);
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({ code: "QUERY_TOO_LARGE", where });
    expect(reply.json().message).toContain(words);
  });

  test("a span without ends is refused", async () => {
    const reply = await get("/fleet/hours?signal=a&from=2020-01-01T00:00:00Z");
    expect(reply.json()).toMatchObject({ code: "BAD_TIME_RANGE", where: "to" });
  });
});

describe("whoever reads slowly", () => {
  test("holds its place among whole series until it has taken all or is gone", async () => {
    const samples = 300_000;
    const t = Array.from({ length: samples }, () => "2026-05-01T00:00:00.000000000Z");
    const value = Array.from({ length: samples }, () => 1);
    const quality = Array.from({ length: samples }, () => "good" as const);
    let asked = 0;
    seeded.ports.telemetry.raw = async ({ cursor, signal }) => {
      if (signal !== "engineSpeed") return { t: [], value: [], quality: [] };
      if (cursor === undefined) asked++;
      return { t, value, quality, ...(cursor === undefined ? { next: "more" } : {}) };
    };
    const { port } = app.server.address() as AddressInfo;
    const open = (role: "viewer" | "analyst") => {
      const headers = { authorization: `Bearer ${tokenOf(role)}` };
      const path = `/api/v1${machine}/series?signal=engineSpeed`;
      const client = request({ port, host: "127.0.0.1", path, headers });
      client.on("error", () => undefined);
      client.end();
      return client;
    };
    const stalled = [open("viewer"), open("analyst")];
    // Their answers have begun, and nobody reads them.
    await Promise.all(stalled.map((client) => once(client, "response")));
    const third = open("viewer");
    const answered = once(third, "response");
    await once(app.server, "request");
    // One that came later and waits for nobody is answered meanwhile.
    await get(`${machine}/series?signal=fuelLevel&points=2`);
    expect(asked).toBe(2);
    stalled[0]?.destroy();
    const [answer] = await answered;
    expect(asked).toBe(3);
    answer.resume();
    await once(answer, "end");
    stalled[1]?.destroy();
  });
});

describe("whoever goes away", () => {
  test.each([
    `${machine}/series?signal=engineSpeed`,
    `${machine}/series?signal=engineSpeed&points=100`,
    `${machine}/many-series?signal=engineSpeed&signal=fuelLevel&points=100`,
    `/fleet/hours?signal=fuelLevel&${ten}`,
  ])("%s is given up in the store", async (path) => {
    const asked: (AbortSignal | undefined)[] = [];
    const endless = (_query: unknown, asking?: { readonly abort?: AbortSignal | undefined }) => {
      asked.push(asking?.abort);
      return new Promise<never>((_resolve, reject) => {
        asking?.abort?.addEventListener("abort", () => reject(new Error("given up")));
      });
    };
    seeded.ports.telemetry.raw = endless;
    seeded.ports.telemetry.fleetHours = endless;
    const { port } = app.server.address() as AddressInfo;
    const client = request({ port, host: "127.0.0.1", path: `/api/v1${path}`, headers });
    client.on("error", () => undefined);
    client.end();
    await expect.poll(() => asked.length).toBe(1);
    expect(asked[0]?.aborted).toBe(false);
    client.destroy();
    await once(asked[0] as AbortSignal, "abort");
    await expect.poll(() => asked.length).toBe(1);
  });
});
