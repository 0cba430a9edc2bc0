import type { AddressInfo } from "node:net";
import { createExchangeDesk } from "@firebreak/tickets/exchange/exchange-desk.ts";
import { openWorld, type World } from "@firebreak/tickets/world.fixture.ts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let world: World;
let app: FastifyInstance;
let base: string;
beforeAll(async () => {
  world = await openWorld();
  const { ports } = await seededPorts(1);
  const exchange = createExchangeDesk({ db: world.db, clock: world.clock });
  app = createServer({ ...ports, exchange });
  await app.listen({ host: "127.0.0.1", port: 0 });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/v1/exchange`;
});
afterAll(async () => {
  await app.close();
  await world.close();
});

type Who = Parameters<typeof tokenOf>[0];
const as = (role: Who) => ({ authorization: `Bearer ${tokenOf(role)}` });
const upload = async (path: string, text: string, who: Who = "hq_service") => {
  const body = new FormData();
  body.append("file", new Blob([text]), "x.csv");
  const reply = await fetch(`${base}/imports/${path}`, { method: "POST", body, headers: as(who) });
  return { status: reply.status, body: await reply.json() };
};
const download = (path: string, who: Who = "hq_service") =>
  fetch(`${base}/${path}`, { headers: as(who) });

const twoParts =
  "配件编号,中文名称,类别,单价（元）,采购周期（天）\nX-1,密封圈,耗材,12.5,7\nX-2,轴承,轴承,80,许久\n";

describe("lists over HTTP", () => {
  test("a file is previewed, refused while it has a mistake, and imported without", async () => {
    const preview = await upload("parts?mode=preview", twoParts);
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({ state: "done", mode: "preview", rows: 2, faultCount: 1 });
    expect(preview.body.faults).toMatchObject([{ row: 3, letter: "E", value: "许久" }]);
    const refused = await upload("parts?mode=import", twoParts);
    expect(refused.body.state).toBe("refused");
    expect(await (await download("exports/parts?format=csv")).text()).not.toContain("X-1");
    const right = twoParts.replace("许久", "30");
    const job = (await upload("parts?mode=import&commandId=c-1", right)).body;
    expect(job).toMatchObject({ state: "done", counts: { created: 2, changed: 0, same: 0 } });
    const again = await download(`imports/${job.importId}`);
    expect(await again.json()).toEqual(job);
    expect(await (await download("exports/parts?format=csv")).text()).toContain("X-1");
    expect((await download(`imports/${job.importId}`, "admin")).status).toBe(404);
  });

  test("a template and a list come as files that a browser saves", async () => {
    const template = await download("templates/machines");
    expect(Object.fromEntries(template.headers)).toMatchObject({
      "content-type": expect.stringContaining("spreadsheetml"),
      "content-disposition": 'attachment; filename="machines-template.xlsx"',
    });
    const list = await download("exports/engineers?format=csv");
    expect(list.headers.get("content-type")).toContain("text/csv");
    expect(await list.text()).toContain("陈国强");
    expect(await (await download("exports/engineers?format=csv", "analyst")).text()).not.toContain(
      "陈国强",
    );
    const from = "from=2026-01-01T00:00:00%2B08:00";
    expect((await download(`exports/kpis?format=csv&groupBy=region&${from}`)).status).toBe(200);
  });

  test("who may import may still not import every list", async () => {
    expect((await upload("parts?mode=preview", twoParts, "engineer")).status).toBe(403);
    expect((await upload("parts?mode=preview", twoParts, "parts_planner")).status).toBe(200);
    expect((await upload("machines?mode=preview", twoParts, "parts_planner")).status).toBe(403);
    expect((await download("exports/parts?format=csv", "viewer")).status).toBe(403);
    expect((await upload("nonsense?mode=preview", twoParts)).status).toBe(400);
  });

  test("a file that is too large, and a body without one, are refused", async () => {
    const large = await upload("parts?mode=preview", "x".repeat(20 * 1024 * 1024 + 1));
    expect([large.status, large.body.code]).toEqual([413, "EXCHANGE_TOO_LARGE"]);
    const reply = await fetch(`${base}/imports/parts?mode=preview`, {
      method: "POST",
      headers: { ...as("admin"), "content-type": "application/json" },
      body: "{}",
    });
    expect(reply.status).toBe(400);
    const job = (await upload("parts?mode=preview", "not,a\nlist,of ours\n")).body;
    expect(job).toMatchObject({ state: "failed", problem: { code: "EXCHANGE_FILE" } });
  });
});
