import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedData } from "../test/shared-data.ts";
import { pause, peakMiB, startHubProcess, startLiveGateway } from "./product.ts";
import { type BenchResult, toResult } from "./result.ts";

const framesPerSecond = 3_600; // a 500 kbit/s bus, saturated
const seconds = 30;
const tickMs = 20;
const clockTicksPerSecond = 100;
const machine = "BENCH-2";

/**
 * A gateway process on a saturated 500 kbit/s bus, live: frames of a real machine's recording at 3,600 a second over
 * TCP, through spool and broker into a hub. The machine's plan keeps every sample, so nothing is shaped away.
 */
export async function run(): Promise<BenchResult[]> {
  const recording = sharedData("can/jd5055e_tractoron10seconds.log");
  if (recording === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const data = join(folder, "data");
  const hub = await startHubProcess(data);
  try {
    const gateway = await startLiveGateway(folder, hub, data, machine);
    await pause(2_000);
    const { pid } = gateway.child;
    const cpuBefore = cpuSeconds(pid);
    const sent = await play(gateway.bus, recording);
    const cpu = cpuSeconds(pid) - cpuBefore;
    await pause(3_000);
    const rss = peakMiB(pid);
    const { produced, lost } = await hub.get<{ produced: number; lost: number }>(
      `/api/v1/machines/${machine}/ledger`,
    );
    await gateway.stop();
    return [
      toResult("frames sent", "frames/s", [sent / seconds]),
      toResult("gateway CPU of one core", "%", [(100 * cpu) / seconds]),
      toResult("gateway peak RSS", "MiB", [rss]),
      toResult("samples produced", "samples/s", [produced / seconds]),
      toResult("samples lost", "samples", [lost]),
    ];
  } finally {
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
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
