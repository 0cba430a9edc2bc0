import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { pause, startHubProcess, startLiveGateway } from "./product.ts";
import { type BenchResult, toResult } from "./result.ts";

const messages = 12;
/** Of the 30 signals of the reference profile; each message every 5 s. */
const signalsOf = (message: number): number => (message % 2 === 0 ? 3 : 2);
const everyMs = 5_000;
const seconds = 60;
const firstPgn = 65_280; // proprietary B
const firstSpn = 520_192; // proprietary
const batchAgesMs = [1_000, 5_000, 10_000];
/** A mobile link carries so much more: IP and TCP with its times per segment, TLS 1.3 per record. */
const segmentBytes = 52;
const recordBytes = 22;

interface Traffic {
  up: number;
  down: number;
  /** Pieces that went up and down: about as many segments and TLS records. */
  pieces: number;
}

/**
 * What a gateway at the reference profile (30 signals in 12 messages, each every 5 s) really sends and gets over its
 * connection, by the age of its batches: data, acknowledgements, states and pings, counted between gateway and hub.
 */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const batchAgeMs of batchAgesMs) {
    const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
    const data = join(folder, "data");
    const hub = await startHubProcess(data);
    const link = await countingLink(Number(new URL(hub.mqtt).port));
    try {
      const mqtt = `mqtt://127.0.0.1:${link.port}`;
      const reads = { plan: writePlan(folder), batchAgeMs };
      const gateway = await startLiveGateway(folder, { mqtt }, data, "BENCH-3", reads);
      // The births, and those again with what was first heard, are over then.
      await play(gateway.bus, 15);
      await pause(batchAgeMs + 1_000);
      const before = { ...link.traffic };
      const samples = await play(gateway.bus, seconds);
      await pause(batchAgeMs + 1_000);
      const up = link.traffic.up - before.up;
      const down = link.traffic.down - before.down;
      const overhead = (link.traffic.pieces - before.pieces) * (segmentBytes + recordBytes);
      await gateway.stop();
      const name = `${batchAgeMs / 1_000} s batches`;
      const each = (bytes: number) => [Math.round((bytes / samples) * 100) / 100];
      results.push(
        toResult(`${name}: gateway to hub`, "bytes/sample", each(up), "MQTT, without TCP and TLS"),
        toResult(`${name}: hub to gateway`, "bytes/sample", each(down), "acknowledgements and all"),
        toResult(`${name}: TCP and TLS`, "bytes/sample", each(overhead), "reckoned, both ways"),
      );
    } finally {
      link.close();
      await hub.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return results;
}

async function countingLink(hubPort: number) {
  const traffic: Traffic = { up: 0, down: 0, pieces: 0 };
  const server = createServer((near) => {
    const far = connect(hubPort, "127.0.0.1");
    const carry = (from: Socket, to: Socket, way: "up" | "down") =>
      from.on("data", (bytes) => {
        traffic[way] += bytes.length;
        traffic.pieces++;
        to.write(bytes);
      });
    carry(near, far, "up");
    carry(far, near, "down");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { traffic, port, close: () => server.close() };
}

/** The loader tractor's plan with the 30 signals beside, of two bytes each; its own are not sent. */
function writePlan(folder: string): string {
  const plan = loadPlan("loader-tractor");
  const [like] = Object.values(plan.acquisition.signals);
  const { modbus: _, ...signal } = { ...like, scale: 0.125, offset: 0, range: [0, 8_032] };
  const added = Array.from({ length: messages }, (_none, message) =>
    Array.from({ length: signalsOf(message) }, (_nil, at) => {
      const place = { startByte: 1 + 2 * at, startBit: 1, bits: 16, coding: "analog" };
      const j1939 = { spn: firstSpn + message * 4 + at, pgn: firstPgn + message, ...place };
      return [`bench${message}${"abc"[at]}`, { ...signal, j1939 }];
    }),
  ).flat();
  const signals = { ...plan.acquisition.signals, ...Object.fromEntries(added) };
  mkdirSync(join(folder, "bench-plan"));
  const file = join(folder, "bench-plan", "plan.yaml");
  const acquisition = { ...plan.acquisition, signals };
  writeFileSync(file, JSON.stringify({ ...plan, plan: "bench-plan", acquisition }));
  return "bench-plan/plan.yaml";
}

/** One message after the other, evenly, with values that walk. Returns the samples in them. */
async function play(bus: Socket, forSeconds: number): Promise<number> {
  const raws = Array.from({ length: messages * 3 }, (_, at) => 8_000 + 500 * at);
  const startMs = performance.now();
  let sent = 0;
  let samples = 0;
  while (performance.now() - startMs < forSeconds * 1_000) {
    for (; sent < ((performance.now() - startMs) * messages) / everyMs; sent++) {
      const message = sent % messages;
      let payload = "";
      for (let at = 0; at < signalsOf(message); at++, samples++) {
        const raw = (raws[message * 3 + at] ?? 0) + Math.round((Math.random() * 2 - 1) * 40);
        raws[message * 3 + at] = raw;
        payload += (raw & 0xff).toString(16).padStart(2, "0");
        payload += (raw >> 8).toString(16).padStart(2, "0");
      }
      const stamp = (performance.timeOrigin + performance.now()) / 1_000;
      const id = (0x18_000000 + (firstPgn + message) * 256).toString(16).toUpperCase();
      bus.write(`(${stamp.toFixed(6)}) can0 ${id}#${payload.padEnd(16, "F").toUpperCase()}\n`);
    }
    await pause(20);
  }
  return samples;
}
