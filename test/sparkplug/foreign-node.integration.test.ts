import { createCredential } from "@firebreak/kit/credentials.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import {
  DataType,
  decodePayload,
  encodePayload,
  type Metric,
} from "@firebreak/wire/sparkplug-payload.ts";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../../ingest/fake-gateway.fixture.ts";
import { startTestIngest } from "../../ingest/ingest.fixture.ts";
import type { Ingest } from "../../ingest/start-ingest.ts";
import { hasMosquitto, Mosquitto } from "../mosquitto.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";

interface Setting {
  readonly ingest: Ingest;
  readonly url: string;
  readonly group: string;
  readonly machineId: string;
  readonly password: string;
  readonly stop: () => Promise<void>;
}

async function embedded(): Promise<Setting> {
  const folder = temporaryFolder("foreign");
  const ingest = await startTestIngest(folder);
  const { password } = await createCredential(folder, "plc-7", ["EXC-9"]);
  const stop = () => ingest.stop();
  return { ingest, url: ingest.mqttUrl, group: "firebreak", machineId: "EXC-9", password, stop };
}

async function external(): Promise<Setting> {
  const broker = await Mosquitto.start();
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const ingest = await startTestIngest(temporaryFolder("foreign"), {
    broker: { url },
    sparkplug: { groups: ["firebreak", "site-a"], reorderTimeoutMs: 100 },
  });
  await until("ready", () => ingest.ready());
  const stop = async () => {
    await ingest.stop();
    await broker.kill();
  };
  return { ingest, url, group: "site-a", machineId: "site-a:plc-7:EXC-9", password: "any", stop };
}

const brokers = [
  { name: "the embedded broker", start: embedded, isThere: () => true },
  { name: "a Mosquitto", start: external, isThere: hasMosquitto },
];

describe.each(brokers)("an edge node of another maker at $name", ({ start, isThere }) => {
  let setting: Setting | undefined;
  let client: MqttClient | undefined;
  afterEach(async () => {
    await client?.endAsync(true);
    await setting?.stop();
  });

  test.skipIf(!isThere())(
    "is stored like ours, is told apart, and is asked to be born again when messages are missing",
    async () => {
      setting = await start();
      const { ingest, group, machineId, password } = setting;
      const topic = (type: string, device = "") => `spBv1.0/${group}/${type}/plc-7${device}`;
      client = await connectAsync(setting.url, {
        clientId: "plc-7",
        username: "plc-7",
        password,
        reconnectPeriod: 0,
      });
      const commands: Metric[] = [];
      client.on("message", (_topic, payload) => commands.push(...decodePayload(payload).metrics));
      await client.subscribeAsync(topic("NCMD"), { qos: 1 });
      const say = (type: string, seq: number, metrics: readonly Metric[], device?: string) =>
        client?.publish(
          topic(type, device),
          Buffer.from(encodePayload({ timestampMs: Date.now(), seq, metrics })),
          { qos: 0 },
        );

      const t0 = Date.now() - 60_000;
      const born = {
        name: "Pressure",
        alias: 1,
        datatype: DataType.Int16,
        timestampMs: t0,
        value: -7,
      };
      say("NBIRTH", 0, [
        { name: metricNames.sequence, datatype: DataType.Int64, value: 0 },
        { name: metricNames.rebirth, datatype: DataType.Boolean, value: false },
      ]);
      say("DBIRTH", 1, [born], "/EXC-9");
      for (let seq = 2; seq < 12; seq++)
        say(
          "DDATA",
          seq,
          [{ alias: 1, timestampMs: t0 + seq, datatype: DataType.Int16, value: -seq }],
          "/EXC-9",
        );
      await until("all samples", async () => (await ingest.ledger.of(machineId)).produced === 11);
      await ingest.store.caughtUp();
      const { value, t } = await ingest.store.raw({ machineId, signal: "Pressure" });
      expect(t).toHaveLength(11);
      expect(value).toEqual([-7, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11]);
      expect(await ingest.ledger.of(machineId)).toMatchObject({
        produced: 11,
        stored: 11,
        spooled: 0,
        lost: 0,
      });
      const gatewayId = group === "firebreak" ? "plc-7" : `${group}:plc-7`;
      expect(ingest.status().gateways).toMatchObject([
        { gatewayId, isForeign: true, isOnline: true },
      ]);
      expect(ingest.alarms()).toMatchObject([{ kind: "no-acknowledgement", gatewayId }]);

      say(
        "DDATA",
        14,
        [{ alias: 1, timestampMs: t0 + 14, datatype: DataType.Int16, value: 14 }],
        "/EXC-9",
      );
      await until("a request", () => commands.length > 0);
      expect(commands.map(({ name, value }) => [name, value])).toEqual([
        [metricNames.rebirth, true],
      ]);
      await until(
        "the sample all the same",
        async () => (await ingest.ledger.of(machineId)).produced === 12,
      );
    },
  );
});
