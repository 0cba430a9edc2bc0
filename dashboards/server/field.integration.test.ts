import { describeEachDatabase } from "@firebreak/tickets/each-database.fixture.ts";
import { createFieldDesk } from "@firebreak/tickets/field/field-desk.ts";
import {
  type FieldWorld,
  openFieldWorld,
  tractorPlan,
} from "@firebreak/tickets/field/field-world.fixture.ts";
import { followField } from "@firebreak/tickets/field/follow-field.ts";
import { SmartWorkOrder } from "@firebreak/tickets/field/work-order.ts";
import { createVerifier } from "@firebreak/tickets/verification/verifier.ts";
import type { FastifyInstance } from "fastify";
import { Value } from "typebox/value";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

describeEachDatabase("field routes", (open) => {
  let world: FieldWorld;
  let app: FastifyInstance;
  /** The machine whose work orders cannot be put together. */
  let unreadable: string | undefined;
  beforeEach(async () => {
    const db = await open();
    unreadable = undefined;
    const planOf = (machineId: string) => {
      if (machineId === unreadable) throw new TypeError("the plan is not what it was");
      return tractorPlan;
    };
    const verifier = createVerifier({ db, planOf, hasGateway: () => true });
    world = await openFieldWorld(db, { follow: followField(verifier) });
    const { ports } = await seededPorts(1);
    const { begin, workOf } = world.service;
    const { telemetry } = ports;
    const field = createFieldDesk({ db, clock: world.clock, begin, workOf, planOf, telemetry });
    app = createServer({ ...ports, field });
  });
  afterEach(() => app.close());

  type Who = Parameters<typeof tokenOf>[0];
  const call = async (
    url: string,
    { who = "dispatcher" as Who, body = undefined as unknown, headers = {} } = {},
  ) => {
    const reply = await app.inject({
      url: `/api/v1${url}`,
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${tokenOf(who)}`, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return {
      status: reply.statusCode,
      headers: reply.headers,
      body: reply.body === "" ? undefined : reply.json(),
    };
  };

  test("the work order comes whole, and not again while its etag holds", async () => {
    const ticketId = await world.bring("assigned");
    const first = await call(`/tickets/${ticketId}/work-order`);
    expect([...Value.Errors(SmartWorkOrder, first.body)]).toEqual([]);
    expect(first.body.series.length).toBeGreaterThan(0);
    const headers = { "if-none-match": String(first.headers.etag) };
    expect((await call(`/tickets/${ticketId}/work-order`, { headers })).status).toBe(304);
    await world.order(ticketId, { type: "depart" });
    expect((await call(`/tickets/${ticketId}/work-order`, { headers })).status).toBe(200);
    expect((await call("/tickets/T-0/work-order")).status).toBe(404);
  });

  test("my work holds whole orders, and only what is new for whoever has the rest", async () => {
    const ticketId = await world.bring("assigned");
    const all = await call("/field/my-work?engineer=E-1");
    expect(all.body.items).toMatchObject([{ ticketId, order: { ticketId, state: "assigned" } }]);
    const { etag } = all.body.items[0];
    const delta = await call(`/field/my-work?engineer=E-1&have=${ticketId}:${etag}`);
    expect(delta.body.items).toEqual([{ ticketId, etag }]);
    expect((await call("/field/my-work?engineer=E-2")).body.items).toEqual([]);
    expect((await call("/field/my-work")).status).toBe(400);
    expect((await call("/field/my-work?engineer=E-1", { who: "viewer" })).status).toBe(403);
  });

  test("a ticket whose work order cannot be put together keeps no other from the engineer", async () => {
    const [good, bad] = [
      await world.bring("assigned"),
      await world.bring("assigned", { findingId: "F-2", machineId: "M-2" }),
    ];
    const work = async (have = "") => {
      const { status, body } = await call(`/field/my-work?engineer=E-1${have}`);
      expect(status).toBe(200);
      return new Map<string, object>(
        body.items.map((item: { ticketId: string }) => [item.ticketId, item]),
      );
    };
    const before = (await work()).get(bad) as { etag: string };
    unreadable = "M-2";
    const items = await work();
    expect([...items.keys()].sort()).toEqual([good, bad].sort());
    expect(items.get(good)).toMatchObject({ order: { ticketId: good } });
    expect(items.get(bad)).toEqual({ ticketId: bad, etag: "", problem: expect.any(String) });
    // A phone that has it keeps it.
    const held = (await work(`&have=${bad}:${before.etag}`)).get(bad);
    expect(held).toMatchObject({ etag: before.etag, problem: expect.any(String) });
    expect(held).not.toHaveProperty("order");
  });

  test("a phone synchronises, a stranger does not", async () => {
    const ticketId = await world.bring("assigned");
    const commands = [
      { commandId: "a-1", ticketId, type: "depart", body: {} },
      { commandId: "a-2", ticketId, type: "depart", body: {} },
    ];
    const reply = await call("/field/sync", { body: { commands } });
    expect(reply.body.answers).toMatchObject([
      { commandId: "a-1", status: "done", state: "en_route" },
      { commandId: "a-2", status: "refused", whatToDo: "drop" },
    ]);
    expect((await call("/field/sync", { who: "viewer", body: { commands } })).status).toBe(403);
    const strange = await call("/field/sync", { who: "engineer", body: { commands } });
    expect(strange.body.answers[0]).toMatchObject({ code: "TICKET_NOT_ALLOWED" });
  });

  test("how far a proof is, and what was reported", async () => {
    const ticketId = await world.bring("in_progress");
    expect((await call(`/tickets/${ticketId}/verification`)).body).toBeNull();
    expect((await call(`/tickets/${ticketId}/service-reports`)).body).toEqual({
      items: [],
      next: null,
    });
    await world.order(ticketId, {
      type: "finish",
      attempts: [{ judgement: "plug", handling: "pushed in", result: "fixed" }],
      isMachineChecked: true,
      inspection: { isAnswered: true, isSurveyed: true, failedSteps: [] },
    });
    expect((await call(`/tickets/${ticketId}/verification`)).body).toMatchObject({
      status: "running",
      operatingSeconds: 0,
      neededSeconds: 60,
    });
  });

  test("§3.13: a baseline begins again only where a part was replaced", async () => {
    const ticketId = await world.bring("in_progress");
    const body = { position: "oil-pressure-sensor" };
    const reply = await call(`/tickets/${ticketId}/baseline-reset`, { body });
    expect([reply.status, reply.body.code]).toEqual([409, "RESET_WITHOUT_PART"]);
  });
});
