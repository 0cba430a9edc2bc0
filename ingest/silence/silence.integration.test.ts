import { join } from "node:path";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { defaultGroup, sparkplugTopic } from "@firebreak/wire/topics.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startFakeGateway, until } from "../fake-gateway.fixture.ts";
import { enrolledGateway, startTestIngest, temporaryFolder } from "../ingest.fixture.ts";
import type { Ingest } from "../start-ingest.ts";
import { watchSilence } from "./silence-watch.ts";

let folder: ReturnType<typeof temporaryFolder>;
let ingest: Ingest;

beforeEach(async () => {
  folder = temporaryFolder();
  ingest = await startTestIngest(folder.path);
});

afterEach(async () => {
  await ingest.stop();
  folder.remove();
});

/** Connected, born, with one batch at the hub. */
async function speaking(name: string) {
  const one = await enrolledGateway(folder.path, `gw-${name}`, [`m-${name}`]);
  const access = { url: ingest.mqttUrl, password: one.password };
  const link = await startFakeGateway(one.spool, access);
  one.produce(1);
  await until("online", () => ingest.live.machine(`m-${name}`)?.isOnline === true);
  link.sendDue();
  await until("acknowledged", () => one.spool.acknowledged.through === 1);
  return { ...one, link, access };
}

const isGone = (name: string) => ingest.live.machine(`m-${name}`)?.isOnline === false;

test("over the broker: a goodbye, a broken connection and a refusal are three causes", async () => {
  let aheadMs = 0;
  const watch = watchSilence({
    ...ingest,
    siteOf: () => null,
    hears: () => ingest.status().feed.isOnline,
    path: join(folder.path, "presence.json"),
    clock: { nowMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() + aheadMs },
    log: silentLogger,
  });
  const [clean, cut, stranger] = [
    await speaking("clean"),
    await speaking("cut"),
    await speaking("stranger"),
  ];
  const { bdSeq } = clean.spool;
  const sequence = { name: metricNames.sequence, datatype: DataType.Int64, value: bdSeq };
  const goodbye = encodePayload({ timestampMs: Date.now() + 1, metrics: [sequence] });
  const topic = sparkplugTopic({ group: defaultGroup, type: "NDEATH", edge: "gw-clean" });
  await clean.link.client.publishAsync(topic, Buffer.from(goodbye), { qos: 1 });
  await clean.link.client.endAsync();
  cut.link.client.stream.destroy();
  stranger.link.client.stream.destroy();
  await until("offline", () => ["clean", "cut", "stranger"].every(isGone));
  // Enrolled anew elsewhere: the device still has the password of before.
  await createCredential(folder.path, "gw-stranger", ["m-stranger"]);
  await expect(startFakeGateway(stranger.spool, stranger.access)).rejects.toThrow();

  for (let look = 0; look < 40; look++) {
    aheadMs += 30_000;
    watch.look();
  }
  expect(watch.of("m-clean")).toMatchObject({ cause: "switched-off", isCertain: true });
  expect(watch.of("m-cut")).toMatchObject({ cause: "lost-contact", isCertain: false });
  expect(watch.of("m-stranger")).toMatchObject({ cause: "credentials", detail: "bad-credentials" });
  expect(watch.notices().map(({ cause, gatewayId }) => [cause, gatewayId])).toEqual(
    expect.arrayContaining([
      ["credentials", "gw-stranger"],
      ["lost-contact", "gw-cut"],
    ]),
  );
  expect(watch.notices()).toHaveLength(2);
  watch.close();
});
