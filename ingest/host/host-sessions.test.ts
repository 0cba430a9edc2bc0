import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cpuMs } from "../../kit/cpu-time.fixture.ts";
import { until } from "../fake-gateway.fixture.ts";
import {
  bdSeq,
  type HostUnderTest,
  plainBirth,
  seriesOf,
  startHostUnderTest,
} from "./host.fixture.ts";

const t0 = 1_780_000_000_000;
const machine = "EXC-9";
const speed: Metric = {
  name: "Speed",
  alias: 1,
  datatype: DataType.Int32,
  value: 0,
  timestampMs: t0,
};
const dbirth = (seq: number) => ({ timestampMs: t0, seq, metrics: [speed] });
const value = (seq: number) => ({
  timestampMs: t0 + seq,
  seq,
  metrics: [{ alias: 1, timestampMs: t0 + seq, value: seq }],
});
const death = (sequence: number) => ({ timestampMs: t0, metrics: [bdSeq(sequence)] });
const speeds = () => seriesOf(under, machine, "Speed").map((sample) => sample.value);

let under: HostUnderTest;
beforeEach(async () => {
  under = await startHostUnderTest();
});
afterEach(() => under.close());

const open = (sequence = 0) => {
  under.send("NBIRTH", plainBirth(sequence));
  under.send("DBIRTH", dbirth(1), machine);
};
const timeIsUp = () => new Promise((resolve) => setTimeout(resolve, 200));

describe("order of messages", () => {
  test("tck-id-operational-behavior-host-reordering-param: how long to wait is an option", async () => {
    await under.close();
    under = await startHostUnderTest({ reorderTimeoutMs: 1_000 });
    open();
    under.send("DDATA", value(3), machine);
    await timeIsUp();
    expect(under.rebirths).toEqual([]);
    await until("the time to be up", () => under.rebirths.length === 1);
  });

  test("tck-id-operational-behavior-host-reordering-start: what comes early waits, and nobody is asked yet", async () => {
    open();
    under.send("DDATA", value(3), machine);
    under.send("DDATA", value(5), machine);
    expect(under.node().counts.foreignSamples).toBe(1);
    expect(under.rebirths).toEqual([]);
  });

  test("tck-id-operational-behavior-host-reordering-rebirth: what is missing does not come: all is taken, and a rebirth asked for", async () => {
    open();
    under.send("DDATA", value(3), machine);
    under.send("DDATA", value(5), machine);
    await until("a request", () => under.rebirths.length === 1);
    await until("the rest", () => under.arrived.length === 3);
    expect(speeds()).toEqual([0, 3, 5]);
    expect(under.node().counts).toMatchObject({ sequenceGaps: 1, reordered: 0 });
    // It goes on from there.
    under.send("DDATA", value(6), machine);
    await until("the next", () => under.arrived.length === 4);
    expect(under.node().counts.sequenceGaps).toBe(1);
  });

  test("tck-id-operational-behavior-host-reordering-success: what is missing comes in time: nothing is asked, the order is right", async () => {
    open();
    for (const seq of [4, 3, 6, 2, 5, 7]) under.send("DDATA", value(seq), machine);
    await until("all", () => under.arrived.length === 7);
    expect(speeds()).toEqual([0, 2, 3, 4, 5, 6, 7]);
    expect(under.journalled).toEqual(under.arrived.map(({ batch }) => batch.header));
    await timeIsUp();
    expect(under.rebirths).toEqual([]);
    expect(under.node().counts).toMatchObject({ sequenceGaps: 0, reordered: 1 });
  });

  test("tck-id-payloads-sequence-num-incrementing: the number after 255 is 0", async () => {
    open();
    for (let at = 2; at < 600; at++) under.send("DDATA", value(at % 256), machine);
    await until("all", () => under.arrived.length === 599);
    await timeIsUp();
    expect(under.node().counts).toMatchObject({ sequenceGaps: 0, reordered: 0 });
  });

  test("a machine dies in its turn: data sent before its death are taken, those after it wait for a birth", async () => {
    open();
    under.send("DDEATH", { timestampMs: t0 + 3, seq: 3, metrics: [] }, machine);
    expect(under.live.machine(machine)?.isOnline).toBe(true);
    under.send("DDATA", value(2), machine);
    expect(under.live.machine(machine)?.isOnline).toBe(false);
    await until("the value", () => under.arrived.length === 2);
    expect(speeds()).toEqual([0, 2]);
  });

  test("C17: what waits is bounded in number and bytes", async () => {
    open();
    const text = "x".repeat(20_000);
    const filler: Metric = { name: "Filler", datatype: DataType.String, value: text };
    for (let seq = 3; seq < 40; seq++)
      under.send("DDATA", { ...value(seq), metrics: [filler] }, machine);
    // Not by time: 13 of these are more than may wait.
    expect(under.node().counts.sequenceGaps).toBeGreaterThan(0);
    expect(under.node().counts.beforeBirth).toBeGreaterThan(12);
  });

  test("C17: numbers that jump back and forth ask for one birth a minute at most", async () => {
    open();
    for (let at = 0; at < 400; at++) under.send("DDATA", value((at * 97) % 256), machine);
    await timeIsUp();
    for (let at = 0; at < 400; at++) under.send("DDATA", value((at * 61) % 256), machine);
    await timeIsUp();
    expect(under.rebirths).toEqual(["plc-7"]);
  });
});

describe("births and deaths", () => {
  test("C17: data without a birth: nothing is taken, a birth is asked for once a minute", async () => {
    for (let seq = 0; seq < 100; seq++) under.send("DDATA", value(seq), machine);
    expect(under.rebirths).toEqual(["plc-7"]);
    expect(under.node().counts.beforeBirth).toBe(100);
    expect(under.arrived).toEqual([]);
    open();
    under.send("DDATA", value(2), machine);
    await until("the values", () => under.arrived.length === 2);
  });

  test("C17: a thousand births in a second: a few are looked at, the rest counted, and it is an alarm", async () => {
    for (let at = 0; at < 1_000; at++) under.send("NBIRTH", plainBirth(at % 256));
    expect(under.node().births).toBe(120);
    expect(under.node().counts.ignoredBirths).toBe(880);
    expect(under.alarms()).toContain("birth-storm");
    // Another node is not concerned.
    under.host.take("spBv1.0/firebreak/NBIRTH/plc-8", encodePayload(plainBirth(0)));
    expect(under.host.nodes.at(-1)).toMatchObject({ gatewayId: "plc-8", births: 1 });
  });

  test("C17: a death of an earlier connection changes nothing", async () => {
    open(4);
    open(5);
    under.send("NDEATH", death(4));
    expect(under.node()).toMatchObject({ isOnline: true, counts: { staleDeaths: 1 } });
    expect(under.live.machine(machine)).toMatchObject({ isOnline: true, staleSince: null });
    under.send("NDEATH", death(5));
    expect(under.node().isOnline).toBe(false);
    expect(under.live.machine(machine)?.isOnline).toBe(false);
  });

  test.each([
    {
      name: "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline",
      what: "the node is offline since now",
    },
    {
      name: "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale",
      what: "metrics of the node are stale since now",
    },
    {
      name: "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-offline",
      what: "its machines are offline since now",
    },
    {
      name: "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale",
      what: "their values are stale since now",
    },
  ])("$name: $what", async () => {
    under.send("NBIRTH", plainBirth(0, [{ ...speed, alias: 9 }]));
    under.send("DBIRTH", dbirth(1), machine);
    await until("values", () => under.live.machine(machine)?.signals.length === 1);
    const before = Date.now();
    under.send("NDEATH", death(0));
    const { isOnline, offlineSinceMs = 0 } = under.node();
    expect([isOnline, offlineSinceMs >= before, offlineSinceMs <= Date.now()]).toEqual([
      false,
      true,
      true,
    ]);
    for (const id of ["plc-7", machine]) {
      const { isOnline: isOn, staleSince } = under.live.machine(id) ?? {};
      expect(isOn).toBe(false);
      expect(Date.parse(staleSince ?? "")).toBeGreaterThanOrEqual(before);
      expect(Date.parse(staleSince ?? "")).toBeLessThanOrEqual(Date.now());
    }
    open(1);
    expect(under.live.machine(machine)).toMatchObject({ isOnline: true, staleSince: null });
  });

  test.each([
    {
      name: "tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline",
    },
    {
      name: "tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale",
    },
  ])("$name: since the time in the death certificate", async () => {
    open();
    const diedMs = Date.now() - 5_000;
    under.send("DDEATH", { timestampMs: diedMs, seq: 2, metrics: [] }, machine);
    expect(under.live.machine(machine)).toMatchObject({
      isOnline: false,
      staleSince: new Date(diedMs).toISOString(),
    });
    expect(under.node().isOnline).toBe(true);
  });

  test("a machine that is not born again with its node is offline once data come", async () => {
    open();
    under.send("DBIRTH", { ...dbirth(2), metrics: [{ ...speed, alias: 2 }] }, "EXC-10");
    open(0);
    expect(under.live.machine("EXC-10")?.isOnline).toBe(true);
    under.send("DDATA", value(2), machine);
    expect(under.live.machine("EXC-10")?.isOnline).toBe(false);
    expect(under.live.machine(machine)?.isOnline).toBe(true);
    expect(under.states.filter(({ machineId }) => machineId === machine)).toHaveLength(2);
  });

  test("when the broker is lost nobody is known to be online, and what waits is not lost", async () => {
    open();
    under.send("DDATA", value(3), machine);
    under.host.goOffline();
    expect(under.live.machine(machine)?.isOnline).toBe(false);
    await until("both", () => under.arrived.length === 2);
    await timeIsUp();
    expect(under.rebirths).toEqual([]);
  });
});

describe("C18: payloads that are none", () => {
  const garbage = [
    { name: "no protobuf", bytes: Buffer.from("ff".repeat(64), "hex") },
    {
      name: "JSON",
      bytes: Buffer.from(`{"__proto__":{"isAdmin":true},"a":${"[".repeat(100_000)}`),
    },
    { name: "a length beyond the end", bytes: Buffer.from("12ffffffff7f", "hex") },
    { name: "groups nested 100,000 deep", bytes: Buffer.alloc(100_000, 0x0b) },
    { name: "messages nested in properties", bytes: nested(30) },
    { name: "gzip of a megabyte of zeros", bytes: Buffer.from("1f8b08", "hex") },
    { name: "a name that is no UTF-8", bytes: Buffer.from("12060a04c328c328", "hex") },
    { name: "a varint without an end", bytes: Buffer.alloc(200_000, 0x80) },
  ];

  test.each(garbage)(
    "C18: $name: quarantined or without effect, in 10 ms, and the node goes on",
    async ({ bytes }) => {
      open();
      const tookMs = [1, 2, 3].map(() => {
        const begunMs = cpuMs();
        under.send("DDATA", bytes, machine);
        return cpuMs() - begunMs;
      });
      expect(Math.min(...tookMs)).toBeLessThan(10);
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
      under.send("DDATA", value(2), machine);
      await until("the value", () => under.arrived.length >= 2);
      expect(speeds().at(-1)).toBe(2);
      await until(
        "the quarantine",
        () =>
          under.quarantined().length +
            under.node().counts.beforeBirth +
            under.node().counts.foreignSkipped >=
          1,
      );
    },
  );

  test("C18: names such as __proto__ are names", async () => {
    under.send("NBIRTH", plainBirth(0));
    const names = ["__proto__", "constructor", "toString"];
    const metrics = names.map((name): Metric => ({ name, datatype: DataType.Double, value: 1 }));
    under.send("DBIRTH", { timestampMs: t0, seq: 1, metrics }, "__proto__");
    await until("the values", () => under.arrived.length === 1);
    expect(under.live.machine("__proto__")?.signals.map(({ name }) => name)).toEqual(
      names.toSorted(),
    );
  });
});

/** Property sets in property sets. */
function nested(depth: number): Buffer {
  let inner = Buffer.alloc(0);
  const field = (tag: number, body: Buffer) => {
    const length =
      body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
    return Buffer.concat([Buffer.of(tag, ...length), body]);
  };
  for (let at = 0; at < depth; at++)
    inner = Buffer.concat([field(0x0a, Buffer.from("k")), field(0x12, field(0x4a, inner))]);
  return field(0x12, Buffer.concat([field(0x0a, Buffer.from("n")), field(0x4a, inner)]));
}
