import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Gateway, startGateway } from "@firebreak/gateway/main.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, describe, expect, test } from "vitest";
import { HandFedSource, tractorPlan } from "../../gateway/test-source.fixture.ts";
import { until } from "../../ingest/fake-gateway.fixture.ts";
import { startTestIngest } from "../../ingest/ingest.fixture.ts";
import { hasMosquitto, Mosquitto } from "../mosquitto.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";
import { pause, report } from "../seeded.fixture.ts";

const frozenMs = process.env.FIREBREAK_SOAK ? 600_000 : 6_000;
const machines = ["FROZEN-1", "FROZEN-2", "FROZEN-3"];
const process_ = join(import.meta.dirname, "../../ingest/ingest-process.fixture.ts");

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const residentBytes = (pid: number | undefined): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) *
  1_024;

async function startHub(folder: string, broker: string): Promise<ChildProcess> {
  const child = fork(process_, [folder, "0", broker], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  endings.push(() => child.kill("SIGKILL"));
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

async function startMachine(machineId: string, url: string) {
  const source = new HandFedSource();
  const gateway = await startGateway({
    gatewayId: `gw-${machineId}`,
    hub: { url },
    spoolFolder: temporaryFolder("frozen-gateway"),
    machines: [{ machineId, plan: tractorPlan, sources: () => [source] }],
    batchAgeMs: 100,
    reconnect: { minMs: 50, capMs: 500 },
    window: { stallMs: 1_000 },
    log: silentLogger,
  });
  endings.push(() => gateway.stop());
  const machine = { machineId, gateway, source, isGiving: true };
  const timer = setInterval(() => machine.isGiving && source.give(20), 20);
  endings.push(() => clearInterval(timer));
  return machine;
}

describe.skipIf(!hasMosquitto())("a hub that is frozen while its machines go on", () => {
  test(
    `C11: for ${frozenMs / 1_000} s: gateway and broker stay bounded, the gateway says what is wrong, nothing is lost or doubled`,
    async () => {
      const broker = await Mosquitto.start();
      endings.push(() => broker.kill());
      const url = `mqtt://127.0.0.1:${broker.port}`;
      const folder = temporaryFolder("frozen-hub");
      const hub = await startHub(folder, url);
      const fleet = await Promise.all(machines.map((machineId) => startMachine(machineId, url)));
      const links = () => fleet.map(({ gateway }: { gateway: Gateway }) => gateway.status().link);
      await until("all to send", () =>
        links().every(({ link, sentBatches }) => link === "sending" && sentBatches > 5),
      );
      const give = (isGiving: boolean) => {
        for (const machine of fleet) machine.isGiving = isGiving;
      };
      give(false);
      await Promise.all(fleet.map(({ gateway }) => gateway.drained()));
      give(true);

      const brokerBefore = residentBytes(broker.pid);
      const ownBefore = residentBytes(process.pid);
      hub.kill("SIGSTOP");
      await pause(frozenMs);
      const isWaiting = ({ gateway }: { gateway: Gateway }) =>
        gateway.status().spool.pendingBatches > 10;
      await until("all to have something that waits", () => fleet.every(isWaiting));
      const during = links();
      // What is under way has a bound, the rest is on the gateway's disk.
      for (const { inFlight } of during) expect(inFlight).toBeLessThan(200);
      expect(during.every(({ stalls, link }) => stalls > 0 || link !== "sending")).toBe(true);
      const grown = {
        broker: residentBytes(broker.pid) - brokerBefore,
        gateways: residentBytes(process.pid) - ownBefore,
      };
      expect(grown.broker).toBeLessThan(64 * 1024 * 1024);
      hub.kill("SIGCONT");

      const resumedMs = performance.now();
      give(false);
      await Promise.all(fleet.map(({ gateway }) => gateway.drained()));
      const drainedMs = Math.round(performance.now() - resumedMs);
      expect(drainedMs).toBeLessThan(frozenMs + 60_000);
      const batches = links().map(({ sentBatches }) => sentBatches);
      report("frozen hub", {
        frozenMs,
        drainedMs,
        grown,
        stalls: during.map(({ stalls }) => stalls),
        said: during.map(({ detail }) => detail),
        batches,
      });

      hub.kill("SIGKILL");
      await once(hub, "exit");
      const after = await startTestIngest(folder);
      endings.push(() => after.stop());
      await after.store.caughtUp();
      for (const { machineId, source } of fleet)
        expect(await after.ledger.of(machineId)).toMatchObject({
          produced: source.given,
          stored: source.given,
          lost: 0,
          quarantined: 0,
        });
    },
    frozenMs * 2 + 240_000,
  );
});
