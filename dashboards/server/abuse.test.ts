import { type ClientRequest, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import type { ServerPorts } from "./ports.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: FastifyInstance;
let telemetry: ServerPorts["telemetry"];
let machines: ServerPorts["machines"];
beforeAll(async () => {
  seeded = await seededPorts(30);
  telemetry = { ...seeded.ports.telemetry };
  machines = { ...seeded.ports.machines };
  app = createServer(seeded.ports, { refuseAfterMs: 0 });
  await app.listen({ port: 0, host: "127.0.0.1" });
});
const clients: ClientRequest[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  Object.assign(seeded.ports.telemetry, telemetry);
  Object.assign(seeded.ports.machines, machines);
});
afterAll(() => app.close());

type Who = Parameters<typeof tokenOf>[0];
const headersOf = (who: Who) => ({ authorization: `Bearer ${tokenOf(who)}` });
const get = (path: string, who: Who = "viewer") =>
  app.inject({ url: `/api/v1${path}`, headers: headersOf(who) });
const machine = "/machines/JD5055E-1";
const elevenSignals = Array.from({ length: 11 }, (_, at) => `signal=s${at}`).join("&");
const sevenYears = "from=2020-01-01T00:00:00Z&to=2027-01-01T00:00:00Z";

describe("who asks for too much at once", () => {
  test("G9: seven years at one a second, as points: no more is read of the store than is answered", async () => {
    const asked: number[] = [];
    const { raw, buckets } = telemetry;
    seeded.ports.telemetry.raw = (query) => {
      asked.push(query.limit ?? Number.POSITIVE_INFINITY);
      const second = { ...query, toNs: (query.fromNs ?? 0n) + 3_000n * 1_000_000_000n };
      return raw(second);
    };
    seeded.ports.telemetry.buckets = (query) => {
      asked.push(query.points);
      return buckets({ ...query, toNs: (query.fromNs ?? 0n) + 3_000n * 1_000_000_000n });
    };
    const reply = await get(`${machine}/series?signal=engineSpeed&${sevenYears}&points=2000`);
    expect(reply.statusCode).toBe(200);
    expect(reply.json().t.length).toBeLessThanOrEqual(2_000);
    expect(asked.length).toBe(2);
    expect(Math.max(...asked)).toBeLessThanOrEqual(2_000);
  });

  test("G9: seven years at one a second, every sample: given up at a million, with a range that fits", async () => {
    let read = 0;
    seeded.ports.telemetry.raw = async ({ limit = 0 }) => {
      read += limit;
      const t = new Date(Date.UTC(2020, 0, 1) + read * 1_000).toISOString();
      return {
        t: Array.from({ length: limit }, () => t),
        value: Array.from({ length: limit }, () => 1),
        quality: Array.from({ length: limit }, () => "good" as const),
        next: "more",
      };
    };
    const reply = await get(`${machine}/series?signal=engineSpeed&${sevenYears}`);
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({ code: "SERIES_TOO_LONG", where: "to" });
    expect(reply.json().message).toMatch(/`points`, end the range by 2020-01-12T/);
    expect(read).toBeLessThan(1_100_000);
  });

  test.each([
    [`/fleet/hours?signal=a&${sevenYears}&limit=5000`, "limit=1 "],
    [
      "/fleet/hours?signal=a&from=2026-05-01T00:00:00Z&to=2026-05-08T00:00:00Z&limit=5000",
      "limit=588",
    ],
    [`/fleet/latest?${elevenSignals}&limit=5000`, "limit=4545"],
  ])(
    "G9: 5,000 machines in one request, %s: refused before anything is read",
    async (path, words) => {
      const never = () => Promise.reject(new Error("the store was asked"));
      Object.assign(seeded.ports.telemetry, { fleetHours: never, raw: never, buckets: never });
      const [one] = await machines.list();
      const fleet = Array.from({ length: 5_000 }, (_, at) => ({ ...one, machineId: `m${at}` }));
      Object.assign(seeded.ports.machines, { list: async () => fleet });
      const reply = await get(path);
      expect([reply.statusCode, reply.json().code]).toEqual([413, "QUERY_TOO_LARGE"]);
      expect(reply.json().message).toContain(words);
    },
  );

  test("G9: 200 at once of one person: few run, some wait, the rest is told so; others are served, and none goes on once he leaves", async () => {
    const running = new Set<string>();
    let begun = 0;
    seeded.ports.telemetry.raw = ({ signal, limit = 0 }, { abort } = {}) => {
      if (signal === "fuelLevel") return telemetry.raw({ machineId: "", signal, limit });
      const name = `read ${begun++}`;
      running.add(name);
      return new Promise((_resolve, reject) => {
        abort?.addEventListener("abort", () => {
          running.delete(name);
          reject(new Error("given up"));
        });
      });
    };
    const { port } = app.server.address() as AddressInfo;
    const answers: number[] = [];
    const told = new Set<string | undefined>();
    for (let at = 0; at < 200; at++) {
      const path = `/api/v1${machine}/series?signal=engineSpeed&points=2000`;
      const client = request({ port, host: "127.0.0.1", path, headers: headersOf("viewer") });
      client.on("error", () => undefined);
      client.on("response", (answer) => {
        answers.push(answer.statusCode ?? 0);
        told.add(answer.headers["retry-after"]);
        answer.resume();
      });
      client.end();
      clients.push(client);
    }
    await expect.poll(() => answers.length).toBe(200 - 1 - 32);
    expect(new Set(answers)).toEqual(new Set([429]));
    expect([...told]).toEqual(["2"]);
    expect(running.size).toBe(1);

    const other = await get(`${machine}/series?signal=fuelLevel&points=50`, "analyst");
    expect(other.statusCode).toBe(200);
    for (const path of ["/machines", `${machine}/signals`, "/fleet"])
      expect((await get(path, "analyst")).statusCode).toBe(200);
    const refused = await get(`${machine}/series?signal=engineSpeed&points=50`);
    expect(refused.json().message).toContain("ask for fewer at once, for a shorter range");

    for (const client of clients) client.destroy();
    await expect.poll(() => running.size).toBe(0);
    expect(begun).toBeLessThanOrEqual(1 + 32);
    const later = await get(`${machine}/series?signal=fuelLevel&points=50`);
    expect(later.statusCode).toBe(200);
  });

  test("G9: who is refused hears it later, others are answered meanwhile; it ends with the connection", async () => {
    const hour = 3_600_000;
    const strict = createServer(seeded.ports, { requestsPerMinute: 1, refuseAfterMs: hour });
    await strict.listen({ port: 0, host: "127.0.0.1" });
    const { port } = strict.server.address() as AddressInfo;
    const ask = (who: Who) => {
      const path = `/api/v1${machine}/signals`;
      const client = request({ port, host: "127.0.0.1", path, headers: headersOf(who) });
      clients.push(client);
      return new Promise<number>((resolve, reject) => {
        client.on("error", reject);
        client.on("response", (answer) => resolve(answer.resume().statusCode ?? 0)).end();
      });
    };
    expect(await ask("viewer")).toBe(200);
    let isOver = false;
    const refused = ask("viewer").finally(() => {
      isOver = true;
    });
    const gone = ask("viewer").catch(() => "gone");
    expect(await ask("analyst")).toBe(200);
    expect(isOver).toBe(false);
    clients.at(-2)?.destroy();
    expect(await gone).toBe("gone");
    await strict.close();
    expect(await refused).toBe(429);
  });
});
