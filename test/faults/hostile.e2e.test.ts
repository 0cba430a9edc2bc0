import { createCredential } from "@firebreak/kit/credentials.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { encodeOffer } from "@firebreak/wire/session-codec.ts";
import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { stateTopic } from "@firebreak/wire/topics.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareRuns, type Run } from "../compare-runs.fixture.ts";
import {
  connectCode,
  connectHostile,
  type HostileClient,
  sendRaw,
} from "../hostile-client.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { enrolReplay, type ReplayProcess, startReplay } from "../replay-under-fault.fixture.ts";
import { RestartableHub, settledLedger } from "../restartable-hub.fixture.ts";
import { report, seeded, seedOfRun } from "../seeded.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { type TaggedRecording, tagRecording } from "../tagged-recording.fixture.ts";
import { type PassedBatch, WireTap } from "../wire-tap.fixture.ts";

const idling = sharedData("can/jd5055e_idling.log") ?? "";
const victim = "VICTIM-1";
const victimGateway = `replay-${victim}`;
const own = { gatewayId: "intruder", machine: "INTRUDER-1" } as const;
const topicOf = (type: string, gateway: string, device?: string) =>
  `spBv1.0/firebreak/${type}/${gateway}${device === undefined ? "" : `/${device}`}`;

/** One hub, one machine that works all the time, and an enrolled gateway that has turned against them. */
describe.skipIf(!idling)("hostile neighbours", () => {
  const random = seeded(seedOfRun());
  const runs: Run[] = [];
  let hub: RestartableHub;
  let tap: WireTap;
  let recording: TaggedRecording;
  let password: string;
  let victimPasswordFile: string;
  let isAtWork = true;
  let work: Promise<void>;
  let stolen: PassedBatch;

  const play = (speed: number | "max"): ReplayProcess => {
    const tag = runs.length;
    runs.push({ tag, recording });
    return startReplay({
      file: recording.file(tag),
      machine: victim,
      data: hub.data,
      speed,
      tap,
      passwordFile: victimPasswordFile,
    });
  };
  /** However long the attacks take, the machine sends meanwhile. */
  const keepPlaying = async (): Promise<void> => {
    while (isAtWork) await play(1).done();
  };
  const refused = (why: string) => hub.metric(`firebreak_refused{why="${why}"}`);
  const enter = (will?: string): Promise<HostileClient> =>
    connectHostile({
      port: hub.mqttPort,
      clientId: own.gatewayId,
      username: own.gatewayId,
      password,
      ...(will === undefined ? {} : { will }),
    });

  beforeAll(async () => {
    hub = await new RestartableHub(temporaryFolder("hostile")).start();
    tap = await WireTap.start(() => hub.mqttPort);
    recording = await tagRecording(idling);
    ({ password } = await createCredential(hub.data, own.gatewayId, [own.machine]));
    victimPasswordFile = await enrolReplay(hub.data, victim);
    await play("max").done();
    stolen = [...tap.batches.values()].find(({ samples }) => samples > 0) as PassedBatch;
    work = keepPlaying();
    work.catch(() => undefined); // told by who waits for it
  });

  afterAll(async () => {
    isAtWork = false;
    await tap?.close();
    await hub?.stop();
  });

  test("wrong credentials are refused and counted", async () => {
    const port = hub.mqttPort;
    const before = await refused("bad-credentials");
    const { gatewayId } = own;
    const attempts = [
      { port, clientId: gatewayId, username: gatewayId, password: "wrong" },
      { port, clientId: gatewayId, username: gatewayId },
      { port, clientId: gatewayId },
      { port, clientId: "nobody", username: "nobody", password },
      { port, clientId: "../hub", username: "../store", password },
      { port, clientId: "x", username: "firebreak-hub", password },
    ];
    for (const attempt of attempts) expect(await connectCode(attempt)).toBeGreaterThanOrEqual(4);
    expect((await refused("bad-credentials")) - before).toBe(attempts.length);
    // With its own password under another's name.
    const asVictim = { port, clientId: victimGateway, username: gatewayId, password };
    expect(await connectCode(asVictim)).toBe(5);
    expect(await refused("client-id")).toBe(1);
  });

  test("C14: commands and data of others cannot be listened to", async () => {
    const client = await enter();
    const filters = [
      topicOf("NCMD", victimGateway),
      topicOf("NCMD", "+"),
      topicOf("DDATA", victimGateway, victim),
      "spBv1.0/#",
      "#",
      "$SYS/#",
      "+/+/+/+/+",
    ];
    for (const filter of filters) expect(await client.subscribe(filter)).toBe(128);
    expect(await client.subscribe(topicOf("NCMD", own.gatewayId))).toBeLessThan(3);
    const sent = tap.batches.size;
    await eventually("the victim to go on sending", async () => tap.batches.size > sent);
    expect(client.heard.filter((topic) => topic.includes(victim))).toEqual([]);
    expect(await refused("subscribe-topic")).toBe(filters.length);
    await client.close();
  });

  test("C14: nobody can speak for another gateway, another machine or the hub", async () => {
    const payload = encodePayload({ timestampMs: Date.now(), seq: 1, metrics: [] });
    const topics = [
      topicOf("DDATA", victimGateway, victim),
      topicOf("DDATA", own.gatewayId, victim),
      topicOf("NDEATH", victimGateway),
      topicOf("NBIRTH", victimGateway),
      topicOf("NCMD", victimGateway),
      topicOf("NCMD", own.gatewayId),
      stateTopic,
      "anything/else",
    ];
    for (const topic of topics) {
      const client = await enter();
      client.publish(topic, topic.includes("/DDATA/") ? stolen.block : payload);
      await client.cut;
      await client.close();
    }
    expect(await refused("publish-topic")).toBe(topics.length);
    const retained = await enter();
    retained.publish(topicOf("NBIRTH", own.gatewayId), payload, true);
    await retained.cut;
    expect(await refused("publish-retained")).toBe(1);
    await expect(enter(topicOf("NDEATH", victimGateway))).rejects.toThrow();
    expect(await refused("will-topic")).toBe(1);
  });

  test("C18: malformed payloads and another machine's batch go to quarantine, with their topic", async () => {
    const client = await enter();
    const data = topicOf("DDATA", own.gatewayId, own.machine);
    const garbage = Uint8Array.from({ length: 300 }, () => Math.floor(random() * 256));
    garbage[4] = 0; // Where a block says its version: one in 240 would pass for a block with a wrong checksum.
    client.publish(topicOf("NBIRTH", own.gatewayId), Uint8Array.of(0x12, 0xff, 0xff, 0xff, 0x7f));
    client.publish(topicOf("NBIRTH", own.gatewayId), birth('{"protocol":1,"epochs":"all"}'));
    client.publish(topicOf("NBIRTH", own.gatewayId), birth(emptyOffer));
    client.publish(data, Uint8Array.of(0x0a, 0x05, 0x01));
    client.publish(data, garbage);
    client.publish(data, batchOf(stolen.block));
    client.publish(data, batchOf(garbage));
    const reasons = await eventually("the quarantine", async () => {
      const items = await hub.quarantine();
      return items.length >= 6 && items.map(({ topic, reason }) => `${reason} ${topic}`).sort();
    });
    const birthTopic = topicOf("NBIRTH", own.gatewayId);
    expect(reasons).toEqual(
      [
        `malformed-payload ${birthTopic}`,
        `malformed-payload ${birthTopic}`,
        `malformed-payload ${data}`,
        `malformed-payload ${data}`,
        `checksum ${data}`,
        `malformed-block ${data}`,
      ].sort(),
    );
    expect(await hub.metric('firebreak_quarantined{reason="malformed-payload"}')).toBe(4);
    await client.close();
  });

  test("C16: a message of 10 MB is cut off at its header", async () => {
    const client = await enter();
    client.publish(topicOf("NDATA", own.gatewayId), new Uint8Array(10_000_000));
    await client.cut;
    await client.close();
    // And without having said who it is.
    const header = Buffer.from([0x10, 0x80, 0xad, 0xe2, 0x04]);
    await sendRaw(hub.mqttPort, Buffer.concat([header, Buffer.alloc(10_000_000)]));
    await sendRaw(hub.mqttPort, Buffer.from("GET / HTTP/1.1\r\nHost: hub\r\n\r\n"));
    expect(await refused("oversize-packet")).toBeGreaterThanOrEqual(2);
  });

  test("C7: a flood of connections does not keep others out", async () => {
    const port = hub.mqttPort;
    const before = await refused("bad-credentials");
    const flood = Array.from({ length: 400 }, (_, at) =>
      connectCode({ port, clientId: own.gatewayId, username: own.gatewayId, password: `${at}` }),
    );
    const idle = Array.from({ length: 100 }, () => sendRaw(port, Uint8Array.of(0x10)));
    tap.cut(); // the machine's own gateway must find its way back through the crowd
    const sent = tap.batches.size;
    const codes = await Promise.all(flood);
    expect(codes).not.toContain(0);
    await eventually("the machine's gateway to be back", async () => tap.batches.size > sent);
    await Promise.all(idle);
    expect(await refused("connect-timeout")).toBeGreaterThan(0);
    const wrong = (await refused("bad-credentials")) - before;
    const throttled = await refused("too-many-attempts");
    report("hostile, flood", { connects: flood.length, wrong, throttled });
    // A password is looked at a few times a minute, not four hundred times.
    expect(throttled).toBeGreaterThan(flood.length / 2);
  });

  test("meanwhile the machine was read without loss, and the hub is well", async () => {
    isAtWork = false;
    await work;
    await play("max").done();
    const ledger = await settledLedger(hub, victim);
    const { problems } = compareRuns(await storedSamples(hub.current, victim), runs);
    expect(problems).toEqual([]);
    expect(ledger).toMatchObject({
      produced: runs.length * recording.sampleCount,
      quarantined: 0,
      lost: 0,
    });
    expect((await fetch(`${hub.current.url}/readyz`)).status).toBe(200);
  });
});

const emptyOffer = encodeOffer({ protocol: 1, storeId: null, epochs: [] });

const birth = (offer: string): Uint8Array =>
  encodePayload({
    timestampMs: Date.now(),
    seq: 0,
    metrics: [
      { name: metricNames.sequence, datatype: DataType.Int64, value: 0 },
      { name: metricNames.offer, datatype: DataType.String, value: offer },
    ],
  });

const batchOf = (block: Uint8Array): Uint8Array =>
  encodePayload({
    timestampMs: Date.now(),
    seq: 1,
    metrics: [{ name: metricNames.batch, datatype: DataType.Bytes, value: block }],
  });
