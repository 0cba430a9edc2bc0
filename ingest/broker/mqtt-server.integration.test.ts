import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFakeGateway, until } from "../fake-gateway.fixture.ts";
import {
  enrolledGateway,
  startTestIngest,
  type TestGateway,
  temporaryFolder,
} from "../ingest.fixture.ts";
import type { Ingest } from "../start-ingest.ts";

/** The broker inside, as far as Sparkplug asks something of an MQTT server. */
describe("the embedded broker as a Sparkplug MQTT server", () => {
  const folder = temporaryFolder();
  let ingest: Ingest;
  let one: TestGateway;
  beforeAll(async () => {
    ingest = await startTestIngest(folder.path);
    one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
  });
  afterAll(async () => {
    await ingest.stop();
    folder.remove();
  });
  const enter = async (options: IClientOptions = {}): Promise<MqttClient> => {
    const client = await connectAsync(ingest.mqttUrl, {
      clientId: "gw-1",
      username: "gw-1",
      password: one.password,
      reconnectPeriod: 0,
      ...options,
    });
    // A line that is cut may break instead of ending; heard by nobody, that would end the process.
    return client.on("error", () => {});
  };
  const node = () => ingest.status().gateways.find(({ gatewayId }) => gatewayId === "gw-1");
  const isOnline = () => ingest.live.machine("m-1")?.isOnline === true;

  test("tck-id-conformance-mqtt-qos0: births and data by QoS 0 arrive, and the answers to them", async () => {
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    one.produce(3);
    await until("online", isOnline);
    link.sendDue();
    await until("acknowledged", () => one.spool.acknowledged.through === 3);
    await link.close();
    await until("offline", () => !isOnline());
  });

  test("tck-id-conformance-mqtt-qos1: subscriptions and messages by QoS 1 are granted and confirmed", async () => {
    const client = await enter();
    const [granted] = await client.subscribeAsync("spBv1.0/firebreak/NCMD/gw-1", { qos: 1 });
    expect(granted?.qos).toBe(1);
    await client.publishAsync("spBv1.0/firebreak/NDEATH/gw-1", Buffer.of(0x18, 1), { qos: 1 });
    await client.endAsync(true);
  });

  test("tck-id-conformance-mqtt-retained: the STATE of the hub is there for whoever comes later", async () => {
    const client = await enter();
    const heard = new Promise<{ text: string; retain: boolean }>((resolve) =>
      client.once("message", (_topic, payload, { retain }) =>
        resolve({ text: payload.toString(), retain }),
      ),
    );
    await client.subscribeAsync("spBv1.0/STATE/firebreak-hub", { qos: 1 });
    const { text, retain } = await heard;
    expect([JSON.parse(text).online, retain]).toEqual([true, true]);
    await client.endAsync(true);
  });

  test("tck-id-conformance-mqtt-will-messages: the will of a line that was cut is published", async () => {
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", isOnline);
    link.client.stream.destroy();
    await until("offline by its will", () => !isOnline() && node()?.isOnline === false);
    expect(node()?.offlineSince).not.toBeNull();
  });

  test("tck-id-intro-edge-node-id-uniqueness tck-id-topic-structure-namespace-unique-edge-node-descriptor tck-id-payloads-nbirth-edge-node-descriptor: a second node of one id takes the place of the first, never both, and it is an alarm", async () => {
    const links: MqttClient[] = [];
    for (let turn = 0; turn < 6; turn++) links.push(await enter());
    await until("one left", () => links.filter(({ connected }) => connected).length === 1);
    expect(links.at(-1)?.connected).toBe(true);
    expect(ingest.alarms().map(({ kind }) => kind)).toContain("alternating-sessions");
    await links.at(-1)?.endAsync(true);
  });
});
