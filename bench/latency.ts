import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause, startHubProcess, startLiveGateway } from "./product.ts";
import { type BenchResult, toResult } from "./result.ts";

const rounds = 100;
const machine = "BENCH-3";
const firstSpn = 520_200; // manufacturer-assignable: none of these is in the plan, so each opens a ticket of its own

/**
 * From a trouble code on the bus to its ticket in the HTTP interface, through gateway, broker, journal and rules in
 * separate processes. Each code comes with the red stop lamp, which needs no second message.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const data = join(folder, "data");
  const hub = await startHubProcess(data);
  try {
    const gateway = await startLiveGateway(folder, hub, data, machine);
    await pause(3_000);
    const latencies: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      gateway.bus.write(dm1(firstSpn + round));
      while ((await openTickets(hub)) <= round) await pause(5);
      latencies.push(performance.now() - start);
      await pause(100 + Math.random() * 400);
    }
    await gateway.stop();
    const sorted = latencies.toSorted((a, b) => a - b);
    return [
      toResult("trouble code on the bus to ticket, median", "ms", latencies),
      toResult("the slowest of 100", "ms", [sorted.at(-1) ?? Number.NaN]),
    ];
  } finally {
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** DM1 with the red stop lamp and one code, FMI 31. @see SAE J1939-73, DM1 */
function dm1(spn: number): string {
  const bytes = [0x10, 0xff, spn & 0xff, (spn >> 8) & 0xff, ((spn >> 16) << 5) | 31, 1, 0xff, 0xff];
  return `(${(Date.now() / 1000).toFixed(6)}) can0 18FECA00#${Buffer.from(bytes).toString("hex").toUpperCase()}\n`;
}

async function openTickets(hub: Awaited<ReturnType<typeof startHubProcess>>): Promise<number> {
  const path = `/api/v1/tickets?machine=${machine}&state=open&kind=inspection&limit=200`;
  return (await hub.get<{ items: unknown[] }>(path)).items.length;
}
