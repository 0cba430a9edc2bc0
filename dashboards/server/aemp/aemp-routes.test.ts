import { readFleet } from "@firebreak/ingest/aemp/read-fleet.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import type { ServerPorts } from "../ports.ts";
import { samplePlan } from "../seeded-ports.fixture.ts";
import { aempServer, latestOf, planWith, tokenFor } from "./aemp.fixture.ts";
import type { AempScope } from "./client-files.ts";

let app: FastifyInstance;
afterEach(() => app.close());

async function opened(
  machineCount: number,
  {
    scope = { wholeFleet: true },
    change,
    limit,
  }: {
    scope?: AempScope;
    change?: (ports: ServerPorts) => Partial<ServerPorts>;
    limit?: { burst: number; perSecond: number };
  } = {},
) {
  const options = limit ? { aempLimit: limit } : {};
  const server = await aempServer(machineCount, change, options);
  app = server.app;
  const credentials = server.makeClient(scope);
  const token = await tokenFor(app, credentials);
  const get = (url: string, accept = "application/xml") =>
    app.inject({ url, headers: { authorization: `Bearer ${token}`, accept } });
  return { ...server, credentials, token, get };
}

const names = (text: string) => [...text.matchAll(/<(\w+)/g)].map(([, name]) => name);

describe("the snapshot", () => {
  const t = "2026-05-01T08:00:00.250000000Z";
  const change = (): Partial<ServerPorts> => ({
    plans: new Map([["loader-tractor", planWith({ fuelTankLitres: 400 })]]),
    live: {
      onChange: () => () => {},
      some: () => [],
      latest: () =>
        latestOf(
          [
            ["engineHours", "min", 90],
            ["fuelLevel", "ratio", 0.624],
            ["engineSpeed", "rpm", 1_487],
            ["engineCoolantTemperature", "°C", 86],
          ],
          t,
        ),
    },
  });

  test("has the names, the order and the units of the standard, and nothing for what a machine lacks", async () => {
    const { get } = await opened(1, { change });
    const reply = await get("/aemp/Fleet/1");
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/xml; charset=utf-8");
    expect(reply.body).toContain('xmlns="http://standards.iso.org/iso/15143/-3"');
    expect(reply.body).toContain(
      '<CumulativeOperatingHours datetime="2026-05-01T08:00:00.250Z"><Hour>1.50</Hour></CumulativeOperatingHours>',
    );
    expect(reply.body).toContain(
      "<Percent>62.4</Percent><FuelTankCapacityUnits>litre</FuelTankCapacityUnits><FuelTankCapacity>400.0</FuelTankCapacity>",
    );
    expect(names(reply.body)).toEqual([
      ...["Fleet", "Links", "rel", "href", "Links", "rel", "href", "Equipment", "EquipmentHeader"],
      ...["OEMName", "Model", "EquipmentID", "SerialNumber"],
      ...["CumulativeOperatingHours", "Hour", "FuelRemaining", "Percent"],
      ...["FuelTankCapacityUnits", "FuelTankCapacity", "EngineStatus", "EngineNumber", "Running"],
    ]);
    const [machine] = readFleet(reply.body).equipment;
    expect(machine?.header).toEqual({
      oemName: "Example",
      model: "5055E",
      equipmentId: "JD5055E-1",
      serialNumber: "SN JD5055E-1",
    });
  });

  test("as JSON says the same", async () => {
    const { get } = await opened(3, { change });
    const xml = readFleet((await get("/aemp/Fleet/1")).body);
    const reply = await get("/aemp/Fleet/1", "application/json");
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(readFleet(reply.body).equipment).toEqual(xml.equipment);
  });

  test("a value that is not good, or too large to be, is left out, never zero", async () => {
    const { get } = await opened(1, {
      change: () => ({
        live: {
          onChange: () => () => {},
          some: () => [],
          latest: () =>
            latestOf(
              [
                ["engineHours", "h", null],
                ["fuelLevel", "%", 101],
              ],
              t,
            ),
        },
      }),
    });
    expect(readFleet((await get("/aemp/Fleet/1")).body).equipment[0]?.points).toEqual([]);
  });

  test("comes in pages of a hundred that lead through all machines once", async () => {
    const { get } = await opened(250);
    const seen: (string | undefined)[] = [];
    let url: string | undefined = "/aemp/Fleet/1";
    let pages = 0;
    while (url !== undefined) {
      const { equipment, links } = readFleet((await get(url)).body);
      expect(equipment.length).toBeLessThanOrEqual(100);
      seen.push(...equipment.map(({ header }) => header.equipmentId));
      const next = links.find(({ rel }) => rel === "next")?.href;
      url = next && new URL(next).pathname;
      pages++;
    }
    expect(pages).toBe(3);
    expect(new Set(seen).size).toBe(250);
    expect(seen).toHaveLength(250);
    for (const page of ["4", "0", "x", "-1"])
      expect((await get(`/aemp/Fleet/${page}`)).statusCode).toBeGreaterThanOrEqual(400);
  });

  test("a fleet without machines has one empty page", async () => {
    const { get } = await opened(2, { scope: { customerId: "nobody" } });
    const reply = await get("/aemp/Fleet/1");
    expect(reply.statusCode).toBe(200);
    expect(readFleet(reply.body).equipment).toEqual([]);
  });
});

describe("who may", () => {
  test("without a token, with a wrong secret and after revoking nothing is shown", async () => {
    const { get, clients, credentials } = await opened(1);
    expect((await get("/aemp/Fleet/1")).statusCode).toBe(200);
    const bare = await app.inject({ url: "/aemp/Fleet/1" });
    expect([bare.statusCode, bare.headers["www-authenticate"]]).toEqual([
      401,
      'Bearer realm="ISO 15143-3"',
    ]);
    expect(await tokenFor(app, { ...credentials, clientSecret: "0".repeat(64) })).toBeUndefined();
    clients.revoke(credentials.clientId);
    expect((await get("/aemp/Fleet/1")).statusCode).toBe(401);
    expect(await tokenFor(app, credentials)).toBeUndefined();
  });

  test("each token that is given leaves a line in the audit log, without the secret", async () => {
    const { audit, credentials } = await opened(1);
    expect(audit.lines).toMatchObject([
      {
        action: "POST /aemp/oauth/token",
        subject: { kind: "aempClient", id: credentials.clientId },
        facts: { status: 200 },
      },
    ]);
    expect(JSON.stringify(audit.lines)).not.toContain(credentials.clientSecret);
  });

  test("Basic credentials will do, another grant will not", async () => {
    const { credentials } = await opened(1);
    const basic = Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`);
    const ask = (grant: string) =>
      app.inject({
        method: "POST",
        url: "/aemp/oauth/token",
        headers: {
          authorization: `Basic ${basic.toString("base64")}`,
          "content-type": "application/x-www-form-urlencoded",
        },
        payload: `grant_type=${grant}`,
      });
    const reply = await ask("client_credentials");
    expect(reply.json()).toMatchObject({ token_type: "Bearer", expires_in: 3_600 });
    expect((await ask("password")).json().error).toBe("unsupported_grant_type");
  });

  test("a token of this interface opens no other, and the other way round", async () => {
    const { token } = await opened(1);
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.inject({ url: "/api/v1/machines", headers })).statusCode).toBe(401);
    const own = { authorization: "Bearer token-of-admin" };
    expect((await app.inject({ url: "/aemp/Fleet/1", headers: own })).statusCode).toBe(401);
  });

  test("another customer's machines are not in the fleet, and do not exist by any name", async () => {
    const { get } = await opened(8, { scope: { customerId: "acme" } });
    const { equipment } = readFleet((await get("/aemp/Fleet/1")).body);
    const ids = equipment.map(({ header }) => header.equipmentId);
    expect(ids).toEqual(["JD5055E-1", "M-00001", "M-00002", "M-00003"]);
    for (const path of [
      "ID/M-00005",
      "ID/SNM-00005",
      "MakeModelSerial/Example/5055E/SN%20M-00005",
      "ID/M-00005/CumulativeOperatingHours",
      "ID/M-00005/Faults/2026-05-01T00:00:00Z/2026-05-02T00:00:00Z/1",
    ])
      expect([path, (await get(`/aemp/Fleet/Equipment/${path}`)).statusCode]).toEqual([path, 404]);
    expect((await get("/aemp/Fleet/Equipment/ID/M-00002")).statusCode).toBe(200);
  });

  test("an error of the database is one: a customer's machines do not seem gone", async () => {
    const { get } = await opened(3, {
      scope: { customerId: "acme" },
      change: ({ organisation }) => ({
        organisation: {
          ...organisation,
          get: () => Promise.reject(new CodedError("DATABASE_BUSY", "the database is away")),
        },
      }),
    });
    for (const url of ["/aemp/Fleet/1", "/aemp/Fleet/Equipment/ID/M-00001"])
      expect((await get(url)).statusCode).toBeGreaterThanOrEqual(500);
  });

  test("what was measured before the machine was the customer's is not shown", async () => {
    const { get } = await opened(1, {
      scope: { customerId: "acme", machineIds: ["JD5055E-1"] },
      change: () => ({
        live: {
          onChange: () => () => {},
          some: () => [],
          latest: () => latestOf([["engineHours", "h", 12]], "2025-12-31T23:59:59Z"),
        },
      }),
    });
    const { equipment } = readFleet((await get("/aemp/Fleet/Equipment/ID/JD5055E-1")).body);
    expect(equipment[0]?.points).toEqual([]);
    const path = "2025-12-01T00:00:00Z/2025-12-31T00:00:00Z/1";
    const series = await get(`/aemp/Fleet/Equipment/ID/JD5055E-1/CumulativeOperatingHours/${path}`);
    expect(readFleet(series.body).equipment[0]?.points).toEqual([]);
  });

  test("a client that asks too often is told when to come again, and others are not held up", async () => {
    const server = await opened(1, { limit: { burst: 3, perSecond: 0.001 } });
    const codes = [];
    for (let index = 0; index < 5; index++) codes.push(await server.get("/aemp/Fleet/1"));
    expect(codes.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429, 429]);
    expect(Number(codes.at(-1)?.headers["retry-after"])).toBeGreaterThan(0);
    const token = await tokenFor(app, server.makeClient({ wholeFleet: true }));
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.inject({ url: "/aemp/Fleet/1", headers })).statusCode).toBe(200);
  });

  test("an administrator makes and revokes clients over the interface; the secret is shown once", async () => {
    await opened(1);
    const headers = { authorization: "Bearer token-of-admin" };
    const url = "/api/v1/aemp/clients";
    const add = (scope: AempScope) =>
      app.inject({ method: "POST", url, headers, payload: { name: "ERP", scope } });
    expect((await add({})).statusCode).toBe(400);
    const made = (await add({ customerId: "acme" })).json();
    expect(await tokenFor(app, { ...made.client, clientSecret: made.clientSecret })).toBeDefined();
    const listed = await app.inject({ url, headers });
    expect(listed.body).not.toContain(made.clientSecret);
    expect(listed.body).not.toContain("sha256");
    const one = `${url}/${made.client.clientId}`;
    const remove = () => app.inject({ method: "DELETE", url: one, headers });
    expect([(await remove()).statusCode, (await remove()).statusCode]).toEqual([204, 404]);
  });
});

describe("time series", () => {
  const plan = planWith({ switches: ["engineOilPressure"] });
  const change = (ports: ServerPorts): Partial<ServerPorts> => ({
    plans: new Map([[samplePlan.plan, plan]]),
    telemetry: {
      ...ports.telemetry,
      raw: async ({ signal, fromNs = 0n }) => ({
        t: [0, 1, 599, 600].map((s) =>
          new Date(Number(fromNs / 1_000_000n) + s * 1_000).toISOString(),
        ),
        value: signal === "engineOilPressure" ? [0, 0, 1, 0] : [10, 11, 12, 13],
        quality: ["good", "good", "good", "good"],
      }),
      buckets: async ({ fromNs = 0n }) => ({
        t: [0, 60, 120].map((s) => new Date(Number(fromNs / 1_000_000n) + s * 1_000).toISOString()),
        min: [0, 0, 0],
        max: [900, 900, 0],
        mean: [800, 800, 0],
        first: [800, 800, 0],
        last: [800, 800, 0],
        count: [1, 1, 1],
        errors: [0, 0, 0],
        bucketNs: "60000000000",
      }),
    },
  });
  const base = "/aemp/Fleet/Equipment/ID/JD5055E-1";
  const days = "2026-05-01T00:00:00Z/2026-05-03T12:00:00Z";

  test("one value in ten minutes with the time it was measured, a day a page", async () => {
    const { get } = await opened(1, { change });
    const reply = await get(`${base}/CumulativeOperatingHours/${days}/2`);
    const { equipment, links } = readFleet(reply.body);
    expect(equipment[0]?.points).toEqual(
      [
        ["2026-05-02T00:09:59Z", 12],
        ["2026-05-02T00:10:00Z", 13],
      ].map(([at, Hour]) => ({
        element: "CumulativeOperatingHours",
        timeMs: Date.parse(String(at)),
        values: { Hour },
      })),
    );
    expect(links.map(({ rel, href }) => [rel, href.slice(-2)])).toEqual([
      ["self", "/2"],
      ["prev", "/1"],
      ["next", "/3"],
      ["last", "/3"],
    ]);
    expect((await get(`${base}/CumulativeOperatingHours/${days}/4`)).statusCode).toBe(404);
  });

  test("an engine and a switch tell when they changed", async () => {
    const { get } = await opened(1, { change });
    const values = async (element: string) =>
      readFleet((await get(`${base}/${element}/${days}/1`)).body).equipment[0]?.points.map(
        ({ values }) => values,
      );
    expect(await values("EngineStatus")).toEqual([
      { EngineNumber: "1", Running: true },
      { EngineNumber: "1", Running: false },
    ]);
    expect(await values("switchStatus")).toEqual([
      { Number: 1, Value: false },
      { Number: 1, Value: true },
      { Number: 1, Value: false },
    ]);
  });

  test("faults have the code, what it means, how bad it is and who sent it", async () => {
    const { get } = await opened(1, { change });
    const end = new Date(Date.now() + 1_000).toISOString();
    const start = new Date(Date.now() - 3_600_000).toISOString();
    const reply = await get(`${base}/faults/${start}/${end}`);
    expect(reply.body).toContain("<CodeIdentifier>SPN 100 FMI 4</CodeIdentifier>");
    expect(readFleet(reply.body).equipment[0]?.points.map(({ values }) => values)).toEqual([
      {
        CodeIdentifier: "SPN 100 FMI 4",
        Description: "Engine oil pressure sensor",
        Severity: "medium",
        Source: "J1939 SA 0",
      },
    ]);
    const before = `${base}/Faults/2026-01-01T00:00:00Z/2026-01-02T00:00:00Z`;
    expect(readFleet((await get(before)).body).equipment[0]?.points).toEqual([]);
  });

  test("two read at once, the others in their turn, and each read can be ended", async () => {
    let running = 0;
    let most = 0;
    const gone: (boolean | undefined)[] = [];
    const { get } = await opened(1, {
      change: (ports) => ({
        ...change(ports),
        telemetry: {
          ...ports.telemetry,
          raw: async (_query, asking) => {
            gone.push(asking?.abort?.aborted);
            most = Math.max(most, ++running);
            await new Promise((go) => setImmediate(go));
            running--;
            return { t: [], value: [], quality: [] };
          },
        },
      }),
    });
    const url = `${base}/CumulativeOperatingHours/${days}/1`;
    const replies = await Promise.all(Array.from({ length: 9 }, () => get(url)));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual(replies.map(() => 200));
    expect([most, gone]).toEqual([2, gone.map(() => false)]);
  });

  test("an element or a span that cannot be is refused in words", async () => {
    const { get } = await opened(1, { change });
    for (const [path, status, code] of [
      ["Nonsense", 404, "NOT_FOUND"],
      ["Distance/2026-05-01/2026-05-02", 400, "BAD_TIME_RANGE"],
      ["Distance/2026-05-02T00:00:00Z/2026-05-01T00:00:00Z", 400, "BAD_TIME_RANGE"],
      ["Distance/2026-01-01T00:00:00Z/2026-05-01T00:00:00Z", 400, "BAD_TIME_RANGE"],
    ] as const) {
      const reply = await get(`${base}/${path}`);
      expect([path, reply.statusCode, reply.json().code]).toEqual([path, status, code]);
    }
    expect((await get(`${base}/Distance`)).statusCode).toBe(200);
  });
});
