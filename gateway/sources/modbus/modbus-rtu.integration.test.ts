import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { catchError, EMPTY, type Subscription } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../../test-source.fixture.ts";
import { createSource } from "../registry.ts";
import { hasPtyPairs } from "../serial/pty-pair.fixture.ts";
import { Collector, contextOf, registerSignal } from "../source.fixture.ts";
import type { SourceState } from "../source.ts";
import {
  asItIs,
  type FaultyLine,
  heardAt,
  openFaultyLine,
  type Spoil,
} from "./faulty-line.fixture.ts";
import { encodeRtu } from "./framing/rtu-frame.ts";
import { hasPymodbus, type PeerUnits, startPymodbus } from "./pymodbus-peer.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const pollIntervalMs = 200;
/** An answer comes from Python over two pairs of pseudo terminals: on a busy computer each hop waits for its turn. */
const timeoutMs = 600;
const names = ["one", "two", "three", "four", "five"] as const;
/** What each of the devices holds at holding register 10; 5 is not there. */
const raws = [1_001, 1_002, 1_003, 1_004];

const plan = {
  plan: "made-up",
  acquisition: {
    maker: "x",
    models: ["x"],
    modbusDevices: Object.fromEntries(
      names.map((name, at) => [name, { unitId: at + 1, pollIntervalMs }]),
    ),
    signals: {
      ...Object.fromEntries(
        names.map((device) => [
          device,
          registerSignal({ device, table: "holding", address: 10, type: "uint16" }),
        ]),
      ),
      total: registerSignal({ device: "one", table: "input", address: 7, type: "float32" }),
      pump: registerSignal({ device: "one", table: "coil", address: 3, type: "bool" }),
      door: registerSignal({ device: "one", table: "discrete", address: 4, type: "bool" }),
      missing: registerSignal({ device: "two", table: "holding", address: 11, type: "uint16" }),
    },
  },
} as unknown as Plan;

const units: PeerUnits = {
  ...Object.fromEntries(
    raws.map((raw, at) => [
      at + 1,
      [{ table: "holding", address: 10, type: "uint16", raw } as const],
    ]),
  ),
  1: [
    { table: "holding", address: 10, type: "uint16", raw: 1_001 },
    { table: "input", address: 7, type: "float32", raw: 12.5 },
    { table: "coil", address: 3, type: "bool", raw: 1 },
    { table: "discrete", address: 4, type: "bool", raw: 0 },
  ],
};

async function openLine(): Promise<FaultyLine> {
  const line = await openFaultyLine();
  endings.push(() => line.close());
  const peer = await startPymodbus(units, line.devices);
  endings.push(() => peer.stop());
  return line;
}

function open(line: FaultyLine, devices: readonly string[], options: { retries?: number } = {}) {
  const context = contextOf(plan);
  const collector = new Collector(context);
  const config = { kind: "modbus-rtu" as const, port: line.gateway, timeoutMs };
  const source = createSource({ ...config, ...options, devices: [...devices] }, context);
  const errors: unknown[] = [];
  const states: SourceState[] = [];
  const subscription: Subscription = source
    .open(collector)
    .pipe(
      catchError((error: unknown) => {
        errors.push(error);
        return EMPTY;
      }),
    )
    .subscribe((state) => states.push(state));
  endings.push(() => subscription.unsubscribe());
  const good = (signal: string) =>
    collector.rows.filter((row) => row.signal === signal && row.quality === "good");
  return { collector, source, errors, states, good };
}

const flipped = (frame: Uint8Array, at = 3): Uint8Array =>
  frame.map((byte, offset) => (offset === at ? byte ^ 0x10 : byte));

describe.skipIf(!hasPtyPairs() || !hasPymodbus())("modbus-rtu against pymodbus", () => {
  test("reads all four tables; a block that lacks one register is halved", async () => {
    const line = await openLine();
    const { collector, good } = open(line, ["one", "two"]);
    await until(() => collector.last("missing")?.quality === "stale", "the refusal");
    await until(() => good("two").length > 0 && good("door").length > 0, "values");
    const last = (signal: string) => collector.last(signal)?.value;
    expect(["one", "total", "pump", "door", "two"].map(last)).toEqual([1_001, 12.5, 1, 0, 1_002]);
    expect(good("missing")).toEqual([]);
  });

  test("a dead device among five: the others go on at their pace, and it is named", async () => {
    const line = await openLine();
    const { collector, source, states } = open(line, names);
    await until(() => collector.last("five")?.quality === "stale", "the silence");
    const errors = () => source.counters()["five.errors"] ?? 0;
    // Through the first probes, which come quickest and disturb most.
    await until(() => errors() >= 5, "probes", 60_000);
    for (const name of names.slice(0, 4)) {
      const rows = collector.rows.filter(({ signal }) => signal === name);
      expect(rows.every(({ quality }) => quality === "good")).toBe(true);
      expect(rows.length).toBeGreaterThan(8);
    }
    expect(collector.rows.filter(({ signal }) => signal === "five")).toHaveLength(1);
    expect(states.at(-1)).toMatchObject({
      state: "trouble",
      detail: expect.stringMatching(/two: not everything .*; five: no answer in time/),
    });
    if (!process.env.FIREBREAK_SOAK) return;
    await until(() => errors() >= 7, "the budget", 60_000);
    const [before, beginMs] = [source.counters()["five.busMs"] ?? 0, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const spentMs = (source.counters()["five.busMs"] ?? 0) - before;
    expect(spentMs).toBeGreaterThan(0);
    expect(spentMs / (performance.now() - beginMs)).toBeLessThan(0.02);
  });

  test("A10: a wrong CRC is asked for again three times at most, and never becomes a value", async () => {
    const line = await openLine();
    line.spoil = (answer) => [flipped(answer)];
    const { collector, source, states, errors } = open(line, ["three"], { retries: 3 });
    await until(() => collector.last("three")?.quality === "stale", "giving up");
    expect(line.requests).toHaveLength(4);
    expect(source.counters()).toMatchObject({ crcErrors: 4, retries: 3, "three.errors": 4 });
    expect(states.at(-1)).toMatchObject({
      state: "trouble",
      detail: expect.stringMatching(/^three: wrong check sum \(CRC\) \(\d+ % errors\)$/),
    });
    line.spoil = asItIs;
    await until(() => collector.last("three")?.quality === "good", "the return");
    expect(new Set(collector.rows.map(({ value }) => value))).toEqual(new Set([null, 1_003]));
    expect(errors).toEqual([]);
  });

  test("A10: every third answer spoilt: every poll has its value all the same", async () => {
    const line = await openLine();
    let count = 0;
    line.spoil = (answer) => [count++ % 3 === 0 ? flipped(answer, 4) : answer];
    const { collector, source, good } = open(line, ["three", "four"]);
    await until(() => good("three").length >= 8, "values", 60_000);
    expect(collector.rows.every(({ quality }) => quality === "good")).toBe(true);
    const percent = source.counters()["three.errorPercent"] ?? 0;
    expect(percent).toBeGreaterThan(0);
    expect(source.counters().crcErrors).toBeGreaterThanOrEqual(3);
  });

  test("A10: echo, noise, pieces and the frames of others spoil no value", async () => {
    const line = await openLine();
    const spoils: Readonly<Record<string, Spoil>> = {
      "our own echo": (answer, request) => [request, answer],
      "noise before": (answer) => [Uint8Array.of(255, 0, 3, 3), answer],
      "noise behind": (answer) => [answer, Uint8Array.of(3, 3, 0)],
      "pieces of one byte": (answer) => [...answer].map((byte) => Uint8Array.of(byte)),
      "a frame of another": (answer) => [encodeRtu(9, Uint8Array.of(3, 2, 9, 9)), answer],
    };
    const { good, collector, source } = open(line, ["three", "four"]);
    for (const [name, spoil] of Object.entries(spoils)) {
      line.spoil = spoil;
      const wanted = good("three").length + 3;
      await until(() => good("three").length >= wanted, `values in spite of ${name}`);
    }
    const values = new Set(collector.rows.map(({ value }) => value));
    expect(values).toEqual(new Set([1_003, 1_004]));
    expect(source.counters().echoes).toBeGreaterThan(0);
  });

  test("A10: noise between the frames is passed over", async () => {
    const line = await openLine();
    const { collector, source, good } = open(line, ["three"]);
    await until(() => good("three").length >= 2, "values");
    const strays = () => source.counters().strayBytes ?? 0;
    // Now and then one falls into an answer, which is then asked for again.
    for (let round = 0; round < 5 || (strays() === 0 && round < 100); round++) {
      await line.disturb(Uint8Array.of(3, 3, 2, 7, 7, 0, 0));
      await new Promise((resolve) => setTimeout(resolve, 90));
    }
    await until(() => good("three").length >= 6, "more values");
    expect(new Set(collector.rows.map(({ value }) => value))).toEqual(new Set([1_003]));
    expect(strays()).toBeGreaterThan(0);
  });

  test.each([
    { heard: 19_200, sent: 9_600 },
    { heard: 9_600, sent: 19_200 },
  ])("A10: $sent bit/s heard at $heard: no value, and it says what to look at", async (rates) => {
    const line = await openLine();
    line.spoil = (answer) => [heardAt(answer, rates.sent, rates.heard)];
    const { collector, states } = open(line, ["three"]);
    await until(() => collector.last("three")?.quality === "stale", "giving up");
    expect(states.at(-1)?.detail).toMatch(/^three: bytes that make no frame; wrong bit rate/);
    expect(collector.rows).toHaveLength(1);
    line.spoil = (answer) => [heardAt(answer, rates.sent, rates.sent)];
    await until(() => collector.last("three")?.value === 1_003, "the right rate");
  });

  test("the answer of a wrong unit is no value", async () => {
    const line = await openLine();
    line.spoil = (answer) => [encodeRtu(4, answer.subarray(1, -2))];
    const { collector, states, source } = open(line, ["three"]);
    await until(() => collector.last("three")?.quality === "stale", "giving up");
    expect(states.at(-1)?.detail).toMatch(/^three: what came is of another unit/);
    expect(source.counters().foreignFrames).toBeGreaterThan(0);
    expect(collector.rows).toHaveLength(1);
  });

  test("A9: a device that stops in mid-answer, again and again: the others go on", async () => {
    const line = await openLine();
    line.spoil = (answer) => [answer[0] === 3 ? answer.subarray(0, 4) : answer];
    const { collector, good } = open(line, ["one", "three", "four"]);
    await until(() => collector.last("three")?.quality === "stale", "giving up");
    const others = () => Math.min(good("four").length, good("one").length);
    await until(() => others() >= 10, "the others", 60_000);
    expect(good("three")).toEqual([]);
    line.spoil = asItIs;
    await until(() => good("three").length > 0, "the return");
    expect(new Set(good("four").map(({ value }) => value))).toEqual(new Set([1_004]));
  });

  test("A9: exception 6 leaves the device alone for a while", async () => {
    const line = await openLine();
    line.spoil = () => [encodeRtu(3, Uint8Array.of(0x83, 6))];
    const { collector, source, good } = open(line, ["three"]);
    await until(() => collector.last("three")?.quality === "stale", "the refusal");
    line.spoil = asItIs;
    await until(() => good("three").length > 0, "the return");
    expect(source.counters().exceptions).toBe(1);
  });

  test("an answer that comes too late is never taken for that of another request", async () => {
    const line = await openLine();
    let held: Uint8Array | undefined;
    line.spoil = (answer) => {
      if (answer[1] !== 3 || answer[0] !== 1) return [answer];
      const late = held;
      held = answer;
      return late === undefined ? [] : [late];
    };
    const { collector } = open(line, ["one", "four"]);
    await until(() => collector.rows.filter(({ signal }) => signal === "four").length > 8, "polls");
    for (const { signal, value } of collector.rows)
      if (value !== null) expect([signal, value]).toEqual([signal, expected[signal]]);
  });

  test("a pulled plug says stale, and fails in a way that may heal", async () => {
    const line = await openLine();
    const { collector, errors, good } = open(line, ["three"]);
    await until(() => good("three").length > 0, "a value");
    await line.pull();
    await until(() => errors.length > 0, "the loss");
    expect(errors[0]).toMatchObject({ code: "MODBUS_CONNECTION_LOST", retryable: true });
    expect(collector.last("three")?.quality).toBe("stale");
  });
});

const expected: Readonly<Record<string, number>> = {
  one: 1_001,
  total: 12.5,
  pump: 1,
  door: 0,
  four: 1_004,
};
