import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { describeEachDatabase } from "@firebreak/tickets/each-database.fixture.ts";
import { HeldPart } from "@firebreak/tickets/parts/held-parts.ts";
import { type Network, openNetwork } from "@firebreak/tickets/parts/network.fixture.ts";
import {
  MovementView,
  PartView,
  PartWithPlaces,
  StockView,
} from "@firebreak/tickets/parts/stock-views.ts";
import { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import { Ticket } from "@firebreak/tickets/ticket.ts";
import type { FastifyInstance } from "fastify";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Page } from "./api/schemas.ts";
import { createServer } from "./create-server.ts";
import { samplePlan, seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

describeEachDatabase("stock over HTTP", (open) => {
  let net: Network;
  let app: FastifyInstance;
  beforeEach(async () => {
    net = await openNetwork(await open(), {
      home: "SEAL: { bin: A-1, quantity: 5, min: 2, target: 4, max: 6 }",
      "centre-1": "PUMP: { bin: C-1, quantity: 2 }, DEAR: { bin: C-2, quantity: 9 }",
      main: "PUMP: { bin: M-1, quantity: 5 }",
    });
    const { ports } = await seededPorts(1);
    const { clock, desk: stock } = net;
    const part = { partNo: "BOLT", quantity: 1, probability: 1 };
    const service = { ...samplePlan.service, failureModes: { loose: { parts: [part] } } };
    const plans = new Map([["loader", { ...samplePlan, service } as unknown as Plan]]);
    app = createServer({ ...ports, clock, stock, plans });
  });
  afterEach(() => app.close());

  type Who = Parameters<typeof tokenOf>[0];
  const ask = async (url: string, who: Who, body?: object, method?: "PUT") => {
    const reply = await app.inject({
      method: method ?? (body ? "POST" : "GET"),
      url: `/api/v1${url}`,
      headers: { authorization: `Bearer ${tokenOf(who)}` },
      ...(body ? { payload: body } : {}),
    });
    return { status: reply.statusCode, body: reply.json() };
  };
  const conforms = (schema: TSchema, body: unknown) =>
    expect([...Value.Errors(schema, body)]).toEqual([]);

  test("the master is written by who may, whole, and says what is wrong", async () => {
    const facts = {
      name: { en: "Seal", "zh-CN": "密封圈" },
      category: "standard",
      unitPriceFen: 1_250,
      leadTimeDays: 3,
    };
    const added = await ask("/parts", "parts_manager", { partNo: "NEW-1", ...facts });
    conforms(PartView, added.body);
    expect((await ask("/parts", "parts_manager", { partNo: "NEW-1", ...facts })).body.code).toBe(
      "PART_EXISTS",
    );
    const changed = { ...facts, unitPriceFen: 1_500, abcClass: "A", alternates: ["PUMP"] };
    const reply = await ask("/parts/NEW-1", "parts_manager", changed);
    expect(reply.body).toMatchObject({ partNo: "NEW-1", ...changed });
    const without = await ask("/parts/NEW-1", "parts_manager", facts);
    expect(without.body).not.toHaveProperty("alternates");
    for (const alternates of [["NEW-1"], ["NOBODY"]])
      expect((await ask("/parts/NEW-1", "parts_manager", { ...facts, alternates })).body.code).toBe(
        "PART_ALTERNATE",
      );
    expect((await ask("/parts/NOBODY", "parts_manager", facts)).body.code).toBe("PART_UNKNOWN");
    expect((await ask("/parts/NEW-1", "viewer", changed)).status).toBe(403);
    const stock = await ask("/stock?part=PUMP", "parts_manager");
    const {
      onHand: _onHand,
      reserved: _reserved,
      ...pump
    } = (await ask("/parts/PUMP", "parts_manager")).body;
    const { planningPolicy: _p, planClass: _c, stockingEchelon: _e, partNo: _n, ...master } = pump;
    await ask("/parts/PUMP", "parts_manager", { ...master, unitPriceFen: 1 });
    expect((await ask("/stock?part=PUMP", "parts_manager")).body.items.length).toBe(
      stock.body.items.length,
    );
  });

  test("a request goes its whole way: approved, sent, received, handed out, returned, closed", async () => {
    const job = await net.job("above-1", "major");
    const lines = [{ partNo: "DEAR", quantity: 1 }];
    const asked = await ask(`/tickets/${job.ticketId}/parts/request`, "engineer", { lines });
    conforms(Ticket, asked.body);
    const { ticketId } = asked.body;
    const on = (what: string, who: Who, body = {}) =>
      ask(`/tickets/${ticketId}/parts/${what}`, who, body);
    expect([asked.body.state, asked.body.demand.approval]).toEqual(["requested", "region"]);
    expect((await on("approve", "engineer")).status).toBe(403);
    expect(await on("approve", "station_manager")).toMatchObject({
      status: 403,
      body: { code: "PARTS_APPROVAL_LEVEL" },
    });
    const approved = await on("approve", "region_manager");
    expect([approved.status, approved.body.state]).toEqual([200, "reserved"]);
    expect((await on("ready", "parts_manager")).body.code).toBe("PARTS_NOT_READY");
    const held = await ask("/stock/DEAR/reservations", "viewer");
    conforms(Page(HeldPart), held.body);
    expect(held.body.items).toMatchObject([
      { locationId: "centre-1", quantity: 1, state: "active", ticketId, priority: "major" },
    ]);
    const { transferId } = approved.body.parts[0];
    const move = (what: string, who: Who = "parts_manager", body = {}) =>
      ask(`/transfers/${transferId}/${what}`, who, body);
    expect((await move("send")).body.code).toBe("TRANSFER_STATE");
    // Major faults take the green channel: nobody has to let it go.
    for (const what of ["pick", "send", "receive"]) expect((await move(what)).status).toBe(200);
    const list = await ask("/transfers?open=false", "viewer");
    conforms(Page(Transfer), list.body);
    expect(list.body.items).toMatchObject([{ transferId, state: "received" }]);
    const handed = await on("hand-out", "parts_manager", { engineerId: "E-1" });
    expect(handed.body.state).toBe("loaned");
    const loans = await ask("/part-loans?open=true&engineer=E-1", "viewer");
    expect(loans.body.items).toMatchObject([{ partNo: "DEAR", quantity: 1, state: "open" }]);
    const { loanId } = loans.body.items[0];
    const back = await ask(`/part-loans/${loanId}/return`, "parts_manager", {});
    expect(back.body.state).toBe("closed");
    expect((await net.get(ticketId)).state).toBe("closed");
    const ledger = await ask("/stock/DEAR/ledger?limit=2", "viewer");
    conforms(Page(MovementView), ledger.body);
    const rest = await ask(`/stock/DEAR/ledger?cursor=${ledger.body.next}`, "viewer");
    const kinds = [...ledger.body.items, ...rest.body.items].map(({ kind }) => kind).sort();
    expect(kinds).toEqual(["loan_out", "loan_return", "receipt", "transfer_in", "transfer_out"]);
  });

  test("parts are found by the type of machine they are for", async () => {
    for (const search of ["loader", "拖拉机"]) {
      const { body } = await ask(`/parts?search=${encodeURIComponent(search)}`, "engineer");
      expect(body.items.map(({ partNo }: { partNo: string }) => partNo)).toEqual(["BOLT"]);
    }
  });

  test("parts are found by number and name, with who plans them", async () => {
    const { body } = await ask("/parts?search=pum", "engineer");
    conforms(Page(PartView), body);
    expect(body.items).toMatchObject([
      { partNo: "PUMP", onHand: 7, stockingEchelon: "regional_centre", planClass: "non_core" },
    ]);
    expect((await ask("/parts/NONE", "engineer")).status).toBe(404);
    const first = await ask("/parts?limit=2", "engineer");
    const second = await ask(`/parts?limit=9&cursor=${first.body.next}`, "engineer");
    expect([first.body.items.length, second.body.items.length]).toEqual([2, 4]);
  });

  test("where a part could come from, best first", async () => {
    const { body } = await ask(
      "/parts/PUMP/places?destination=home&priority=emergency",
      "engineer",
    );
    conforms(PartWithPlaces, body);
    expect(body.places.map(({ locationId }: { locationId?: string }) => locationId)).toEqual([
      "centre-1",
      "main",
      undefined,
    ]);
    expect(body.places[0]).toMatchObject({ bin: "C-1", free: 2, transfers: 1 });
  });

  test("SK-8: items outside their band are listed; a count, a receipt and a policy move them", async () => {
    const outside = async (band: string) => {
      const { body } = await ask(`/stock?band=${band}`, "viewer");
      conforms(Page(StockView), body);
      return body.items.map(({ partNo }: { partNo: string }) => partNo);
    };
    expect([await outside("below"), await outside("above")]).toEqual([[], []]);
    const item = "/stock/SEAL/home";
    const write = (what: string, body: object, who: Who = "parts_manager") =>
      ask(`${item}/${what}`, who, body);
    expect((await write("count", { counted: 1, reason: "count" }, "engineer")).status).toBe(403);
    expect((await write("count", { counted: 1, reason: "count" })).body).toMatchObject({
      onHand: 1,
      band: "below",
    });
    expect([await outside("below"), await outside("outside")]).toEqual([["SEAL"], ["SEAL"]]);
    const receipt = { quantity: 9, commandId: "once" };
    await write("receive", receipt);
    expect((await write("receive", receipt)).body).toMatchObject({ onHand: 10, band: "above" });
    expect([await outside("above"), await outside("outside")]).toEqual([["SEAL"], ["SEAL"]]);
    expect((await write("policy", { min: 9, target: 4 })).body.code).toBe("STOCK_BAND");
    const policy = { max: 12, ringFenced: { exceed: 3 }, bin: "B-2" };
    expect((await write("policy", policy)).body).toMatchObject({
      band: "within",
      bin: "B-2",
      available: { exceed: 10, above: 7, meet: 7 },
    });
    expect((await write("adjust", { by: -99, reason: "broken" })).body.code).toBe("STOCK_SHORT");
    expect((await write("count", { counted: 1, reason: "x" })).status).toBe(200);
  });

  test("a transfer nobody's ticket asked for is approved before it goes", async () => {
    const wish = { partNo: "PUMP", fromId: "main", toId: "home", quantity: 2 };
    const made = await ask("/transfers", "parts_planner", wish);
    const { transferId } = made.body;
    const step = (what: string, who: Who, body = {}) =>
      ask(`/transfers/${transferId}/${what}`, who, body);
    expect((await step("pick", "parts_planner")).body.code).toBe("TRANSFER_STATE");
    expect((await step("approve", "station_manager")).status).toBe(403);
    expect((await step("approve", "region_manager")).body.state).toBe("approved");
    for (const what of ["pick", "send"]) await step(what, "parts_planner");
    expect((await step("lose", "parts_manager")).status).toBe(400);
    expect((await step("lose", "parts_manager", { reason: "van burnt" })).body.state).toBe("lost");
    expect(await net.levels("PUMP")).toMatchObject({ home: "0/0", main: "3/0" });
    const away = { ...wish, quantity: 99 };
    expect((await ask("/transfers", "parts_planner", away)).body.code).toBe("STOCK_SHORT");
    expect((await ask("/transfers/none", "viewer")).status).toBe(404);
  });

  test("places are listed and written", async () => {
    const van = {
      kind: "vehicle",
      name: { en: "Van 2", "zh-CN": "服务车2" },
      regionId: "central",
      engineerId: "E-2",
    };
    expect((await ask("/stock-locations/van-2", "engineer", van, "PUT")).status).toBe(403);
    const put = await ask("/stock-locations/van-2", "parts_planner", van, "PUT");
    expect(put.body).toEqual({ ...van, locationId: "van-2" });
    const { body } = await ask("/stock-locations", "viewer");
    expect(body.items).toContainEqual(put.body);
    const receipt = { quantity: 1 };
    const there = await ask("/stock/PUMP/van-2/receive", "parts_planner", receipt);
    expect(there.body).toMatchObject({ onHand: 1, locationKind: "vehicle" });
    const nowhere = await ask("/stock/PUMP/nowhere/receive", "parts_planner", receipt);
    expect([nowhere.status, nowhere.body.code]).toEqual([404, "STOCK_LOCATION_UNKNOWN"]);
  });
});
