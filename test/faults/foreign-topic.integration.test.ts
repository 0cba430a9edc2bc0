import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { startFakeGateway, until } from "../../ingest/fake-gateway.fixture.ts";
import { enrolledGateway, startTestIngest } from "../../ingest/ingest.fixture.ts";
import { hasMosquitto, Mosquitto } from "../mosquitto.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The rights that the documentation gives for a broker of one's own. */
const documentedRights = (): string[] =>
  readFileSync(join(import.meta.dirname, "../../docker/mosquitto/acl"), "utf8").split("\n");

async function start(rights: readonly string[] | undefined) {
  const broker = await Mosquitto.start(rights);
  endings.push(() => broker.kill());
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const folder = temporaryFolder("foreign-topic");
  const ingest = await startTestIngest(folder, { broker: { url, username: "firebreak-hub" } });
  endings.push(() => ingest.stop());
  const good = await enrolledGateway(folder, "gw-a", ["m-a"]);
  const link = await startFakeGateway(good.spool, { url, password: "any" });
  endings.push(() => link.close());
  await until("online", () => ingest.live.machine("m-a")?.isOnline === true);
  return { ingest, folder, url, good, link };
}

const asB = async (url: string): Promise<MqttClient> => {
  const client = await connectAsync(url, {
    clientId: "gw-b",
    username: "gw-b",
    reconnectPeriod: 0,
  });
  endings.push(() => client.endAsync(true));
  return client;
};

describe.skipIf(!hasMosquitto())("gateway B at an external broker", () => {
  test("C14: with the documented rights it can neither speak on A's topics nor hear A's commands", async () => {
    const { ingest, url, good, link } = await start(documentedRights());
    const client = await asB(url);
    const heard: string[] = [];
    client.on("message", (topic) => heard.push(topic));
    for (const filter of ["spBv1.0/firebreak/NCMD/gw-a", "#", "spBv1.0/firebreak/DDATA/#"])
      await client.subscribeAsync(filter).catch(() => undefined);
    const before = ingest.status().gateways.find(({ gatewayId }) => gatewayId === "gw-a");
    for (const type of ["NDEATH/gw-a", "NBIRTH/gw-a", "DDATA/gw-a/m-a"])
      await client.publishAsync(
        `spBv1.0/firebreak/${type}`,
        Buffer.from(encodePayload({ metrics: [] })),
        { qos: 1 },
      );
    good.produce(3);
    link.sendDue();
    await until("A to go on", () => good.spool.acknowledged.through === 3);
    const after = ingest.status().gateways.find(({ gatewayId }) => gatewayId === "gw-a");
    expect(after).toMatchObject({
      isOnline: true,
      births: before?.births,
      sequenceGaps: 0,
      staleDeaths: 0,
    });
    expect(heard.filter((topic) => topic.includes("gw-a") || topic.includes("m-a"))).toEqual([]);
  });

  test("C14: where the broker lets everybody do everything, an enrolled gateway still speaks for its own machines only", async () => {
    const { ingest, folder, url } = await start(undefined);
    const bad = await enrolledGateway(folder, "gw-b", ["m-b"]);
    const thief = await startFakeGateway(bad.spool, { url, password: "any" });
    endings.push(() => thief.close());
    await until("online", () => ingest.live.machine("m-b")?.isOnline === true);
    thief.raw("DDATA", encodePayload({ seq: 2, metrics: [] }), "m-a");
    await until("quarantine", () => ingest.intake.quarantine({ gatewayId: "gw-b" }).length === 1);
    expect(ingest.intake.quarantine({ gatewayId: "gw-b" })).toMatchObject([
      { reason: "foreign-machine", topic: "spBv1.0/firebreak/DDATA/gw-b/m-a" },
    ]);
    expect(ingest.alarms()).toContainEqual(
      expect.objectContaining({ kind: "foreign-machine", gatewayId: "gw-b", machineId: "m-a" }),
    );
    expect(ingest.live.machine("m-a")?.isOnline).toBe(true);
  });
});
