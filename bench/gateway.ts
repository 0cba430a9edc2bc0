import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sharedData } from "../test/shared-data.ts";
import { type BenchResult, toResult } from "./result.ts";

const launcher = resolve(import.meta.dirname, "../cli/bin/firebreak.js");
const framesPerSecond = 3_600; // a 500 kbit/s bus, saturated
const seconds = 30;
const tickMs = 20;
const clockTicksPerSecond = 100;

/**
 * A gateway process on a saturated 500 kbit/s bus, live: frames of a real machine's recording at 3,600 a second over
 * TCP, through spool and broker into a hub. The machine's plan keeps every sample, so nothing is shaped away.
 */
export async function run(): Promise<BenchResult[]> {
  const recording = sharedData("can/jd5055e_tractoron10seconds.log");
  if (recording === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const data = join(folder, "data");
  const bus = await startBus(recording);
  const hub = spawn(process.execPath, [launcher, "hub", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FIREBREAK_LOG: "error" },
  });
  try {
    await once(hub.stdout, "data");
    const config = configure(folder, data, bus.port);
    const gateway = spawn(process.execPath, [launcher, "gateway", "--config", config], {
      stdio: "ignore",
      env: { ...process.env, FIREBREAK_LOG: "error" },
    });
    await bus.connected;
    await pause(2_000);
    const cpuBefore = cpuSeconds(gateway.pid);
    const sent = await bus.play();
    const cpu = cpuSeconds(gateway.pid) - cpuBefore;
    await pause(3_000);
    const frames = busFrames(data);
    const rss = peakMiB(gateway.pid);
    gateway.kill("SIGTERM");
    await once(gateway, "exit");
    const stored = await frames;
    return [
      toResult("frames sent", "frames/s", [sent / seconds]),
      toResult("gateway CPU of one core", "%", [(100 * cpu) / seconds]),
      toResult("gateway peak RSS", "MiB", [rss]),
      toResult("samples produced", "samples/s", [stored.produced / seconds]),
      toResult("samples lost", "samples", [stored.lost]),
    ];
  } finally {
    bus.close();
    hub.kill("SIGTERM");
    await once(hub, "exit");
    rmSync(folder, { recursive: true, force: true });
  }
}

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

function configure(folder: string, data: string, port: number): string {
  const args = [launcher, "enroll", "bench-gateway", "--machine", "BENCH-2", "--data", data];
  writeFileSync(join(folder, "password"), execFileSync(process.execPath, args), { mode: 0o600 });
  const { mqtt } = hubFile(data);
  const config = join(folder, "gateway.yaml");
  writeFileSync(
    config,
    [
      "version: 1",
      "gatewayId: bench-gateway",
      `hub: { url: "${mqtt}", passwordFile: password }`,
      "spool: { folder: spool }",
      "machines:",
      "  - machineId: BENCH-2",
      "    plan: loader-tractor",
      "    sources:",
      `      - { kind: candump-stream, from: "tcp://127.0.0.1:${port}" }`,
      "",
    ].join("\n"),
  );
  return config;
}

const hubFile = (data: string) =>
  JSON.parse(readFileSync(join(data, "hub.json"), "utf8")) as { http: string; mqtt: string };

/** Serves the recording's frames, in a loop, at a steady rate and with the present time. */
async function startBus(recording: string) {
  const frames = readFileSync(recording, "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[2] ?? []);
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const connection = once(server, "connection") as Promise<[Socket]>;
  return {
    port: (server.address() as AddressInfo).port,
    connected: connection,
    async play(): Promise<number> {
      const [socket] = await connection;
      const start = performance.now();
      let sent = 0;
      while (sent < framesPerSecond * seconds) {
        const due = Math.min(
          framesPerSecond * seconds,
          ((performance.now() - start) / 1000) * framesPerSecond,
        );
        let text = "";
        for (; sent < due; sent++)
          text += `(${((Date.now() + (sent % 50) / 100) / 1000).toFixed(6)}) can0 ${frames[sent % frames.length]}\n`;
        if (text !== "" && !socket.write(text)) await once(socket, "drain");
        await pause(tickMs);
      }
      return sent;
    },
    close: () => server.close(),
  };
}

async function busFrames(data: string): Promise<{ produced: number; lost: number }> {
  const token = execFileSync(process.execPath, [launcher, "token", "--data", data], {
    encoding: "utf8",
  });
  const answer = await fetch(`${hubFile(data).http}/api/v1/machines/BENCH-2/ledger`, {
    headers: { authorization: `Bearer ${token.trim()}` },
  });
  return (await answer.json()) as { produced: number; lost: number };
}

function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}

const peakMiB = (pid: number | undefined): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
