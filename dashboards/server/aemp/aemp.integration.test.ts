import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AempSource } from "@firebreak/ingest/aemp/source-config.ts";
import { type Ingest, startIngest } from "@firebreak/ingest/start-ingest.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, expect, test, vi } from "vitest";
import type { ServerPorts } from "../ports.ts";
import { aempServer, latestOf } from "./aemp.fixture.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const t = "2026-05-01T08:00:00.000000000Z";
const change = (): Partial<ServerPorts> => ({
  live: {
    onChange: () => () => {},
    some: () => [],
    latest: () =>
      latestOf(
        [
          ["engineHours", "min", 90],
          ["fuelLevel", "%", 62.4],
        ],
        t,
      ),
  },
});

/** One address behind which servers may be changed. */
async function front() {
  let current: FastifyInstance | undefined;
  const server = createServer((request, response) =>
    current?.server.emit("request", request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const leadTo = async (app: FastifyInstance) => {
    endings.push(() => app.close());
    await app.ready();
    current = app;
  };
  return { port: (server.address() as AddressInfo).port, leadTo };
}

async function reading(sources: readonly AempSource[]): Promise<Ingest> {
  const ingest = await startIngest({
    dataFolder: mkdtempSync(join(tmpdir(), "firebreak-aemp-ingest-")),
    storeId: "s".repeat(16),
    host: "127.0.0.1",
    mqttPort: 0,
    aempSources: sources,
    log: silentLogger,
  });
  endings.push(() => ingest.stop());
  return ingest;
}

const source = (port: number, client: { clientId: string; clientSecret: string }): AempSource => ({
  config: {
    id: "hub-a",
    url: `http://127.0.0.1:${port}/aemp/Fleet/1`,
    everyMinutes: 0.002,
    auth: {
      kind: "oauth2",
      tokenUrl: `http://127.0.0.1:${port}/aemp/oauth/token`,
      clientId: client.clientId,
      clientSecret: { env: "unused" },
    },
  },
  secret: client.clientSecret,
});

test("our client reads our server: pages, a limit, a start of the server in between; each value once", async () => {
  // A page each 5 s, of many that are asked for a second.
  const limit = { aempLimit: { burst: 1, perSecond: 0.2 } };
  const first = await aempServer(150, change, limit);
  const client = first.makeClient({ wholeFleet: true });
  let pages = 0;
  let limited = 0;
  first.app.addHook("onResponse", async ({ url }, { statusCode }) => {
    if (url.startsWith("/aemp/Fleet/") && statusCode === 200) pages++;
    if (statusCode === 429) limited++;
  });
  const { port, leadTo } = await front();
  await leadTo(first.app);
  const ingest = await reading([source(port, client)]);
  const state = () => ingest.aemp.states()[0];
  await vi.waitFor(() => expect(state()).toMatchObject({ state: "ok", machines: 150 }), {
    timeout: 120_000,
  });
  expect(pages).toBeGreaterThanOrEqual(2);
  await expect.poll(() => limited).toBeGreaterThan(0);
  await ingest.journal.sync();
  await ingest.store.caughtUp();
  expect((await ingest.store.machines()).length).toBe(150);
  const machineId = "hub-a:SN M-00149";
  expect(await ingest.store.signals(machineId)).toMatchObject([
    { name: "fuelRemaining", unit: "%", value: 62.4, t },
    { name: "operatingHours", unit: "h", value: 1.5, t },
  ]);
  expect(ingest.live.machine(machineId)).toMatchObject({
    isOnline: false,
    gatewayId: "iso15143-3:hub-a",
  });

  const again = await aempServer(150, () => ({ ...change(), aempClients: first.clients }));
  let refused = 0;
  let answered = 0;
  again.app.addHook("onResponse", async ({ url }, { statusCode }) => {
    if (statusCode === 401) refused++;
    if (url === "/aemp/Fleet/2" && statusCode === 200) answered++;
  });
  await leadTo(again.app);
  await vi.waitFor(() => expect(answered).toBeGreaterThan(1), { timeout: 120_000 });
  expect(refused).toBeGreaterThan(0);
  await ingest.store.caughtUp();
  expect((await ingest.store.storedSamples(machineId)).stored).toBe(2);
  expect(state()?.samples).toBe(300);
});

test("a secret that was revoked is said in plain words, and nothing is taken", async () => {
  const { app, clients, makeClient } = await aempServer(3, change);
  const client = makeClient({ wholeFleet: true });
  clients.revoke(client.clientId);
  const { port, leadTo } = await front();
  await leadTo(app);
  const ingest = await reading([source(port, client)]);
  await expect
    .poll(() => ingest.aemp.states()[0]?.problem)
    .toBe(`127.0.0.1:${port} refuses our credentials (401)`);
  expect(await ingest.store.machines()).toEqual([]);
});
