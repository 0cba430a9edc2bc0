import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Signal } from "@firebreak/plans/plan-schema.ts";
import { canSignal } from "../../can/can-buses.fixture.ts";
import { startListener } from "./can-listeners.fixture.ts";
import {
  Bus,
  ip,
  openFiles,
  pause,
  run,
  send,
  statistic,
  sysctl,
  until,
} from "./vm-bench.fixture.ts";

/**
 * Runs inside a machine whose kernel has CAN, and prints what happened as one JSON object a line; the test outside
 * judges it. Needs root, vcan0 to vcan4 and, for `card`, can0 and can1.
 */
const isSoak = process.env.FIREBREAK_SOAK === "1";
const loadSeconds = isSoak ? 60 : 5;
const replugs = isSoak ? 200 : 2;
const smallBuffer = 212_992;
const bigBuffer = 16 * 1024 * 1024;
const hugeBuffer = 16 * bigBuffer;

type Scenarios = Readonly<Record<string, () => Promise<object>>>;

/** One after the other, with the processor to themselves. */
const loads: Scenarios = {
  /** Two buses at 1,800 frames a second and one at 3,600, all of one machine. */
  async load() {
    // An emulated processor may be far behind the bus; the time that it takes to follow is told.
    sysctl("net.core.rmem_default", hugeBuffer);
    const buses = ["vcan0", "vcan1", "vcan2"].map((name) => new Bus(name));
    for (const bus of buses) await bus.opened();
    const { seconds, ...sent } = await send(loadSeconds, "vcan0=1800", "vcan1=1800", "vcan2=3600");
    const isAll = () => buses.every((bus) => bus.frames === sent[bus.name]);
    const behindMs = await until(isAll, "all frames", 240_000).catch(() => undefined);
    await pause(1_000);
    const read = Object.fromEntries(buses.map((bus) => [bus.name, bus.frames]));
    const lost = buses.reduce((sum, { source }) => sum + (source.counters().lostFrames ?? 0), 0);
    const outOfOrder = buses.reduce((sum, bus) => sum + bus.sequenceErrors, 0);
    const status = buses.map(({ source }) => source.buses?.()[0]);
    for (const bus of buses) bus.close();
    sysctl("net.core.rmem_default", bigBuffer);
    return { sent, read, lost, outOfOrder, seconds, behindMs, status };
  },

  /** Far more than a buffer of the usual size holds. */
  async burst() {
    sysctl("net.core.rmem_default", smallBuffer);
    const bus = await new Bus("vcan0").opened();
    sysctl("net.core.rmem_default", bigBuffer);
    // The reader is held up, as by a large collection of garbage.
    const sending = send(8_000, "vcan0=0");
    await pause(400);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    const { vcan0: sent } = await sending;
    await pause(3_000);
    const { frames: read, lostFrames: lost } = bus.source.counters();
    const { detail } = bus;
    bus.close();
    return { sent, read, lost, detail };
  },

  /** The whole process stopped for five seconds under load. */
  async stopped() {
    const bus = await new Bus("vcan0").opened();
    const sending = send(7, "vcan0=1800");
    await pause(700);
    spawn("sh", ["-c", `kill -STOP ${process.pid}; sleep 5; kill -CONT ${process.pid}`]);
    const { vcan0: sent } = await sending;
    await until(() => bus.frames === sent, "all frames", 60_000).catch(() => undefined);
    await pause(1_200);
    const { frames: read, lostFrames: lost } = bus.source.counters();
    const outOfOrder = bus.sequenceErrors;
    bus.close();
    return { sent, read, lost, outOfOrder };
  },
};

/** One after the other. */
const events: Scenarios = {
  /** An interface that is switched off and on again while its bus speaks. */
  async down() {
    const bus = await new Bus("vcan1").opened();
    await send(1, "vcan1=500");
    await until(() => bus.frames === 500, "frames");
    ip("set", "vcan1", "down");
    const noticedMs = await until(() => bus.detail.includes("no bus"), "the gap");
    const { detail } = bus;
    const samplesBefore = bus.samples;
    await pause(1_500);
    const samplesInGap = bus.samples - samplesBefore;
    ip("set", "vcan1", "up");
    const resumedMs = await sendUntilRead(bus);
    await until(() => bus.detail === "", "the bus back");
    bus.close();
    return { noticedMs, resumedMs, detail, samplesInGap, opened: bus.source.counters().opened };
  },

  /** A plug that is pulled and put back, over and over. */
  async replug() {
    const bus = await new Bus("vcan2").opened();
    await send(1, "vcan2=100");
    const filesBefore = openFiles();
    const resumedMs: number[] = [];
    let detail = "";
    for (let at = 0; at < replugs; at++) {
      ip("delete", "vcan2");
      await until(() => bus.detail.includes("no such interface"), "the loss");
      detail = bus.detail;
      ip("add", "dev", "vcan2", "type", "vcan");
      ip("set", "vcan2", "up");
      resumedMs.push(await sendUntilRead(bus));
    }
    // The pipes of the last program that sent are closed some time after its end.
    await until(() => openFiles() <= filesBefore + 1, "files closed", 10_000).catch(
      () => undefined,
    );
    const { opened, lostFrames } = bus.source.counters();
    const files = openFiles() - filesBefore;
    bus.close();
    return { replugs, resumedMs: Math.max(...resumedMs), files, opened, lostFrames, detail };
  },

  /** What a controller reports; the kernel carries it to the source. */
  async errors() {
    const asked = { j1939: { requests: { sa: 249, groups: [{ pgn: 65_253, everySeconds: 10 }] } } };
    const bus = await new Bus("vcan0", {}, asked).opened();
    const sentBefore = statistic("vcan0", "tx_packets");
    const details: string[] = [];
    const tell = async (frame: string, word: string) => {
      await run("cansend", "vcan0", frame);
      await until(() => bus.detail.includes(word), word);
      details.push(bus.detail);
    };
    await tell("20000004#0020000000000000", "error-passive");
    await tell("20000040#0000000000000000", "bus-off");
    const { controller } = bus.source.buses?.()[0] ?? {};
    await run("cansend", "vcan0", "20000100#0000000000000000");
    await until(() => bus.detail.includes("silent") || bus.detail === "", "the restart");
    await until(() => bus.detail.includes("silent"), "silence");
    details.push(bus.detail);
    const sentByUs = statistic("vcan0", "tx_packets") - sentBefore - 3;
    await sendUntilRead(bus);
    await until(() => bus.detail === "", "the bus back");
    const controllerAfter = bus.source.buses?.()[0]?.controller;
    const { busOffs, errorFrames, requests } = bus.source.counters();
    bus.close();
    return { details, controller, controllerAfter, busOffs, errorFrames, requests, sentByUs };
  },

  /** Messages of many packets from the kernel's own J1939. */
  async transport() {
    const broadcast = randomBytes(100);
    const addressed = randomBytes(1_785);
    const bytes = (pgn: number, count: number, stem: string): Record<string, Signal> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [
          `${stem}${at}`,
          canSignal({ can: { pgn, startBit: at * 8, bits: 8, byteOrder: "little" } }),
        ]),
      );
    const signals = { ...bytes(65_281, 100, "bam"), ...bytes(61_184, 1_785, "rts") };
    const bus = await new Bus("vcan1", signals).opened();
    writeFileSync("/run/broadcast", broadcast);
    writeFileSync("/run/addressed", addressed);
    // It may stumble over its own notice of success; what counts is what arrives.
    const say = (...args: string[]) => run("j1939cat", ...args).catch(() => "");
    await say("-B", "-i", "/run/broadcast", "vcan1:0x80", ":0xff,0x0ff01");
    const listener = await startListener("vcan1", () =>
      spawn("j1939cat", ["vcan1:0x90", "-r"], { stdio: "ignore" }),
    );
    await say("-i", "/run/addressed", "vcan1:0x80", ":0x90,0x0ef00");
    const count = (from: number, to: number) => bus.values.slice(from, to).flat().length;
    await until(() => count(0, bus.values.length) >= 1_885, "both messages", 40_000).catch(() => 0);
    listener.kill();
    const isEqual = (stem: string, message: Buffer) =>
      [...message].every((byte, at) => {
        const values = bus.byName(`${stem}${at}`);
        return values.length === 1 && values[0] === byte;
      });
    const counters = bus.source.counters();
    bus.close();
    return {
      broadcast: isEqual("bam", broadcast),
      addressed: isEqual("rts", addressed),
      multiPacketMessages: counters.multiPacketMessages,
      brokenTransports: counters.brokenTransports,
    };
  },

  /** Controllers of a real kind: what the kernel knows of them, and frames from one to the other. */
  async card() {
    const bus = await new Bus("can0").opened();
    await until(() => bus.source.buses?.()[0]?.bitRate !== undefined, "the details", 20_000).catch(
      () => 0,
    );
    const { can1: sent } = await send(2, "can1=50");
    await until(() => bus.frames === sent, "all frames", 40_000).catch(() => 0);
    await pause(600);
    const [status] = bus.source.buses?.() ?? [];
    const { lostFrames: lost, controllerOverruns: overruns } = bus.source.counters();
    ip("set", "can0", "down");
    await until(() => bus.detail.includes("no bus"), "the gap");
    bus.close();
    return { sent, read: bus.frames - (status?.errorFrames ?? 0), lost, overruns, status };
  },
};

/**
 * Two buses of one plan: on one it may ask, on the other it only listens. Another program notes what is sent. Begins,
 * and gives what ends it: it mostly waits, so other scenarios run meanwhile.
 */
async function beginRequests(): Promise<() => Promise<object>> {
  const pgns = [65_253, 65_257, 65_260];
  const groups = pgns.map((pgn) => ({ pgn, everySeconds: 10 }));
  const more = { j1939: { requests: { sa: 249, groups } } };
  const asks = await new Bus("vcan3", {}, more, "requests").opened();
  const listens = await new Bus("vcan4", {}, more).opened();
  const witness = await startListener("vcan4", () =>
    spawn("candump", ["-L", "vcan3", "vcan4"], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  let text = "";
  witness.stdout.on("data", (piece) => {
    text += piece;
  });
  // What it notes of these two shows that it notes everything.
  for (const bus of [asks, listens]) await sendUntilRead(bus);
  const asked = () => asks.source.counters().requests ?? 0;
  return async () => {
    await until(() => asked() >= pgns.length, "the requests", 60_000);
    await pause(1_500);
    for (const bus of [asks, listens]) bus.close();
    const noted = () =>
      [...text.matchAll(/\((\S+)\) (\S+) (\S+)#(\S*)[^\n]*\n/g)].map(
        ([, seconds, name, id, data]) => ({
          seconds: Number(seconds),
          name,
          id,
          data,
        }),
      );
    const oursOf = (frames: ReturnType<typeof noted>) =>
      frames.filter(({ id }) => id !== "18FF0021");
    // What was on its way gets noted, and what was not to be sent as well.
    await until(() => oursOf(noted()).length >= asked(), "the notes", 20_000).catch(() => 0);
    await pause(500);
    witness.kill();
    const frames = noted();
    const ours = oursOf(frames);
    const counters = { asked: asked(), lost: asks.source.counters().lostFrames };
    return { ...counters, ours, witnessed: [...new Set(frames.map(({ name }) => name))].sort() };
  };
}

/** Sends single frames until one is read; how long that took, ms. */
async function sendUntilRead(bus: Bus): Promise<number> {
  const before = bus.frames;
  const startMs = performance.now();
  while (bus.frames === before) {
    await run("cansend", bus.name, "18FF0021#0000000000000000");
    if (performance.now() - startMs > 60_000) throw new Error("in vain: frames again");
  }
  return performance.now() - startMs;
}

async function play(scenarios: Scenarios): Promise<void> {
  for (const [name, scenario] of Object.entries(scenarios)) {
    const startMs = performance.now();
    const result = await scenario().catch((error: unknown) => ({ failed: String(error) }));
    const ms = Math.round(performance.now() - startMs);
    process.stdout.write(`${JSON.stringify({ scenario: name, ms, ...result })}\n`);
  }
}

await play(loads);
const requests = await beginRequests();
await play({ ...events, requests });
process.exit(0);
