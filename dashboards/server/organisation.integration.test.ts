import { createOrganisationDesk } from "@firebreak/tickets/organisation/organisation-desk.ts";
import { openWorld, type World } from "@firebreak/tickets/world.fixture.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let world: World;
let app: FastifyInstance;
beforeEach(async () => {
  world = await openWorld();
  const { ports } = await seededPorts(1);
  const organisation = createOrganisationDesk({ db: world.db, clock: world.clock });
  app = createServer({ ...ports, organisation });
});
afterEach(async () => {
  await app.close();
  await world.close();
});

type Who = Parameters<typeof tokenOf>[0];
const ask = async (url: string, who: Who = "hq_service", body?: object) => {
  const reply = await app.inject({
    method: body ? "POST" : "GET",
    url: `/api/v1/organisation/${url}`,
    headers: { authorization: `Bearer ${tokenOf(who)}` },
    ...(body ? { payload: body } : {}),
  });
  return { status: reply.statusCode, body: reply.json() };
};

describe("the organisation's interface", () => {
  test.each([
    ["regions", 11],
    ["centres", 6],
    ["customers", 4],
    ["sites", 5],
    ["engineers", 12],
    ["machines", 5],
    ["commitments", 2],
  ])("lists %s, page by page", async (kind, count) => {
    const ids: string[] = [];
    let cursor = "";
    do {
      const { body } = await ask(`${kind}?limit=2${cursor}`);
      ids.push(...body.items.map((item: object) => Object.values(item)[0]));
      cursor = body.next === null ? "" : `&cursor=${body.next}`;
    } while (cursor);
    expect(ids).toHaveLength(count);
    const one = await ask(`${kind}/${ids[0]}`);
    expect(one.status).toBe(200);
    expect(one.body.version).toBe(1);
  });

  test("names of engineers are for those who see people, contacts for those who deal with customers", async () => {
    const engineer = async (who: Who) => (await ask("engineers/E-001", who)).body;
    expect((await engineer("engineer")).name).toBe("陈国强");
    expect(JSON.stringify(await engineer("analyst"))).not.toContain("陈国强");
    const customer = async (who: Who) => JSON.stringify((await ask("customers/C-001", who)).body);
    expect(await customer("dispatcher")).toContain("13800010001");
    expect(await customer("hq_service")).toContain("李建华");
    for (const who of ["engineer", "analyst", "viewer", "parts_manager", "rnd"] as const) {
      expect(await customer(who)).not.toContain("13800010001");
      expect(await customer(who)).not.toContain("李建华");
    }
  });

  test("a customer is made, changed with the version that was read, and not with another", async () => {
    const firm = {
      name: "新客户",
      segment: "highway",
      keyAccount: false,
      tier: "standard",
      preferredChannel: "phone",
    };
    const made = await ask("customers", "region_manager", {
      customerId: "C-100",
      ...firm,
      contacts: [{ name: "钱七", phone: "13900000000" }],
    });
    expect(made.body).toMatchObject({ customerId: "C-100", contacts: [{ name: "钱七" }] });
    const { version } = made.body;
    const changed = await ask("customers/C-100", "hq_service", { ...firm, name: "改名", version });
    expect(changed.body).toMatchObject({ name: "改名", contacts: [{ name: "钱七" }] });
    const late = await ask("customers/C-100", "hq_service", { ...firm, version });
    expect([late.status, late.body.code]).toEqual([409, "ORGANISATION_CHANGED"]);
    const again = await ask("customers", "hq_service", { customerId: "C-100", ...firm });
    expect([again.status, again.body.code]).toEqual([409, "ORGANISATION_EXISTS"]);
    const lost = await ask("customers", "hq_service", {
      customerId: "C-101",
      ...firm,
      regionId: "x",
    });
    expect([lost.status, lost.body.message]).toEqual([400, "regionId: there is no region x"]);
  });

  test("a machine is moved, read and given a new meter", async () => {
    const move = { customerId: "C-002", siteId: "S-003", commandId: "m-1" };
    expect((await ask("machines/PUMP-001/move", "dispatcher", move)).status).toBe(403);
    expect((await ask("machines/PUMP-001/move", "hq_service", move)).body.customerId).toBe("C-002");
    const owners = (await ask("machines/PUMP-001/owners")).body.items;
    expect(owners.at(-1)).toMatchObject({ customerId: "C-002", siteId: "S-003", until: null });
    const back = await ask("machines/PUMP-001/hours", "hq_service", { readingHours: 1 });
    expect([back.status, back.body.code]).toEqual([400, "MACHINE_HOURS"]);
    const meter = { lastHours: 3130, firstHours: 0, reason: "broken display" };
    const replaced = await ask("machines/PUMP-001/meter", "hq_service", meter);
    expect(replaced.body.meter).toMatchObject({ readingHours: 0, offsetHours: 3130 });
    const state = await ask("machines/PUMP-001/state", "hq_service", { state: "scrapped" });
    expect([state.status, state.body.code]).toEqual([400, "ORGANISATION_INVALID"]);
  });

  test("machines are found by what they belong to", async () => {
    const ids = async (query: string) =>
      (await ask(`machines?${query}`)).body.items.map(
        ({ machineId }: { machineId: string }) => machineId,
      );
    expect(await ids("stationId=chengdu")).toEqual(["PUMP-002"]);
    expect(await ids("search=fblt")).toEqual(["LOADER-001", "LOADER-101"]);
    expect(await ids("state=standby")).toEqual(["LOADER-101"]);
    expect((await ask("machines?cursor=%21")).body.code).toBe("ORGANISATION_CURSOR");
    expect((await ask("machines/NOBODY")).status).toBe(404);
  });

  test("an engineer's presence is set by who dispatches", async () => {
    const body = { state: "leave" };
    expect((await ask("engineers/E-002/presence", "viewer", body)).status).toBe(403);
    expect((await ask("engineers/E-002/presence", "dispatcher", body)).status).toBe(200);
  });
});
