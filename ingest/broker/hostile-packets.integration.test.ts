import { connect as connectTcp } from "node:net";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startFakeGateway, until } from "../fake-gateway.fixture.ts";
import {
  enrolledGateway,
  startTestIngest,
  type TestGateway,
  temporaryFolder,
} from "../ingest.fixture.ts";
import type { Ingest } from "../start-ingest.ts";
import type { Refusal } from "./audit.ts";

/** One gateway that works all the time, and another that has turned against it. */
describe("hostile packets at the embedded broker", () => {
  const folder = temporaryFolder();
  let ingest: Ingest;
  let good: TestGateway;
  let bad: TestGateway;
  let link: Awaited<ReturnType<typeof startFakeGateway>>;
  beforeAll(async () => {
    ingest = await startTestIngest(folder.path);
    good = await enrolledGateway(folder.path, "gw-a", ["m-a"]);
    bad = await enrolledGateway(folder.path, "gw-b", ["m-b"]);
    link = await startFakeGateway(good.spool, { url: ingest.mqttUrl, password: good.password });
    await until("online", () => ingest.live.machine("m-a")?.isOnline === true);
  });
  afterAll(async () => {
    await link.close();
    await ingest.stop();
    folder.remove();
  });

  const enter = async (options = {}): Promise<MqttClient> => {
    const client = await connectAsync(ingest.mqttUrl, {
      clientId: "gw-b",
      username: "gw-b",
      password: bad.password,
      reconnectPeriod: 0,
      ...options,
    });
    // A line that is cut may break instead of ending; heard by nobody, that would end the process.
    return client.on("error", () => {});
  };
  /** Somebody was refused this, and the entry names them. */
  const entry = async (what: Refusal, who: string) => {
    const find = () => ingest.audit.list().find((one) => one.what === what && one.who === who);
    await until(`${what} of ${who}`, () => find() !== undefined);
    return find();
  };
  const othersGoOn = async () => {
    good.produce(2);
    link.sendDue();
    const made = good.spool.next - 1;
    await until("the other gateway to go on", () => good.spool.acknowledged.through === made);
  };
  /** Bytes as they are; resolves when the other side has cut the line. */
  const sendRaw = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      const port = Number(new URL(ingest.mqttUrl).port);
      const socket = connectTcp(port, "127.0.0.1", () => socket.write(bytes));
      socket
        .resume()
        .on("error", () => {})
        .on("close", () => resolve());
    });

  test.each([
    { name: "C14: another gateway's data", topic: "spBv1.0/firebreak/DDATA/gw-a/m-a" },
    { name: "C14: another gateway's birth", topic: "spBv1.0/firebreak/NBIRTH/gw-a" },
    { name: "C14: another gateway's death", topic: "spBv1.0/firebreak/NDEATH/gw-a" },
    { name: "C14: a command to itself", topic: "spBv1.0/firebreak/NCMD/gw-b" },
    { name: "C14: the state of the hub", topic: "spBv1.0/STATE/firebreak-hub" },
    { name: "C14: another group", topic: "spBv1.0/site-a/NBIRTH/gw-b" },
    { name: "C14: $SYS", topic: "$SYS/broker/clients" },
    { name: "C16: a topic of 64 KB", topic: `spBv1.0/firebreak/NDATA/${"x".repeat(65_000)}` },
    { name: "C16: a topic of 1,000 levels", topic: "a/".repeat(1_000) },
  ])("$name: cut, and an entry that names who did it", async ({ topic }) => {
    const client = await enter();
    const cut = new Promise<void>((resolve) => client.once("close", () => resolve()));
    client.publish(topic, "x");
    await cut;
    const refused = await entry("publish-topic", "gw-b").catch(() =>
      entry("protocol-error", "gw-b"),
    );
    expect(refused?.detail.length).toBeLessThanOrEqual(201);
    expect(ingest.live.machine("m-a")?.isOnline).toBe(true);
    await othersGoOn();
  });

  test.each(["#", "$SYS/#", "spBv1.0/firebreak/NCMD/gw-a", "spBv1.0/+/NCMD/+", "+/+/+/+"])(
    "C14: a subscription to %s is refused, and an entry names who tried",
    async (filter) => {
      const client = await enter();
      const isGranted = await client.subscribeAsync(filter).then(
        () => true,
        () => false,
      );
      expect(isGranted).toBe(false);
      expect((await entry("subscribe-topic", "gw-b"))?.detail).toBe(filter);
      await client.endAsync(true);
    },
  );

  /** CONNECT and, before its answer, a SUBSCRIBE in a segment of its own; resolves with what came back, as hex. */
  const subscribeEarly = (clientId: string, password: string) =>
    new Promise<string>((resolve) => {
      const socket = connectTcp(Number(new URL(ingest.mqttUrl).port), "127.0.0.1", () => {
        socket.setNoDelay(true).write(connectPacket(clientId, password));
        setTimeout(() => socket.write(subscribePacket(["gw-b", "gw-a"])), 10);
      });
      let hex = "";
      socket
        .on("data", (chunk) => {
          hex += chunk.toString("hex");
          if (hex.includes("9004")) socket.destroy();
        })
        .on("error", () => {})
        .on("close", () => resolve(hex));
    });

  test("C14: what comes before the answer to CONNECT waits until it is known who speaks", async () => {
    // As in a storm: more than a thousand sockets to read before the loop comes round to what is due at its end.
    const late = vi
      .spyOn(globalThis, "setImmediate")
      .mockImplementation(((work: () => void, ...of: unknown[]) =>
        setTimeout(work, 50, ...of)) as unknown as typeof setImmediate);
    try {
      // Let in; the own commands granted, those of another refused.
      expect(await subscribeEarly("gw-b", bad.password)).toBe("20020000900400010180");
      expect(await subscribeEarly("nobody", "x")).toBe("20020004");
    } finally {
      late.mockRestore();
    }
    await othersGoOn();
  });

  test("C14: a will on another gateway's topic: not let in, and an entry names who tried", async () => {
    const will = {
      topic: "spBv1.0/firebreak/NDEATH/gw-a",
      payload: Buffer.from("x"),
      qos: 1 as const,
      retain: false,
    };
    await expect(enter({ will })).rejects.toThrow();
    expect(await entry("will-topic", "gw-b")).toBeDefined();
  });

  test("C14: a batch of another gateway under one's own topic is refused again by its checksum", async () => {
    good.produce(1);
    const stolen = [...good.spool.held.values()].at(-1)?.block ?? new Uint8Array();
    bad.produce(1);
    const thief = await startFakeGateway(bad.spool, {
      url: ingest.mqttUrl,
      password: bad.password,
    });
    await until("online", () => ingest.live.machine("m-b")?.isOnline === true);
    thief.send("m-b", stolen);
    await until("quarantine", () => ingest.intake.quarantine({ gatewayId: "gw-b" }).length > 0);
    expect(ingest.intake.quarantine({ gatewayId: "gw-b" })).toMatchObject([
      { reason: "checksum", machineId: "m-b" },
    ]);
    expect(ingest.alarms()).toContainEqual(
      expect.objectContaining({ kind: "checksum", gatewayId: "gw-b" }),
    );
    await thief.close();
    await othersGoOn();
  });

  test.each([
    { name: "C16: a PUBLISH of 1 MB", header: [0x30, 0xc0, 0x84, 0x3d] },
    { name: "C16: a PUBLISH of 256 MB", header: [0x30, 0xff, 0xff, 0xff, 0x7f] },
    {
      name: "C16: a length that is longer than MQTT allows",
      header: [0x30, 0xff, 0xff, 0xff, 0xff, 0x01],
    },
    { name: "C16: a CONNECT of 1 MB", header: [0x10, 0xc0, 0x84, 0x3d] },
  ])(
    "$name: cut at its header, before anything is kept, and an entry with the size",
    async ({ header }) => {
      const before = ingest.audit.counts()["oversize-packet"];
      const memory = process.memoryUsage().arrayBuffers;
      await sendRaw(Buffer.from(header));
      expect(ingest.audit.counts()["oversize-packet"]).toBe(before + 1);
      expect(ingest.audit.list()[0]?.detail).toMatch(/^(\d{7,}|Infinity) bytes$/);
      // Room for a quarter of a gigabyte would show, whatever else goes on here.
      expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(64_000_000);
      await othersGoOn();
    },
  );

  test("C16: 20,000 user properties: what comes before it is known who speaks may be 16 KiB", async () => {
    const before = ingest.audit.counts()["oversize-packet"];
    // 140,016 bytes: a CONNECT of MQTT 5.
    const header = Buffer.from("10f0c508", "hex");
    const protocol = Buffer.from("00044d51545405020014e0c508", "hex");
    const properties = Buffer.from("26000161000162".repeat(20_000), "hex");
    await sendRaw(Buffer.concat([header, protocol, properties, Buffer.from("000167", "hex")]));
    expect(ingest.audit.counts()["oversize-packet"]).toBe(before + 1);
    await othersGoOn();
  });

  test("C16: MQTT 5 is not spoken: answered with code 1, and counted", async () => {
    const before = ingest.audit.counts()["protocol-error"];
    await sendRaw(Buffer.from("101500044d515454050200140726000161000162000167", "hex"));
    expect(ingest.audit.counts()["protocol-error"]).toBe(before + 1);
  });

  test("G10: a hundred lines that say nothing, or a byte now and then, keep nobody out and are cut", async () => {
    const idle = Array.from({ length: 100 }, (_, at) =>
      sendRaw(at % 2 ? Buffer.of(0x10) : Buffer.alloc(0)),
    );
    await othersGoOn();
    await Promise.all(idle);
    expect(ingest.audit.counts()["connect-timeout"]).toBeGreaterThan(0);
  });

  test("G10: HTTP at the MQTT port is cut and counted", async () => {
    const before = ingest.audit.counts()["protocol-error"];
    await sendRaw(Buffer.from(`GET / HTTP/1.1\r\nHost: hub\r\n${"X-A: b\r\n".repeat(10_000)}\r\n`));
    await until(
      "an entry",
      () =>
        ingest.audit.counts()["protocol-error"] > before ||
        ingest.audit.counts()["oversize-packet"] > 4,
    );
    await othersGoOn();
  });
});

const text = (value: string) => Buffer.concat([Buffer.of(0, value.length), Buffer.from(value)]);
const packet = (type: number, body: Buffer) => Buffer.concat([Buffer.of(type, body.length), body]);

/** MQTT 3.1.1, 3.1: clean session, user name and password. */
const connectPacket = (clientId: string, password: string) =>
  packet(
    0x10,
    Buffer.concat([
      text("MQTT"),
      Buffer.of(4, 0xc2, 0, 60),
      ...[clientId, clientId, password].map(text),
    ]),
  );

/** MQTT 3.1.1, 3.8: the commands to each of these, QoS 1. */
const subscribePacket = (gatewayIds: readonly string[]) =>
  packet(
    0x82,
    Buffer.concat([
      Buffer.of(0, 1),
      ...gatewayIds.flatMap((id) => [text(`spBv1.0/firebreak/NCMD/${id}`), Buffer.of(1)]),
    ]),
  );
