import type { Affiliation, Role } from "@firebreak/kit/roles.ts";
import { describeEachDatabase } from "@firebreak/tickets/each-database.fixture.ts";
import {
  leaking,
  type OrdersWorld,
  openOrdersWorld,
} from "@firebreak/tickets/orders/orders.fixture.ts";
import { createOrganisationDesk } from "@firebreak/tickets/organisation/organisation-desk.ts";
import { createStockDesk } from "@firebreak/tickets/parts/stock-desk.ts";
import type { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import type { ServerPorts } from "./ports.ts";
import { seededPorts } from "./seeded-ports.fixture.ts";

/** The ticket is of the station Changsha in Hunan, below the region `central`. */
describeEachDatabase("what belongs to somebody", (open) => {
  let world: OrdersWorld;
  let app: FastifyInstance;
  beforeEach(async () => {
    world = await openOrdersWorld(await open());
    const { ports } = await seededPorts(1);
    const { db, clock, service } = world;
    const desk = createStockDesk({ db, begin: service.begin });
    const stock: ServerPorts["stock"] = {
      ...desk,
      transfer: async (transferId) => ({ transferId, fromId: "changsha" }) as Transfer,
      stepTransfer: async ({ transferId }) => ({ transferId }) as Transfer,
    };
    app = createServer({
      ...ports,
      tickets: service,
      stock,
      organisation: createOrganisationDesk({ db, clock }),
      // The token says who asks: role and places.
      tokens: { verify: (token) => ({ id: "u", ...JSON.parse(atob(token)) }) },
    });
  });
  afterEach(() => app.close());

  const statusOf = async (
    url: string,
    who: { readonly role: Role } & Affiliation,
    method: "GET" | "POST" = "POST",
    body: object = {},
  ) => {
    const reply = await app.inject({
      method,
      url: `/api/v1/${url}`,
      headers: { authorization: `Bearer ${btoa(JSON.stringify(who))}` },
      ...(method === "POST" ? { payload: body } : {}),
    });
    return [reply.statusCode, reply.json().code];
  };
  const refused = [403, "NOT_ALLOWED"];
  const wuhan = { role: "station_manager", stationId: "wuhan" } as const;
  const changsha = { role: "station_manager", stationId: "changsha" } as const;

  test("a station's manager orders on the own station's tickets only, and is offered no more", async () => {
    const { ticketId } = await world.apply(leaking());
    const offered = async (who: typeof wuhan | typeof changsha) => {
      const headers = { authorization: `Bearer ${btoa(JSON.stringify(who))}` };
      const url = `/api/v1/tickets/${ticketId}/orders`;
      return (await app.inject({ url, headers })).json().items;
    };
    expect(await offered(wuhan)).toEqual(["parts/request"]);
    expect(await offered(changsha)).toContain("acknowledge");
    expect(await statusOf(`tickets/${ticketId}/acknowledge`, wuhan)).toEqual(refused);
    expect(await statusOf(`tickets/${ticketId}`, wuhan, "GET")).toEqual([200, undefined]);
    expect(await statusOf(`tickets/${ticketId}/acknowledge`, changsha)).toEqual([200, undefined]);
  });

  test("a region's manager orders in the own region and what lies below it", async () => {
    const { ticketId, regionId } = await world.apply(leaking());
    const of = (region: string) =>
      statusOf(`tickets/${ticketId}/note`, { role: "region_manager", regionId: region }, "POST", {
        note: "seen",
      });
    const { file } = await createOrganisationDesk(world).get("regions", regionId);
    expect(file.parentId).toBeDefined();
    expect(await of("elsewhere")).toEqual(refused);
    expect(await of(regionId)).toEqual([200, undefined]);
    expect(await of(file.parentId ?? "")).toEqual([200, undefined]);
  });

  test("parts are approved for the own place", async () => {
    const { childIds } = await world.apply(leaking());
    const path = `tickets/${childIds[0]}/parts/cancel`;
    const reason = { reason: "not needed" };
    expect(await statusOf(path, wuhan, "POST", reason)).toEqual(refused);
    expect(await statusOf(path, changsha, "POST", reason)).toEqual([200, undefined]);
  });

  test("a transfer is let go by the region of the place that gives", async () => {
    const step = (who: { readonly role: Role } & Affiliation) =>
      statusOf("transfers/tr-1/approve", who);
    expect(await step({ role: "region_manager", regionId: "elsewhere" })).toEqual(refused);
    expect(await step({ role: "region_manager", regionId: "hunan" })).toEqual([200, undefined]);
    expect(await step({ role: "parts_manager", regionId: "elsewhere" })).toEqual([200, undefined]);
  });

  test("an engineer's state is changed by the own station", async () => {
    const set = (who: typeof wuhan | typeof changsha) =>
      statusOf("organisation/engineers/E-001/presence", who, "POST", { state: "rest" });
    expect(await set(wuhan)).toEqual(refused);
    expect(await set(changsha)).not.toEqual(refused);
  });

  test("a work order, with whom to call, is for the engineer who has the work", async () => {
    const { ticketId } = await world.apply(leaking());
    await world.give(ticketId, { type: "acknowledge" }, { type: "assign" });
    const { assignment } = await world.service.get(ticketId);
    const read = (engineerId: string) =>
      statusOf(`tickets/${ticketId}/work-order`, { role: "engineer", engineerId }, "GET");
    expect(await read("E-nobody")).toEqual(refused);
    // The desk of this test knows no work orders: whoever is let in hears that.
    expect(await read(assignment?.engineerId ?? "")).toEqual([404, "TICKET_UNKNOWN"]);
    expect(
      await statusOf(`tickets/${ticketId}`, { role: "customer", customerId: "C-001" }, "GET"),
    ).toEqual(refused);
  });
});
