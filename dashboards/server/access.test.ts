import { readFileSync } from "node:fs";
import { join } from "node:path";
import { may, permissions, roles } from "@firebreak/kit/roles.ts";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { declareAccess } from "./auth/declare-access.ts";
import type { Access } from "./auth/guard.ts";
import { declareScope, scopeOf, whyUnscoped } from "./auth/route-scope.ts";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let app: FastifyInstance;
beforeEach(async () => {
  app = createServer((await seededPorts()).ports);
});
afterEach(() => app.close());

interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly description: string;
}

/** Every route there is, with what it says of who may call it. */
async function operations(): Promise<Operation[]> {
  const { paths } = (await app.inject({ url: "/api/docs/json" })).json();
  return Object.entries<Record<string, { description?: string }>>(paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { description = "" }]) => ({
        method: method.toUpperCase() as Operation["method"],
        url: path.replace(/\{(\w+)\}/g, "x"),
        description,
      })),
  );
}

describe("access", () => {
  test("a route that does not say who may call it is refused", async () => {
    const bare = Fastify();
    bare.addHook("onRoute", declareAccess);
    expect(() => bare.get("/secret", async () => "")).toThrow("GET /secret does not declare");
    expect(() =>
      bare.get("/open", { config: { access: "anybody" } }, async () => ""),
    ).not.toThrow();
  });

  test("every route that names something says whose it must be, or why that does not matter", () => {
    const on = (url: string, access: Access) => scopeOf(url, access) ?? whyUnscoped(url, access);
    for (const [url, access, expected] of [
      ["/api/v1/tickets/:ticketId/assign", "tickets.dispatch", "ticket"],
      ["/api/v1/machines/:machineId/shelved", "tickets.dispatch", "machine"],
      ["/api/v1/tickets/:ticketId/accept", "tickets.work", "ticket"],
      ["/api/v1/tickets/:ticketId/work-order", "tickets.read", "ticket"],
      ["/api/v1/tickets/:ticketId/parts/approve", "parts.approve", "ticket"],
      ["/api/v1/transfers/:transferId/approve", "transfers.approve", "transfer"],
      ["/api/v1/transfers/:transferId/send", "stock.write", expect.stringMatching(/shelf/)],
      ["/api/v1/something/:id", "parts.approve", undefined],
      ["/api/v1/something/:id", "audit.read", undefined],
    ] as const)
      expect(on(url, access)).toEqual(expected);
    const bare = Fastify();
    bare.addHook("onRoute", declareScope);
    expect(() =>
      bare.get("/something/:id", { config: { access: "audit.read" } }, async () => ""),
    ).toThrow("has no scope");
  });

  test("every route but those for anybody refuses whoever is not logged in", async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(15);
    for (const { method, url, description } of all) {
      expect(description, url).toMatch(
        /Needs no login\.|For whoever is logged in\.|Needs the permission [\w.]+\.|Needs an access token/,
      );
      if (description.includes("Needs no login.")) continue;
      const reply = await app.inject({ method, url });
      expect([url, reply.statusCode, reply.json().code]).toEqual([url, 401, "NOT_LOGGED_IN"]);
    }
  });

  test("every role is let into, or kept out of, every route as the matrix says", async () => {
    for (const { method, url, description } of await operations()) {
      const [, permission] = /Needs the permission ([\w.]+)\./.exec(description) ?? [];
      const known = permissions.find((one) => one === permission);
      // An event stream does not end; who may open it is tested where it is.
      if (known === undefined || url.endsWith("/events")) continue;
      for (const role of roles) {
        const headers = { authorization: `Bearer ${tokenOf(role)}` };
        const { statusCode } = await app.inject({ method, url, headers });
        expect([role, url, statusCode === 403]).toEqual([role, url, !may(role, known)]);
      }
    }
  });

  test("whoever asks is told what the role may do", async () => {
    const headers = { authorization: `Bearer ${tokenOf("engineer")}` };
    const { role, permissions: held } = (await app.inject({ url: "/api/v1/me", headers })).json();
    expect(role).toBe("engineer");
    expect(held).toContain("tickets.work");
    expect(held).not.toContain("feedback.read");
  });
});

test("the table of roles in docs/http.md is the matrix", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/http.md"), "utf8");
  const rows = permissions.map((permission) => {
    const marks = roles.map((role) => (may(role, permission) ? "x" : ""));
    return `| \`${permission}\` | ${marks.join(" | ")} |`;
  });
  const table = [
    `| | ${roles.map((role) => `\`${role}\``).join(" | ")} |`,
    `|---|${roles.map(() => ":-:|").join("")}`,
    ...rows,
  ].join("\n");
  expect(text).toContain(table);
});
