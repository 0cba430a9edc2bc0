import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { AuditLine } from "@firebreak/tickets/audit/audit.ts";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer } from "../create-server.ts";
import { createMemoryAudit } from "../memory-audit.fixture.ts";
import { seededPorts, tokenOf } from "../seeded-ports.fixture.ts";
import { RefusalLog } from "./refusal-log.ts";
import { auditRequests } from "./request-audit.ts";

let lines: AuditLine[];
let app: FastifyInstance;
beforeEach(async () => {
  const { ports, audit } = await seededPorts();
  lines = audit.lines;
  app = createServer(ports);
});
afterEach(() => app.close());

type Role = Parameters<typeof tokenOf>[0];
const bearer = (role: Role) => ({ authorization: `Bearer ${tokenOf(role)}` });
const post = (url: string, role?: Role, payload: object = {}) =>
  app.inject({ method: "POST", url: `/api/v1${url}`, headers: role ? bearer(role) : {}, payload });
const told = () =>
  lines.map(({ actor, action, subject, facts }) => ({ actor, action, subject, facts }));
const acknowledge = "/tickets/T-1001/acknowledge";
const action = "POST /api/v1/tickets/:ticketId/acknowledge";
const subject = { kind: "ticket", id: "T-1001" };

describe("a request that changes something", () => {
  test("leaves one line with who, what and the result, and one that only reads leaves none", async () => {
    await app.inject({ url: "/api/v1/tickets", headers: bearer("viewer") });
    await post(acknowledge, "engineer", { note: "rings of 王 13800001111" });
    expect(told()).toEqual([
      { actor: "token:engineer", action, subject, facts: { status: 200, role: "engineer" } },
    ]);
    expect(JSON.stringify(lines)).not.toContain("13800001111");
  });

  test("leaves a line when it is refused, with the code, and so does reading what one may not", async () => {
    await post(acknowledge);
    await post(acknowledge, "viewer");
    await post(acknowledge, "engineer", { unknown: 1 });
    await app.inject({ url: "/api/v1/tickets", headers: bearer("customer") });
    await app.inject({ url: "/api/v1/tickets" });
    expect(told()).toEqual([
      { actor: "anybody", action, subject, facts: { status: 401, code: "NOT_LOGGED_IN" } },
      {
        actor: "token:viewer",
        action,
        subject,
        facts: { status: 403, code: "NOT_ALLOWED", role: "viewer" },
      },
      {
        actor: "token:engineer",
        action,
        subject,
        facts: { status: 400, code: "BAD_REQUEST", role: "engineer" },
      },
      {
        actor: "token:customer",
        action: "GET /api/v1/tickets",
        subject: undefined,
        facts: { status: 403, code: "NOT_ALLOWED", role: "customer" },
      },
    ]);
  });

  test("is about what it has made, where its answer names that", async () => {
    const app = Fastify();
    app.decorateRequest("principal", null);
    const { desk, lines: told } = createMemoryAudit();
    auditRequests(app, { audit: desk, clock: systemClock, log: silentLogger });
    const config = { access: "self" } as const;
    app.post("/tickets", { config }, async () => ({ ticketId: "T-9", machineId: "M-1" }));
    app.post("/reports", { config }, async () => ({ progressCode: "secret", reportId: "R-1" }));
    app.get("/tickets", { config }, async () => ({ ticketId: "T-9" }));
    await app.inject({ method: "POST", url: "/tickets" });
    await app.inject({ method: "POST", url: "/reports" });
    await app.inject({ url: "/tickets" });
    await app.close();
    expect(told.map((line) => line.subject)).toEqual([
      { kind: "ticket", id: "T-9" },
      { kind: "report", id: "R-1" },
    ]);
  });

  test("is logged whichever route it is", async () => {
    const { paths } = (await app.inject({ url: "/api/docs/json" })).json();
    for (const [path, methods] of Object.entries<object>(paths))
      for (const method of Object.keys(methods).filter((one) => one !== "get")) {
        lines.length = 0;
        const url = path.replace(/\{\w+\}/g, "x");
        const upper = method.toUpperCase() as "POST";
        await app.inject({ method: upper, url, headers: bearer("admin"), payload: {} });
        const route = path.replace(/\{(\w+)\}/g, ":$1");
        expect(lines.map((line) => line.action)).toEqual([`${upper} ${route}`]);
      }
  });
});

describe("logging in", () => {
  const logIn = (username: string, password: string) =>
    post("/login", undefined, { username, password });

  test("is logged with the user, and never with what was typed", async () => {
    await logIn("engineer", "correct horse");
    await logIn("engineer", "battery staple");
    await logIn("my-password-in-the-wrong-field", "x");
    expect(told()).toEqual([
      {
        actor: "engineer",
        action: "POST /api/v1/login",
        subject: { kind: "user", id: "engineer" },
        facts: { status: 200, role: "engineer" },
      },
      {
        actor: "anybody",
        action: "POST /api/v1/login",
        subject: { kind: "user", id: "engineer" },
        facts: { status: 401, code: "WRONG_CREDENTIALS" },
      },
      {
        actor: "anybody",
        action: "POST /api/v1/login",
        subject: undefined,
        facts: { status: 401, code: "WRONG_CREDENTIALS" },
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/battery|horse|wrong-field/);
  });
});

describe("refusals", () => {
  const line = { at: "2026-03-01T00:00:00.000Z", actor: "anybody", action: "POST /x" };
  const logOf = () => {
    const recorded: AuditLine[] = [];
    const log = new RefusalLog({ record: async (one) => void recorded.push(one) });
    return { log, recorded };
  };

  test("that repeat within a minute become one line more, however many", async () => {
    const { log, recorded } = logOf();
    for (let turn = 0; turn < 1000; turn++) await log.add(line, turn);
    expect(recorded).toEqual([line]);
    await log.add({ ...line, actor: "somebody" }, 60_000);
    expect(recorded.slice(1)).toEqual([
      { ...line, facts: { again: 999 } },
      { ...line, actor: "somebody" },
    ]);
    await log.flush(Number.POSITIVE_INFINITY);
    expect(recorded).toHaveLength(3);
  });

  test("of ever new kinds are counted together beyond a bound", async () => {
    const { log, recorded } = logOf();
    for (let turn = 0; turn < 5000; turn++) await log.add({ ...line, actor: `${turn}` }, turn);
    expect(recorded).toHaveLength(2000);
    await log.flush(Number.POSITIVE_INFINITY);
    expect(recorded.slice(2000)).toEqual([
      expect.objectContaining({ action: "refused", facts: { again: 3000 } }),
    ]);
  });
});
