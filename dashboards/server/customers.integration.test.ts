import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@firebreak/kit/database.ts";
import { createCustomerDesk } from "@firebreak/tickets/customers/customer-desk.ts";
import {
  type CustomerWorld,
  customersPlan,
  openCustomers,
  toFollowUp,
} from "@firebreak/tickets/customers/customers.fixture.ts";
import { makeLink } from "@firebreak/tickets/customers/feedback-store.ts";
import { jpegWithPlace, secretPlace } from "@firebreak/tickets/field/media.fixture.ts";
import { createMediaFiles } from "@firebreak/tickets/field/media-files.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

const serialNumber = "FBPT56-2024-0031";

let folder: string;
let world: CustomerWorld;
let app: FastifyInstance;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-customers-"));
  const db = openDatabase({ path: join(folder, "firebreak.sqlite") });
  world = await openCustomers(db);
  const { ports } = await seededPorts(1);
  const files = createMediaFiles(join(folder, "media"));
  const customers = createCustomerDesk({
    db,
    clock: world.clock,
    tickets: world.service,
    files,
    plans: [customersPlan],
    planOf: () => customersPlan,
  });
  app = createServer({ ...ports, clock: world.clock, customers });
});
afterEach(async () => {
  await app.close();
  await world.db.close();
  rmSync(folder, { recursive: true, force: true });
});

type Who = Parameters<typeof tokenOf>[0];
const ask = async (
  method: "GET" | "POST",
  path: string,
  { body, as, from = "10.0.0.1" }: { body?: object; as?: Who; from?: string } = {},
) => {
  const reply = await app.inject({
    method,
    url: `/api/v1${path}`,
    remoteAddress: from,
    ...(body ? { payload: body } : {}),
    ...(as ? { headers: { authorization: `Bearer ${tokenOf(as)}` } } : {}),
  });
  return { status: reply.statusCode, body: reply.body === "" ? null : reply.json() };
};
const fault = { symptom: "漏油", machineStopped: false };
const reports = async () => (await ask("GET", "/reports", { as: "dispatcher" })).body.items;

describe("the form for customers", () => {
  test("answers alike whether the number is known or not, and takes both", async () => {
    const known = await ask("POST", "/public/reports", { body: { ...fault, serialNumber } });
    const unknown = await ask("POST", "/public/reports", {
      body: { ...fault, serialNumber: "nobody has this" },
    });
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
    const pages = await Promise.all(
      [known, unknown].map(({ body }) => ask("GET", `/public/progress/${body.progressCode}`)),
    );
    for (const page of pages)
      expect(page).toEqual({ status: 200, body: { stage: "report", since: expect.any(String) } });
    expect((await reports()).map(({ state }: { state: string }) => state).sort()).toEqual([
      "identified",
      "to_identify",
    ]);
  });

  test("keeps nothing of a program that fills in what people do not see", async () => {
    const trap = { ...fault, serialNumber, website: "https://spam.example" };
    const { status, body } = await ask("POST", "/public/reports", { body: trap });
    expect(status).toBe(202);
    expect(body.progressCode).toHaveLength(22);
    expect(await reports()).toEqual([]);
  });

  test("slows down one address, one machine, and whoever guesses codes", async () => {
    const post = (from: string, number: number) =>
      ask("POST", "/public/reports", {
        from,
        body: { ...fault, symptom: `fault ${number}`, serialNumber: "X-1" },
      });
    const one = await Promise.all(Array.from({ length: 12 }, (_, at) => post("10.0.0.2", at)));
    expect(one.filter(({ status }) => status === 429)).toHaveLength(2);
    const many = await Promise.all(
      Array.from({ length: 14 }, (_, at) => post(`10.0.1.${at}`, 100 + at)),
    );
    expect(many.filter(({ status }) => status === 429)).toHaveLength(4);
    const guesses: number[] = [];
    for (let at = 0; at < 22; at++)
      guesses.push((await ask("GET", `/public/progress/${String(at).padStart(22, "A")}`)).status);
    expect(guesses).toEqual([...Array(20).fill(404), 429, 429]);
  });

  test("takes a photo by the report's code, without the place where it was taken", async () => {
    const { body } = await ask("POST", "/public/reports", { body: { ...fault, serialNumber } });
    const form = new FormData();
    form.append("file", new Blob([Uint8Array.from(jpegWithPlace)]), "x.jpg");
    const upload = new Response(form);
    const send = async (code: string) =>
      app.inject({
        method: "POST",
        url: `/api/v1/public/reports/${code}/media?kind=photo`,
        headers: { "content-type": upload.headers.get("content-type") ?? "" },
        payload: bytes,
      });
    const bytes = Buffer.from(await upload.arrayBuffer());
    const taken = await send(body.progressCode);
    expect(taken.statusCode).toBe(200);
    expect((await send("A".repeat(22))).statusCode).toBe(404);
    const [report] = await reports();
    const ticket = await world.service.get(report.ticketId);
    expect(ticket.customerReported).toBe(true);
    expect(bytes.includes(secretPlace)).toBe(true);
    world.clock.advance(25 * 3_600_000);
    expect((await send(body.progressCode)).statusCode).toBe(404);
  });
});

describe("ratings over HTTP", () => {
  const followedUp = async () => {
    const { body } = await ask("POST", "/reports", {
      as: "dispatcher",
      body: { ...fault, serialNumber, failureMode: "brakes", contact: { name: "王师傅" } },
    });
    expect(body.report.contact).toEqual({ name: "王师傅" });
    for (const order of toFollowUp) await world.order(body.report.ticketId, order);
    return body.report.ticketId as string;
  };

  test("AS-19: an engineer can neither write nor read a rating, before or after", async () => {
    const ticketId = await followedUp();
    const write = { as: "engineer" as const, body: { feedback: { npsScore: 10 } } };
    expect((await ask("POST", `/tickets/${ticketId}/feedback`, write)).status).toBe(403);
    for (const who of ["engineer", "station_manager", "region_manager"] as const)
      expect((await ask("GET", "/feedback", { as: who })).status).toBe(403);
    const { progressCode } = await world.service.get(ticketId);
    for (const code of [progressCode, ticketId])
      expect(
        (await ask("POST", `/public/ratings/${code}`, { body: { npsScore: 10 } })).status,
      ).toBe(404);
    const code = await world.work(async (work) =>
      makeLink(work, { subject: ticketId, source: "micro", ticketId }),
    );
    expect((await ask("GET", `/public/ratings/${code}`)).body).toEqual({
      source: "micro",
      isUsed: false,
    });
    const rate = () =>
      ask("POST", `/public/ratings/${code}`, {
        body: { npsScore: 3, csat: 2, comment: "zu spät" },
      });
    expect((await rate()).status).toBe(204);
    expect((await rate()).status).toBe(409);
    expect((await ask("GET", "/feedback", { as: "hq_service" })).body.items).toMatchObject([
      { npsScore: 3, csat: 2, comment: "zu spät", engineerId: "E-001" },
    ]);
    // One answer is nobody's business but headquarters'.
    const summary = await ask("GET", "/feedback/summary?engineerId=E-001", { as: "engineer" });
    expect(summary.body).toMatchObject({ answers: 1, nps: null });
    const whole = await ask("GET", "/feedback/summary?regionId=central", { as: "hq_service" });
    expect(whole.body).toMatchObject({ answers: 1, nps: -100, csat: 0 });
    expect(JSON.stringify(await world.service.get(ticketId))).not.toContain("zu spät");
  });

  test("follow-up and complaints are for those who serve customers", async () => {
    await followedUp();
    expect((await ask("GET", "/follow-ups", { as: "engineer" })).status).toBe(403);
    expect((await ask("GET", "/follow-ups", { as: "dispatcher" })).body).toEqual({
      items: [],
      next: null,
    });
    const opened = await ask("POST", "/complaints", {
      as: "engineer",
      body: { text: "too slow", commandId: "k-1" },
    });
    expect(opened).toMatchObject({ status: 200, body: { state: "open" } });
    const step = (to: string) =>
      ask("POST", `/complaints/${opened.body.complaintId}/steps`, {
        as: "dispatcher",
        body: { to, note: "called" },
      });
    expect((await step("closed")).status).toBe(409);
    expect((await step("handled")).body).toMatchObject({ state: "handled" });
  });
});
