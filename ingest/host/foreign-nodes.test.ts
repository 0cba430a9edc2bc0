import { readFileSync } from "node:fs";
import { Quality } from "@firebreak/wire/quality.ts";
import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cpuMs } from "../../kit/cpu-time.fixture.ts";
import { sharedData } from "../../test/shared-data.ts";
import { until } from "../fake-gateway.fixture.ts";
import { maxSignals } from "./foreign/metric-table.ts";
import { type HostUnderTest, plainBirth, seriesOf, startHostUnderTest } from "./host.fixture.ts";

const t0 = 1_780_000_000_000;
const pressure: Metric = {
  name: "Hydraulics/Pressure",
  alias: 3,
  timestampMs: t0,
  datatype: DataType.Double,
  value: 210.5,
  properties: new Map([["engUnit", { type: DataType.String, value: "bar" }]]),
};
const running: Metric = { name: "Running", alias: 4, datatype: DataType.Boolean, value: true };
const temperature: Metric = {
  name: "Oil/Temperature",
  alias: 5,
  datatype: DataType.Int16,
  value: -3,
};
const dbirth = (seq: number, metrics: readonly Metric[] = [pressure, running, temperature]) => ({
  timestampMs: t0,
  seq,
  metrics,
});

const variants = sharedData("sparkplug/interop_int_variants.json");
interface Variant {
  readonly name: string;
  readonly hex: string;
  readonly decoded: { readonly metrics: readonly { readonly datatype: number }[] };
}
/** What is meant stands in the name: "Int16 -300 as 16-bit ...". */
const dialects = (variants ? (JSON.parse(readFileSync(variants, "utf8")) as Variant[]) : []).map(
  ({ name, hex, decoded }) => ({
    hex,
    datatype: decoded.metrics[0]?.datatype ?? 0,
    meant: Number(name.split(" ")[1]),
  }),
);

let under: HostUnderTest;
beforeEach(async () => {
  under = await startHostUnderTest();
});
afterEach(() => under.close());

describe("an edge node of another maker", () => {
  test("its births and data are journalled as samples, by alias and by name", async () => {
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1), "EXC-9");
    const data: Metric[] = [
      { alias: 3, timestampMs: t0 + 1_000, value: 211.25 },
      { name: "Running", timestampMs: t0 + 1_000, value: false },
    ];
    under.send("DDATA", { timestampMs: t0 + 1_000, seq: 2, metrics: data }, "EXC-9");
    await until("two batches", () => under.arrived.length === 2);
    expect(seriesOf(under, "EXC-9", "Hydraulics/Pressure")).toEqual([
      { t: t0, value: 210.5, quality: Quality.good },
      { t: t0 + 1_000, value: 211.25, quality: Quality.good },
    ]);
    expect(seriesOf(under, "EXC-9", "Running").map(({ value }) => value)).toEqual([1, 0]);
    const machine = under.live.machine("EXC-9");
    expect(machine).toMatchObject({ isOnline: true, gatewayId: "plc-7" });
    expect(machine?.signals.map(({ name, unit, value }) => [name, unit, value])).toEqual([
      ["Hydraulics/Pressure", "bar", 211.25],
      ["Oil/Temperature", "", -3],
      ["Running", "", 0],
    ]);
  });

  test("is sent no acknowledgement, and is marked as a node whose losses cannot be known", async () => {
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1), "EXC-9");
    await until("a batch", () => under.arrived.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(under.acknowledged).toEqual([]);
    expect(under.node()).toMatchObject({ isForeign: true, counts: { foreignSamples: 3 } });
  });

  test("metrics of the node itself are a machine of the node's name", async () => {
    under.send("NBIRTH", plainBirth(0, [{ ...pressure, alias: 1 }]));
    const metrics = [{ alias: 1, timestampMs: t0 + 5, value: 1 }];
    under.send("NDATA", { timestampMs: t0 + 5, seq: 1, metrics });
    await until("both values", () => under.arrived.length === 2);
    expect(seriesOf(under, "plc-7", "Hydraulics/Pressure").map(({ value }) => value)).toEqual([
      210.5, 1,
    ]);
    expect(under.live.machine("plc-7")?.isOnline).toBe(true);
  });

  test("historical values are stored and do not become the values of now", async () => {
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1), "EXC-9");
    const metrics: Metric[] = [1, 2, 3].map((at) => ({
      alias: 3,
      timestampMs: t0 - at * 86_400_000 * 20,
      isHistorical: true,
      value: at,
    }));
    metrics.push({ alias: 3, timestampMs: t0 + 9, value: 200 });
    under.send("DDATA", { timestampMs: t0 + 9, seq: 2, metrics }, "EXC-9");
    await until("the value of now", () => under.arrived.length === 2);
    await until("the journal", () => under.node().counts.batches === 5);
    const [shown] = under.live.machine("EXC-9")?.signals ?? [];
    expect(shown).toMatchObject({ name: "Hydraulics/Pressure", value: 200 });
    expect(under.node().counts.foreignSamples).toBe(3 + 4);
  });

  test("a rebirth that repeats a value adds no sample", async () => {
    for (const sequence of [0, 0, 1]) {
      under.send("NBIRTH", plainBirth(sequence));
      under.send("DBIRTH", dbirth(1), "EXC-9");
    }
    await until("the first", () => under.arrived.length === 1);
    expect(under.node().counts.foreignSamples).toBe(3);
  });

  test("null, bad and stale values keep their quality and are no numbers", async () => {
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1, [pressure]), "EXC-9");
    const quality = (value: number) => new Map([["Quality", { type: DataType.Int32, value }]]);
    const metrics: Metric[] = [
      { alias: 3, timestampMs: t0 + 1, isNull: true },
      { alias: 3, timestampMs: t0 + 2, value: 5, properties: quality(0) },
      { alias: 3, timestampMs: t0 + 3, value: 6, properties: quality(500) },
      { alias: 3, timestampMs: t0 + 4, value: 7, properties: quality(192) },
      { alias: 3, timestampMs: t0 + 5, value: Number.NaN },
    ];
    under.send("DDATA", { timestampMs: t0, seq: 2, metrics }, "EXC-9");
    await until("two batches", () => under.arrived.length === 2);
    const series = seriesOf(under, "EXC-9", "Hydraulics/Pressure");
    expect(series.map((sample) => sample.quality)).toEqual([
      Quality.good,
      Quality.notAvailable,
      Quality.error,
      Quality.stale,
      Quality.good,
      Quality.error,
    ]);
    expect(series.filter(({ value }) => !Number.isNaN(value)).map(({ value }) => value)).toEqual([
      210.5, 7,
    ]);
  });

  test.runIf(dialects.length > 0)("negative integers are read right in every dialect", async () => {
    for (const [at, { hex, datatype }] of dialects.entries()) {
      under.send("NBIRTH", { ...plainBirth(0), seq: 4 });
      under.send("DBIRTH", dbirth(5, [{ name: "t", datatype, isNull: true }]), `M${at}`);
      under.send("DDATA", Buffer.from(hex, "hex"), `M${at}`);
    }
    await until("all", () => under.arrived.length === 2 * dialects.length);
    const values = dialects.map((_, at) => seriesOf(under, `M${at}`, "t").at(-1)?.value);
    expect(values).toEqual(dialects.map(({ meant }) => meant));
    expect(dialects.length).toBeGreaterThanOrEqual(6);
  });

  test("integers by alias have the type of the birth, however far their sign reaches", async () => {
    under.send("NBIRTH", plainBirth(0));
    const types = [DataType.Int8, DataType.Int8, DataType.Int16, DataType.UInt8];
    const metrics = types.map(
      (datatype, at): Metric => ({ name: `t${at}`, alias: at + 1, datatype, isNull: true }),
    );
    under.send("DBIRTH", dbirth(1, metrics), "EXC-9");
    // Field 10 of each metric, varints: 4294967284, 244, 65236, 244.
    const data = "1208100150f4ffffff0f" + "1205100250f401" + "1206100350d4fd03" + "1205100450f401";
    under.send("DDATA", Buffer.from(`${data}1802`, "hex"), "EXC-9");
    await until("both", () => under.arrived.length === 2);
    const values = types.map((_, at) => seriesOf(under, "EXC-9", `t${at}`).at(-1)?.value);
    expect(values).toEqual([-12, -12, -300, 244]);
  });

  test("tck-id-topic-structure-namespace-duplicate-device-id-across-edge-node: of another group it has ids with group and node before them, so that two may have one device id", async () => {
    await under.close();
    under = await startHostUnderTest({ group: "site-a", groups: ["firebreak", "site-a"] });
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1), "EXC-9");
    await until("a batch", () => under.arrived.length === 1);
    expect(under.live.machine("site-a:plc-7:EXC-9")?.isOnline).toBe(true);
    under.host.take("spBv1.0/site-a/NBIRTH/plc-8", encodePayload(plainBirth(0)));
    under.host.take("spBv1.0/site-a/DBIRTH/plc-8/EXC-9", encodePayload(dbirth(1)));
    expect(under.live.machine("site-a:plc-8:EXC-9")?.gatewayId).toBe("site-a:plc-8");
    expect(under.live.machine("site-a:plc-7:EXC-9")?.gatewayId).toBe("site-a:plc-7");
    // Nobody of our own group can pass for it.
    under.host.take("spBv1.0/firebreak/NBIRTH/site-a:plc-7", new Uint8Array());
    under.host.take("spBv1.0/elsewhere/NBIRTH/plc-7", new Uint8Array());
    expect(under.host.foreignMessages).toBe(2);
    expect(under.host.nodes).toHaveLength(2);
  });

  test("strings and other values that are no numbers are counted and not stored", async () => {
    under.send("NBIRTH", plainBirth(0));
    const text: Metric = { name: "Operator", datatype: DataType.String, value: "<img src=x>" };
    under.send("DBIRTH", dbirth(1, [pressure, text]), "EXC-9");
    await until("a batch", () => under.arrived.length === 1);
    expect(under.node().counts).toMatchObject({ foreignSamples: 1, foreignSkipped: 1 });
  });
});

describe("C17: a foreign node that breaks the rules of Sparkplug", () => {
  test("C17: 10,000 new metrics in one birth: bounded, counted, an alarm, the rest goes on", async () => {
    under.send("NBIRTH", plainBirth(0));
    const metrics = Array.from(
      { length: 10_000 },
      (_, at): Metric => ({
        name: `metric ${at}`,
        alias: at + 1,
        datatype: DataType.Double,
        value: at,
      }),
    );
    const begunMs = cpuMs();
    under.send("DBIRTH", dbirth(1, metrics), "EXC-9");
    expect(cpuMs() - begunMs).toBeLessThan(1_000);
    await until("the signals", () => under.live.machine("EXC-9")?.signals.length === maxSignals);
    expect(under.alarms()).toContain("too-many-signals");
    expect(under.node().counts.foreignSamples).toBe(maxSignals);
    const [first, last] = [
      { alias: 1, value: -1 },
      { alias: 9_999, value: -1 },
    ];
    under.send("DDATA", { timestampMs: t0 + 1, seq: 2, metrics: [first, last] }, "EXC-9");
    expect(under.node().counts).toMatchObject({
      foreignSamples: maxSignals + 1,
      foreignSkipped: 10_000 - maxSignals + 1,
    });
  });

  test("C17: machines without end behind one node: a thousand are taken, and it is an alarm", () => {
    under.send("NBIRTH", plainBirth(0));
    for (let at = 0; at < 1_200; at++)
      under.send("DBIRTH", dbirth((at + 1) % 256, [{ ...pressure, alias: at }]), `M${at}`);
    expect(under.node().machines.size).toBe(1_000);
    expect(under.alarms()).toContain("too-many-machines");
    expect(under.alarms()).not.toContain("too-many-signals");
  });

  test("C17: a time years ahead is none, or it would stand as the newest until then", async () => {
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1), "EXC-9");
    const ahead = Date.now() + 500 * 86_400_000;
    const metrics = [{ alias: 3, timestampMs: ahead, value: 1 }];
    under.send("DDATA", { timestampMs: t0 + 1, seq: 2, metrics }, "EXC-9");
    under.send("DDATA", { timestampMs: ahead, seq: 3, metrics: [{ alias: 4, value: 0 }] }, "EXC-9");
    expect(under.node().counts).toMatchObject({ foreignSamples: 3, foreignSkipped: 2 });
    await until("a batch", () => under.arrived.length === 1);
    expect(seriesOf(under, "EXC-9", "Hydraulics/Pressure")).toHaveLength(1);
  });

  test("C17: one alias for two metrics names neither, and is an alarm", async () => {
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1, [pressure, { ...running, alias: 3 }, temperature]), "EXC-9");
    const metrics: Metric[] = [
      { alias: 3, timestampMs: t0 + 1, value: 1 },
      { alias: 5, timestampMs: t0 + 1, value: 8 },
    ];
    under.send("DDATA", { timestampMs: t0 + 1, seq: 2, metrics }, "EXC-9");
    await until("both batches", () => under.arrived.length === 2);
    expect(under.alarms()).toContain("ambiguous-alias");
    expect(seriesOf(under, "EXC-9", "Hydraulics/Pressure")).toHaveLength(1);
    expect(seriesOf(under, "EXC-9", "Oil/Temperature").at(-1)?.value).toBe(8);
  });

  test("C17: a metric that no birth told of: the node is asked to be born again, once a minute", async () => {
    under.send("NBIRTH", plainBirth(0));
    under.send("DBIRTH", dbirth(1), "EXC-9");
    const strange = { alias: 77, value: 1 };
    for (let seq = 2; seq < 50; seq++)
      under.send("DDATA", { seq, metrics: [strange, { alias: 3, value: seq }] }, "EXC-9");
    await until("the rest", () => under.arrived.length === 49);
    expect(under.rebirths).toEqual(["plc-7"]);
    expect(under.node().counts.beforeBirth).toBe(48);
  });
});
