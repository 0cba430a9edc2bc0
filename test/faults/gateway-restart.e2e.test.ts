import { writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FakeHub } from "../../gateway/fake-hub.fixture.ts";
import { type Running, startCli, temporaryFolder } from "../product.fixture.ts";
import { report } from "../seeded.fixture.ts";
import { until } from "./power-cut.fixture.ts";

const rounds = process.env.FIREBREAK_SOAK ? 50 : 3;
const patienceMs = 120_000;
/** Three seconds are promised; a computer that runs all tests at once may need long. `report` tells how long. */
const limitMs = process.env.FIREBREAK_SOAK ? 10_000 : patienceMs;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Serves a bus that carries a frame every 10 ms, as `candump -L | nc -l` does. */
async function openBus(): Promise<{ port: number; readers: Set<Socket> }> {
  const readers = new Set<Socket>();
  const server = createServer((socket) => {
    readers.add(socket);
    socket.on("error", () => {}).on("close", () => readers.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const timer = setInterval(() => {
    for (const socket of readers)
      socket.write(`(${(Date.now() / 1_000).toFixed(6)}) can0 18FEE500#01000000FFFFFFFF\n`);
  }, 10);
  endings.push(() => {
    clearInterval(timer);
    for (const socket of readers) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, readers };
}

test(`B1: after kill -9 the gateway reads its bus and delivers again within seconds, ${rounds} times`, {
  timeout: 300_000 + rounds * 30_000,
}, async () => {
  const hub = await FakeHub.start();
  endings.push(() => hub.stop());
  const bus = await openBus();
  const folder = temporaryFolder("gateway-restart");
  const config = join(folder, "gateway.json");
  writeFileSync(join(folder, "password"), "any", { mode: 0o600 });
  const settings = {
    version: 1,
    gatewayId: "RESTART-GW",
    hub: { url: hub.url, passwordFile: "password" },
    spool: { folder: "spool" },
    batchAgeMs: 100,
    machines: [
      {
        machineId: "RESTART-1",
        plan: "loader-tractor",
        sources: [{ kind: "candump-stream", from: `tcp://127.0.0.1:${bus.port}` }],
      },
    ],
  };
  writeFileSync(config, JSON.stringify(settings));
  let running: Running | undefined;
  endings.push(() => running?.child.kill("SIGKILL"));
  const restartMs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const before = hub.blocks.size;
    const startMs = performance.now();
    running = startCli(["gateway", "--config", config]);
    await until("its batches", () => bus.readers.size > 0 && hub.blocks.size > before, patienceMs);
    restartMs.push(Math.round(performance.now() - startMs));
    running.child.kill("SIGKILL");
    await running.finished;
    await until("its end", () => bus.readers.size === 0);
  }
  const restarts = restartMs.slice(1).sort((a, b) => a - b);
  report("gateway-restart", { restarts });
  expect(hub.clones).toBe(0);
  expect(restarts[restarts.length >> 1]).toBeLessThan(limitMs);
});
