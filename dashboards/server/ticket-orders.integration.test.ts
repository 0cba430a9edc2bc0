import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "@firebreak/kit/database.ts";
import {
  leaking,
  type OrdersWorld,
  openOrdersWorld,
  pumpId,
} from "@firebreak/tickets/orders/orders.fixture.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let folder: string;
let db: Database;
let world: OrdersWorld;
let app: FastifyInstance;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-orders-"));
  db = openDatabase({ path: join(folder, "firebreak.sqlite") });
  world = await openOrdersWorld(db);
  const { ports } = await seededPorts(1);
  app = createServer({ ...ports, tickets: world.service });
});
afterEach(async () => {
  await app.close();
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

type Who = Parameters<typeof tokenOf>[0];
const ask = async (url: string, who: Who = "dispatcher", body?: object) => {
  const reply = await app.inject({
    method: body ? "POST" : "GET",
    url: `/api/v1/${url}`,
    headers: { authorization: `Bearer ${tokenOf(who)}` },
    ...(body ? { payload: body } : {}),
  });
  return { status: reply.statusCode, body: reply.json() };
};

describe("orders of tickets", () => {
  test("from acknowledge to the engineer who is sent, with the reasons", async () => {
    const { ticketId } = await world.apply(leaking());
    const suggested = await ask(`tickets/${ticketId}/suggestions`);
    expect(suggested.body.chosen.reasons.length).toBeGreaterThan(0);
    expect(JSON.stringify(suggested.body)).not.toContain("陈国强");
    expect((await ask(`tickets/${ticketId}/acknowledge`, "dispatcher", {})).status).toBe(200);
    const assigned = await ask(`tickets/${ticketId}/assign`, "dispatcher", { commandId: "a-1" });
    expect(assigned.body).toMatchObject({
      state: "assigned",
      assignment: { engineerId: suggested.body.chosen.engineerId },
    });
    const again = await ask(`tickets/${ticketId}/assign`, "dispatcher", { commandId: "a-1" });
    expect(again.body.version).toBe(assigned.body.version);
  });

  test("what the state does not allow, what is missing, and what is not theirs", async () => {
    const { ticketId } = await world.apply(leaking());
    const code = async (order: string, who: Who, body: object = {}) => {
      const { status, body: reply } = await ask(`tickets/${ticketId}/${order}`, who, body);
      return [status, reply.code];
    };
    expect(await code("finish", "dispatcher")).toEqual([400, "BAD_REQUEST"]);
    expect(await code("resume", "dispatcher")).toEqual([409, "TICKET_TRANSITION"]);
    await world.give(ticketId, { type: "acknowledge" });
    expect(await code("assign", "dispatcher", { engineerId: "E-999" })).toEqual([
      409,
      "TICKET_GUARD",
    ]);
    await world.give(ticketId, { type: "assign" });
    expect(await code("accept", "engineer")).toEqual([403, "TICKET_NOT_ALLOWED"]);
    expect(await code("assign", "engineer")).toEqual([403, "NOT_ALLOWED"]);
    expect(await code("cancel", "viewer", { reason: "no" })).toEqual([403, "NOT_ALLOWED"]);
    expect(await code("arrive", "dispatcher", { mind: 1 })).toEqual([400, "BAD_REQUEST"]);
  });

  test("the board is found by what it is asked for, page by page, with the parts of each job", async () => {
    await world.apply(leaking());
    await world.apply(leaking({ findingId: "f-2", failureMode: "piston-wear" }));
    await world.apply(leaking({ findingId: "f-3", machineId: "PUMP-002" }));
    const ids = async (query: string) =>
      (await ask(`board?${query}`)).body.items.map((item: { machineId: string }) => item.machineId);
    expect(await ids("")).toHaveLength(3);
    expect(await ids("region=hunan")).toEqual([pumpId, pumpId]);
    expect(await ids("region=central")).toEqual([pumpId, pumpId]);
    expect(await ids("region=southwest")).toEqual(["PUMP-002"]);
    expect(await ids("engineer=none&priority=major")).toHaveLength(2);
    expect(await ids("text=pump-002&sort=exposure")).toEqual(["PUMP-002"]);
    expect(await ids("dueBefore=2026-03-02T00:00:00Z")).toEqual([]);
    const first = (await ask("board?limit=2&sort=exposure")).body;
    const second = (await ask(`board?limit=2&sort=exposure&cursor=${first.next}`)).body;
    const all = [...first.items, ...second.items];
    expect(new Set(all.map(({ ticketId }: { ticketId: string }) => ticketId)).size).toBe(3);
    expect(all.every(({ parts }: { parts: unknown[] }) => parts.length === 1)).toBe(true);
    expect(all[0]).not.toHaveProperty("timeline");
    expect((await ask("board?cursor=nonsense")).body.code).toBe("TICKET_CURSOR");
  });

  test("a ticket opened by hand, and the list without timelines", async () => {
    const wanted = { machineId: pumpId, title: "Oil on the ground", priority: "major" };
    const opened = await ask("tickets", "back_office", wanted);
    expect(opened.body).toMatchObject({ trigger: "manual", kind: "repair", customerId: "C-001" });
    expect((await ask("tickets", "viewer", wanted)).status).toBe(403);
    const { items } = (await ask(`tickets?machine=${pumpId}&trigger=manual`)).body;
    expect(items).toHaveLength(1);
    expect(items[0]).not.toHaveProperty("timeline");
  });
});
