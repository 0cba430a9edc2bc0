import { Ticket } from "@firebreak/tickets/ticket.ts";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GatewayListRow } from "./api/gateway-health.ts";
import { MachineHealth } from "./api/machine-health.ts";
import {
  Ledger,
  LedgerHour,
  LinkState,
  MachineRow,
  Page,
  QuarantineItem,
  RefusalRow,
  Series,
  SignalNow,
  TroubleCode,
} from "./api/schemas.ts";
import { createServer } from "./create-server.ts";
import { BackFillRow, CodeHistory } from "./routes/late-data.ts";
import { hostile, seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: FastifyInstance;
beforeEach(async () => {
  seeded = await seededPorts();
  app = createServer(seeded.ports);
});
afterEach(() => app.close());

const asRole = (role: Parameters<typeof tokenOf>[0]) => ({
  authorization: `Bearer ${tokenOf(role)}`,
});
const get = (url: string, headers: Record<string, string> = asRole("viewer")) =>
  app.inject({ url, headers });

describe("replies", () => {
  const day = "from=2026-05-01T00:00:00Z&to=2026-05-01T00:10:00Z";
  test.each([
    { url: "/machines", schema: Page(MachineRow) },
    { url: "/machines/JD5055E-1", schema: MachineRow },
    { url: "/machines/JD5055E-1/health", schema: MachineHealth },
    { url: "/machines/JD5055E-1/signals", schema: Page(SignalNow) },
    { url: "/machines/JD5055E-1/codes", schema: Page(TroubleCode) },
    { url: "/machines/JD5055E-1/back-fills", schema: Page(BackFillRow) },
    { url: "/machines/JD5055E-1/codes/history", schema: CodeHistory },
    { url: "/machines/JD5055E-1/ledger", schema: Ledger },
    { url: "/machines/JD5055E-1/ledger/hours", schema: Page(LedgerHour) },
    { url: `/machines/JD5055E-1/series?signal=engineSpeed&${day}`, schema: Series },
    { url: `/machines/JD5055E-1/series?signal=engineSpeed&${day}&points=20`, schema: Series },
    { url: "/tickets?machine=JD5055E-1&state=open", schema: Page(Ticket) },
    { url: "/tickets/T-1001", schema: Ticket },
    { url: "/quarantine", schema: Page(QuarantineItem) },
    { url: "/refusals", schema: Page(RefusalRow) },
    { url: "/links", schema: LinkState },
    { url: "/gateways", schema: Page(GatewayListRow) },
  ])("$url keeps to its schema", async ({ url, schema }) => {
    const reply = await get(`/api/v1${url}`);
    expect(reply.statusCode).toBe(200);
    expect([...Value.Errors(schema, reply.json())]).toEqual([]);
    expect(reply.headers["cache-control"]).toBe("no-store");
  });

  test("a ticket says its evidence in one sentence of each language, with rule and version", async () => {
    const { evidence } = (await get("/api/v1/tickets/T-1001")).json<Ticket>();
    expect(evidence[0]?.sentence?.en).toContain("SPN 100 FMI 4 (voltage below normal)");
    expect(evidence[0]?.sentence?.["zh-CN"]).toMatch(/^控制器 0 报出 SPN 100.*5月1日 16:00:00/);
    expect(evidence[0]).toMatchObject({ rule: "dm1", planRef: "loader-tractor@1" });
  });

  test("data that came late are told in one sentence of each language, and where they are drawn", async () => {
    const { items } = (await get("/api/v1/machines/JD5055E-1/back-fills")).json();
    expect(items).toMatchObject([
      {
        text: { en: "50 events found in back-filled data", "zh-CN": "补传数据中发现 50 次事件" },
        ...{ page: "/machines/JD5055E-1?backFill=4096", isWhole: true },
        rules: [{ ruleId: "coolant-hot", count: 50 }],
      },
    ]);
    expect((await get("/api/v1/machines/M-00001/back-fills")).json().items).toEqual([]);
    const codes = "/api/v1/machines/JD5055E-1/codes/history?from=2026-05-01T00:00:30Z";
    expect((await get(codes)).json().items).toMatchObject([{ state: "gone", spn: 100 }]);
  });

  test("a signal that is not good has no number, one that never came has no time", async () => {
    const { items } = (await get("/api/v1/machines/JD5055E-1/signals")).json();
    const named = new Map(items.map((item: { name: string }) => [item.name, item]));
    expect(named.get("engineOilPressure")).toMatchObject({
      value: null,
      quality: "error",
      spn: 100,
    });
    expect(named.get("engineHours")).toMatchObject({ quality: "not-available", t: null });
  });

  test("raw series hold every sample, reduced ones their extremes", async () => {
    const url = "/api/v1/machines/JD5055E-1/series?signal=engineSpeed&from=1777593600000";
    const raw = (await get(`${url}&to=2026-05-01T00:10:00Z`)).json();
    expect(raw.t).toHaveLength(600);
    expect(raw.t[0]).toBe("2026-05-01T00:00:00.000000000Z");
    const reduced = (await get(`${url}&to=2026-05-01T00:10:00Z&points=20`)).json();
    expect(reduced.t.length).toBeLessThanOrEqual(20);
    expect([...reduced.t].sort()).toEqual(reduced.t);
  });

  test("tickets of an unknown machine are an empty list", async () => {
    expect((await get("/api/v1/tickets?machine=nobody")).json()).toEqual({ items: [], next: null });
  });

  test("pages follow one another without a gap or a repeat", async () => {
    const seen: string[] = [];
    let cursor = "";
    do {
      const url = `/api/v1/machines?limit=5&sort=health&order=desc${cursor}`;
      const { items, next } = (await get(url)).json();
      seen.push(...items.map(({ machineId }: { machineId: string }) => machineId));
      cursor = next === null ? "" : `&cursor=${next}`;
    } while (cursor !== "");
    expect(seen).toHaveLength(12);
    expect(new Set(seen).size).toBe(12);
  });

  test("text of people stays text", async () => {
    const reply = await get("/api/v1/machines/M-00003");
    expect(reply.json().title).toBe(hostile);
    expect(reply.headers["content-type"]).toContain("application/json");
    expect(reply.headers["x-content-type-options"]).toBe("nosniff");
    expect(reply.headers["content-security-policy"]).not.toContain("unsafe-inline");
  });
});

describe("refusals", () => {
  test.each([
    { url: "/machines/nobody", status: 404, code: "UNKNOWN_MACHINE", where: "machineId" },
    { url: "/tickets/nobody", status: 404, code: "TICKET_UNKNOWN", where: undefined },
    { url: "/machines?cursor=zzz", status: 400, code: "BAD_CURSOR", where: "cursor" },
    { url: "/machines?limit=0", status: 400, code: "BAD_REQUEST", where: "limit" },
    { url: "/machines/M-00001/series", status: 400, code: "BAD_REQUEST", where: "signal" },
    {
      url: "/machines/M-00001/series?signal=a&from=yesterday",
      status: 400,
      code: "BAD_TIME_RANGE",
      where: "from",
    },
    { url: "/tickets?kind=x", status: 400, code: "BAD_REQUEST", where: "kind" },
    { url: "/nothing", status: 404, code: "NOT_FOUND", where: undefined },
  ])("$url gives $code", async ({ url, status, code, where }) => {
    const reply = await get(`/api/v1${url}`);
    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toMatchObject(where === undefined ? { code } : { code, where });
  });

  test("an unexpected error says nothing of itself", async () => {
    seeded.ports.ledger.ledger = () => Promise.reject(new Error("secret path"));
    const reply = await get("/api/v1/machines/M-00001/ledger");
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain("secret");
  });

  test("G9: more requests than allowed in a minute are told to wait, others at the same address are not", async () => {
    const strict = createServer(seeded.ports, { requestsPerMinute: 2, refuseAfterMs: 0 });
    const headers = asRole("viewer");
    const replies = [];
    for (let turn = 0; turn < 3; turn++)
      replies.push(await strict.inject({ url: "/api/v1/machines", headers }));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
    expect(replies[2]?.json().code).toBe("TOO_MANY_REQUESTS");
    const other = await strict.inject({ url: "/api/v1/machines", headers: asRole("analyst") });
    expect(other.statusCode).toBe(200);
    await strict.close();
  });
});

describe("roles", () => {
  test.each([
    { role: "viewer", what: "acknowledge", status: 403 },
    { role: "engineer", what: "acknowledge", status: 200 },
    { role: "engineer", what: "close", status: 403 },
    { role: "dispatcher", what: "acknowledge", status: 200 },
    { role: "dispatcher", what: "close", status: 409 },
    { role: "admin", what: "acknowledge", status: 200 },
  ] as const)("$role may $what a new ticket: $status", async ({ role, what, status }) => {
    const url = `/api/v1/tickets/T-1001/${what}`;
    const reply = await app.inject({ method: "POST", url, headers: asRole(role) });
    expect(reply.statusCode).toBe(status);
  });

  test("the same command twice changes nothing, and closing follows acknowledging", async () => {
    const post = (what: string, payload: object) =>
      app.inject({
        method: "POST",
        url: `/api/v1/tickets/T-1001/${what}`,
        headers: asRole("dispatcher"),
        payload,
      });
    const once = (await post("acknowledge", { commandId: "c-1", note: "on it" })).json();
    const twice = (await post("acknowledge", { commandId: "c-1", note: "on it" })).json();
    expect(twice.version).toBe(once.version);
    expect(once).toMatchObject({ state: "acknowledged", ownerId: "token:dispatcher" });
    const closed = await post("close", { outcome: "no_fault_found", note: "loose plug" });
    expect(closed.json()).toMatchObject({ state: "closed", outcome: "no_fault_found" });
    expect((await post("close", { outcome: "magic" })).json().where).toBe("outcome");
  });
});

describe("probes and documents", () => {
  test("need no login where they must not", async () => {
    expect((await get("/healthz", {})).json()).toEqual({ status: "ok", problems: [] });
    expect((await get("/readyz", {})).json()).toEqual({ ready: true, problems: [] });
    expect((await get("/api/docs/json", {})).statusCode).toBe(200);
  });

  test("readyz names what is red", async () => {
    seeded.problems.text = "the disk is full";
    const reply = await get("/readyz", {});
    expect(reply.statusCode).toBe(503);
    const problem = { name: "journal", severity: "fault", problem: "the disk is full" };
    expect(reply.json().problems).toEqual([problem]);
    const health = await get("/healthz", {});
    expect([health.statusCode, health.json()]).toEqual([
      200,
      { status: "degraded", problems: [problem] },
    ]);
  });

  test.each([
    { severity: "warning", ready: 200, health: 200, status: "degraded" },
    { severity: "fatal", ready: 503, health: 503, status: "dead" },
  ] as const)("a $severity: readyz $ready, healthz $health", async ({ severity, ...expected }) => {
    seeded.problems.text = "so it is";
    seeded.problems.severity = severity;
    expect((await get("/readyz", {})).statusCode).toBe(expected.ready);
    const health = await get("/healthz", {});
    expect([health.statusCode, health.json().status]).toEqual([expected.health, expected.status]);
  });

  test.each([
    { name: "this machine", remoteAddress: "127.0.0.1", headers: {}, status: 200 },
    { name: "another machine", remoteAddress: "10.0.0.9", headers: {}, status: 401 },
    { name: "a token", remoteAddress: "10.0.0.9", headers: asRole("viewer"), status: 200 },
    {
      name: "a proxy on this machine",
      remoteAddress: "127.0.0.1",
      headers: { "x-forwarded-for": "10.0.0.9" },
      status: 401,
    },
  ])("metrics for $name: $status", async ({ remoteAddress, headers, status }) => {
    const reply = await app.inject({ url: "/metrics", remoteAddress, headers });
    expect(reply.statusCode).toBe(status);
  });

  test("the document describes every route", async () => {
    const { paths } = (await get("/api/docs/json")).json();
    const Described = Type.Object({ summary: Type.String({ minLength: 1 }) });
    expect(Object.keys(paths)).toContain("/api/v1/machines/{machineId}/series");
    for (const [path, methods] of Object.entries(paths))
      for (const operation of Object.values(methods as object))
        expect(Value.Check(Described, operation), path).toBe(true);
  });
});
