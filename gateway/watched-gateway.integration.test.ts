import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failingDisk } from "./spool/failing-disk.fixture.ts";
import { until as untilWithin } from "./test-source.fixture.ts";
import { startWatchedGateway } from "./watched-gateway.ts";

/** It looks every five seconds, reads in a process of its own, and tries a failing disk again after half a minute. */
const until = (isTrue: () => boolean, what: string) => untilWithin(isTrue, what, 60_000);

const folder = mkdtempSync(join(tmpdir(), "firebreak-watched-"));
const listeners = new Set<Socket>();
/** A CAN bus as text: engine speed (PGN 61444) to everybody who listens. */
const bus = createServer((socket) => {
  listeners.add(socket);
  socket.on("error", () => undefined).on("close", () => listeners.delete(socket));
});
let speaking: NodeJS.Timeout;
beforeAll(async () => {
  await new Promise<void>((ready) => bus.listen(0, "127.0.0.1", ready));
  let speed = 0;
  speaking = setInterval(() => {
    speed = (speed + 8) % 200;
    const data = `FFFFFF${speed.toString(16).padStart(2, "0")}19FFFFFF`.toUpperCase();
    for (const socket of listeners)
      socket.write(`(${(Date.now() / 1_000).toFixed(6)}) can0 0CF00400#${data}\n`);
  }, 50);
});
afterAll(() => {
  clearInterval(speaking);
  for (const socket of listeners) socket.destroy();
  bus.close();
  rmSync(folder, { recursive: true });
});

describe("a gateway whose configuration changes", () => {
  test("B7: starts anew though the disk takes nothing, and goes to disk when that works again", async () => {
    const file = join(folder, "gateway.yaml");
    writeFileSync(
      file,
      `version: 1
gatewayId: gw
hub: { url: "mqtt://127.0.0.1:1" }
batchAgeMs: 100
machines:
  - machineId: M1
    plan: loader-tractor
    sources: [{ kind: candump-stream, from: "tcp://127.0.0.1:${(bus.address() as AddressInfo).port}" }]
`,
    );
    const spoolDisk = failingDisk();
    const watched = await startWatchedGateway(file, silentLogger, { spoolDisk });
    const spool = () => watched.current().status().spool;
    const produced = () => spool().machines.M1?.produced ?? 0;
    await until(() => produced() > 0, "data of the first");
    spoolDisk.code = "EROFS";
    await until(() => spool().storage.state === "failing", "the disk fails");
    const first = watched.current();
    writeFileSync(file, readFileSync(file, "utf8").replace("batchAgeMs: 100", "batchAgeMs: 150"));
    await until(() => watched.current() !== first, "the next gateway");
    const beforeIt = produced();
    await until(() => produced() > beforeIt, "data of the next");
    expect(spool().storage.state).toBe("failing");
    spoolDisk.code = undefined;
    await until(() => spool().storage.state === "ok", "the disk again");
    await watched.stop();
  }, 300_000);
});
