import { createToken } from "@firebreak/kit/api-tokens.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, expect, test } from "vitest";
import { exampleDictionary, exampleMachine } from "../../ingest/example-machine.fixture.ts";
import { startFakeGateway, until } from "../../ingest/fake-gateway.fixture.ts";
import { enrolledGateway, temporaryFolder } from "../../ingest/ingest.fixture.ts";
import type { Hub } from "./hub-options.ts";
import { startHub } from "./start-hub.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const options = { host: "127.0.0.1", port: 0, mqttPort: 0, log: silentLogger };

/** Asks as whoever sets up gateways. */
const asking = (hub: Hub) => {
  const headers = { authorization: `Bearer ${createToken(hub.data, "hq_service")}` };
  return async (path: string, body?: object) => {
    const how = { method: "POST", body: JSON.stringify(body) };
    const type = { "content-type": "application/json" };
    const init = body ? { ...how, headers: { ...headers, ...type } } : { headers };
    const reply = await fetch(`${hub.url}/api/v1${path}`, init);
    return reply.headers.get("content-type")?.includes("ndjson") ? reply.text() : reply.json();
  };
};

test("a batch that nobody explained: listed, exported as it came, and stored once after the birth that explains it", async () => {
  const folder = temporaryFolder();
  endings.push(() => folder.remove());
  const { path: data } = folder;
  const one = await enrolledGateway(data, "gw-1", ["m-1"]);
  const hub = await startHub({ data, ...options });
  endings.push(() => hub.stop());
  const ask = asking(hub);
  const link = await startFakeGateway(one.spool, { url: hub.mqttUrl, password: one.password });
  endings.push(() => link.close());
  const { epoch } = one.spool;
  const dictionary = exampleDictionary(4);
  const { block } = exampleMachine({
    gatewayId: "gw-1",
    machineId: "m-1",
    dictionary,
    epoch,
  }).next();
  const waiting = async () => (await ask("/quarantine?state=waiting")).items;
  // Before its birth the one request for a birth a minute would be spent on that.
  await until("born", async () => (await ask("/machines/m-1")).online === true);
  await until("put aside", async () => {
    link.send("m-1", block);
    return (await waiting()).length > 0;
  });
  expect(await waiting()).toMatchObject([
    { reason: "unknown-dictionary", gatewayId: "gw-1", machineId: "m-1", samples: 4 },
  ]);
  const [line = ""] = String(await ask("/quarantine/export?machine=m-1")).split("\n");
  expect(Buffer.from(JSON.parse(line).base64, "base64").equals(block)).toBe(true);
  expect(await ask("/quarantine/retry", {})).toEqual({
    released: 0,
    known: 0,
    waiting: 1,
    stopped: null,
  });

  Object.assign(one.spool, { dictionary });
  link.birth();
  await until("taken", async () => (await ask("/quarantine/retry", {})).released === 1);
  expect(await ask("/quarantine/retry", {})).toEqual({
    released: 0,
    known: 0,
    waiting: 0,
    stopped: null,
  });
  await until("stored", async () => (await ask("/machines/m-1/ledger")).stored === 4);
  expect(await ask("/machines/m-1/ledger")).toMatchObject({ stored: 4, quarantined: 0, lost: 0 });
  const { items } = await ask("/machines/m-1/ledger/hours");
  expect(items.map(({ stored }: { stored: number }) => stored)).toContain(4);
});
