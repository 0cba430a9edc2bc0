import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { sharedData } from "../test/shared-data.ts";
import { pause, peakMiB, residentMiB, startHubProcess, startLiveGateway } from "./product.ts";
import { type BenchResult, toResult } from "./result.ts";

const framesPerSecond = 3_600; // a 500 kbit/s bus, saturated
/** Longer than the black box takes to have what it keeps. */
const seconds = 90;
const tickMs = 20;
const clockTicksPerSecond = 100;
const machine = "BENCH-2";
const registers = 200; // each read once a second

/**
 * A gateway process on a saturated 500 kbit/s bus and a Modbus device, live: frames of a real machine's recording at
 * 3,600 a second over TCP and 200 registers a second, through spool and broker into a hub. The machine's plan keeps
 * every sample, so nothing is shaped away.
 */
export async function run(): Promise<BenchResult[]> {
  const recording = sharedData("can/jd5055e_tractoron10seconds.log");
  if (recording === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const data = join(folder, "data");
  const hub = await startHubProcess(data);
  const device = await startModbusDevice();
  try {
    const reads = {
      plan: writePlan(folder),
      sources: [{ kind: "modbus-tcp", host: "127.0.0.1", port: device.port }],
    };
    // The first start after an installation compiles, which takes some 30 MiB more; a gateway lives with the later ones.
    const first = await startLiveGateway(folder, hub, data, machine, reads);
    await pause(2_000);
    const firstPeak = peakMiB(first.child.pid);
    await first.stop();
    const gateway = await startLiveGateway(folder, hub, data, machine, reads);
    await pause(2_000);
    const { pid } = gateway.child;
    const atRest = residentMiB(pid);
    const cpuBefore = cpuSeconds(pid);
    const sent = await play(gateway.bus, recording);
    const cpu = cpuSeconds(pid) - cpuBefore;
    await pause(3_000);
    const peak = peakMiB(pid);
    const atEnd = residentMiB(pid);
    const { produced, lost } = await hub.get<{ produced: number; lost: number }>(
      `/api/v1/machines/${machine}/ledger`,
    );
    await gateway.stop();
    return [
      toResult("frames sent", "frames/s", [sent / seconds]),
      toResult("gateway CPU of one core", "%", [(100 * cpu) / seconds]),
      toResult("gateway peak RSS", "MiB", [peak]),
      toResult("gateway RSS at the end", "MiB", [atEnd]),
      toResult("gateway RSS before the first frame", "MiB", [atRest]),
      toResult(
        "gateway peak RSS of the start before",
        "MiB",
        [firstPeak],
        "compiles if it is the first",
      ),
      toResult("registers answered", "registers/s", [device.answered() / device.seconds()]),
      toResult("samples produced", "samples/s", [produced / seconds]),
      toResult("samples lost", "samples", [lost]),
    ];
  } finally {
    await hub.stop();
    device.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The loader tractor's plan with a Modbus device beside, every register a signal. Returns its path for the gateway. */
function writePlan(folder: string): string {
  const plan = loadPlan("loader-tractor");
  const [like] = Object.values(plan.acquisition.signals);
  const { j1939: _, ...signal } = { ...like, scale: 1, offset: 0, range: [0, 65_535] };
  const added = Array.from({ length: registers }, (_, address) => [
    `register${address}`,
    { ...signal, modbus: { device: "bench", table: "holding", address, type: "uint16" } },
  ]);
  const acquisition = {
    ...plan.acquisition,
    modbusDevices: { bench: { unitId: 1, pollIntervalMs: 1_000 } },
    signals: { ...plan.acquisition.signals, ...Object.fromEntries(added) },
  };
  mkdirSync(join(folder, "bench-plan"));
  const file = join(folder, "bench-plan", "plan.yaml");
  writeFileSync(file, JSON.stringify({ ...plan, plan: "bench-plan", acquisition }));
  return "bench-plan/plan.yaml";
}

/** Answers function 3 with changing numbers, over Modbus TCP. @see Modbus Messaging on TCP/IP, MBAP header */
async function startModbusDevice() {
  let answered = 0;
  let firstMs = 0;
  const server = createServer((socket) => {
    socket.on("data", (request) => {
      firstMs ||= performance.now();
      const count = request.readUInt16BE(10);
      const reply = Buffer.alloc(9 + 2 * count);
      request.copy(reply, 0, 0, 8);
      reply.writeUInt16BE(3 + 2 * count, 4);
      reply.writeUInt8(2 * count, 8);
      for (let at = 0; at < count; at++) reply.writeUInt16BE((answered + at) & 0xffff, 9 + 2 * at);
      answered += count;
      socket.write(reply);
    });
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    answered: () => answered,
    seconds: () => (performance.now() - firstMs) / 1000,
    close: () => server.close(),
  };
}

/** The recording's frames, in a loop, at a steady rate and with the present time. */
async function play(bus: Socket, recording: string): Promise<number> {
  const frames = readFileSync(recording, "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[2] ?? []);
  const start = performance.now();
  let sent = 0;
  while (sent < framesPerSecond * seconds) {
    const elapsed = (performance.now() - start) / 1000;
    const due = Math.min(framesPerSecond * seconds, elapsed * framesPerSecond);
    let text = "";
    for (; sent < due; sent++) {
      const stamp = (Date.now() + (sent % 50) / 100) / 1000;
      text += `(${stamp.toFixed(6)}) can0 ${frames[sent % frames.length]}\n`;
    }
    if (text !== "" && !bus.write(text)) await once(bus, "drain");
    await pause(tickMs);
  }
  return sent;
}

function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}
