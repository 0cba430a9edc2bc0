import { appendFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { afterEach, describe, expect, test } from "vitest";
import { eventually, type Running, startCli, temporaryFolder } from "../product.fixture.ts";
import { type Ledger, RestartableHub } from "../restartable-hub.fixture.ts";
import { pause, report } from "../seeded.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { type TaggedRecording, tagRecording } from "../tagged-recording.fixture.ts";

const idling = sharedData("can/jd5055e_idling.log") ?? "";
const machine = "CLONE-1";
const gatewayId = "clone-gateway";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The folder of a gateway: configuration, password, spool, and the file that its bus is read from. */
function prepareGateway(folder: string, { password, port }: { password: string; port: number }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "password"), `${password}\n`, { mode: 0o600 });
  const lines = [
    "version: 1",
    `gatewayId: ${gatewayId}`,
    `hub: { url: "mqtt://127.0.0.1:${port}", passwordFile: password }`,
    "spool: { folder: spool, syncIntervalMs: 50 }",
    "batchAgeMs: 200",
    "machines:",
    `  - { machineId: ${machine}, plan: loader-tractor,`,
    `      sources: [{ kind: candump-stream, from: "${join(folder, "bus.log")}" }] }`,
    "",
  ];
  writeFileSync(join(folder, "gateway.yaml"), lines.join("\n"));
}

/** Starts the gateway of a folder on an empty bus. */
function startGateway(folder: string): Running {
  writeFileSync(join(folder, "bus.log"), "");
  const running = startCli(["gateway", "--config", join(folder, "gateway.yaml")]);
  endings.push(() => stop(running));
  return running;
}

function stop({ child, finished }: Running) {
  child.kill("SIGTERM");
  return finished;
}

/** Lets frames come over a gateway's bus as run `tag`, fifty at a time. */
async function feed(folder: string, { lines }: TaggedRecording, tag: number): Promise<void> {
  const all = lines(tag, Math.floor(Date.now() / 1000));
  for (let at = 0; at < all.length; at += 50) {
    appendFileSync(join(folder, "bus.log"), `${all.slice(at, at + 50).join("\n")}\n`);
    await pause(150);
  }
}

/** Everything stored of a machine as `signal stamp value quality`, sorted. */
async function storedRows(hub: RestartableHub): Promise<string[]> {
  const rows = [...(await storedSamples(hub.current, machine))].flatMap(([key, samples]) =>
    samples.map(({ t, value, quality }) => `${key} ${t} ${value} ${quality}`),
  );
  return rows.sort();
}

describe.skipIf(!idling)("a copied gateway folder started twice", () => {
  test("raises an alarm and overwrites nothing", { timeout: 600_000 }, async () => {
    const hub = await new RestartableHub(temporaryFolder("clone")).start();
    endings.push(() => hub.stop());
    const { password } = await createCredential(hub.data, gatewayId, [machine]);
    const folder = temporaryFolder("gateway");
    const [original, copy] = [join(folder, "original"), join(folder, "copy")];
    const recording = await tagRecording(idling, 1_000);
    prepareGateway(original, { password, port: hub.mqttPort });
    const first = startGateway(original);
    await feed(original, recording, 0);
    await eventually("the first run stored", async () => {
      const ledger = await hub.current.get<Ledger>(`machines/${machine}/ledger`).catch(() => null);
      return ledger?.stored === recording.sampleCount;
    });
    expect((await stop(first)).code).toBe(0);
    const before = await storedRows(hub);
    expect(before).toHaveLength(recording.sampleCount);
    cpSync(original, copy, { recursive: true });
    prepareGateway(copy, { password, port: hub.mqttPort });

    startGateway(original);
    startGateway(copy);
    await pause(1_100); // the next whole second, so that stamps grow
    await Promise.all([feed(original, recording, 1), feed(copy, recording, 2)]);
    const metric = 'firebreak_quarantined{reason="cloned-number"}';
    // Each waits longer every time that the other has taken its session.
    await eventually("the alarm", async () => (await hub.metric(metric)) > 0, 300_000);
    await pause(2_000); // both go on taking the session from each other
    const items = (await hub.quarantine()).filter(({ reason }) => reason === "cloned-number");
    expect(items.length).toBeGreaterThan(0);
    for (const { topic } of items) expect(topic).toContain(`/DDATA/${gatewayId}/${machine}`);

    // They go on: what comes between the two looks is in one of them only.
    const { after, ledger } = await eventually("the ledger to balance", async () => {
      const rows = new Set(await storedRows(hub));
      const one = await hub.current.get<Ledger>(`machines/${machine}/ledger`);
      return one.stored === rows.size && { after: rows, ledger: one };
    });
    expect(before.filter((row) => !after.has(row))).toEqual([]);
    const added = [...after].filter((row) => !before.includes(row));
    expect(added.filter((row) => !isOfRun(row, recording))).toEqual([]);
    const { produced, stored, journalled, spooled, quarantined, lost } = ledger;
    expect(stored + journalled + spooled + quarantined + lost).toBe(produced);
    report("cloned-gateway", { quarantined: items.length, added: added.length, ledger });
  });
});

/** Whether a stored row is a sample of the recording, played by the original (1) or the copy (2). */
function isOfRun(row: string, { signals }: TaggedRecording): boolean {
  const [key = "", stamp = "", value, quality] = row.split(" ");
  const us = Number(BigInt(stamp) % 1_000_000n) / 1_000;
  if (us !== 1 && us !== 2) return false;
  const samples = signals.get(key) ?? [];
  return samples.some(
    (sample) =>
      `${sample.value}` === value && sample.quality === quality && isAt(stamp, sample.tUs),
  );
}

/** The recording began at a whole second. */
const isAt = (stamp: string, tUs: number): boolean =>
  Math.floor(Number(BigInt(stamp) % 1_000_000_000n) / 1e6) === Math.floor((tUs % 1e6) / 1e3);
