import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { compareRuns, type Run } from "../compare-runs.fixture.ts";
import { eventually, type Hub, runCli, temporaryFolder } from "../product.fixture.ts";
import { enrolReplay, startReplay } from "../replay-under-fault.fixture.ts";
import { RestartableHub, settledLedger, workAndParts } from "../restartable-hub.fixture.ts";
import { report } from "../seeded.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { tagRecording } from "../tagged-recording.fixture.ts";
import { WireTap } from "../wire-tap.fixture.ts";

const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
const machine = "BACKUP-1";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const hubOn = async (data: string): Promise<RestartableHub> => {
  const hub = await new RestartableHub(data).start();
  endings.push(() => hub.stop());
  return hub;
};
const beside = (folder: string, name: string) => join(temporaryFolder(folder), name);

async function cli(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Everything that a hub tells of what it keeps, as text. */
async function toldBy(hub: Hub): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  const whole = ["quarantine", "users", "gateways", `machines/${machine}/ledger`];
  for (const path of whole) told.set(path, JSON.stringify(await hub.get(path)));
  const { items } = await hub.get<{ items: { ticketId: string }[] }>("tickets");
  for (const { ticketId } of items)
    told.set(ticketId, JSON.stringify(await hub.get(`tickets/${ticketId}`)));
  for (const [signal, samples] of await storedSamples(hub, machine))
    told.set(signal, samples.map(({ t, value, quality }) => `${t} ${value} ${quality}`).join());
  return told;
}

/** Names under which two hubs tell different things. */
function differences(one: Map<string, string>, other: Map<string, string>): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name));
}

describe.skipIf(!faulty)("a backup", () => {
  test("D13: taken while a machine sends, restored elsewhere: it equals the original, and the gateway fills what came after it", {
    timeout: 600_000,
  }, async () => {
    const hub = await hubOn(temporaryFolder("backup"));
    let port = hub.mqttPort;
    const tap = await WireTap.start(() => port);
    endings.push(() => tap.close());
    const passwordFile = join(temporaryFolder("password"), "password");
    writeFileSync(passwordFile, readFileSync(await enrolReplay(hub.data, machine)));
    const recording = await tagRecording(faulty);
    const runs: Run[] = [];
    const play = (speed: number | "max") => {
      const tag = runs.length;
      runs.push({ tag, recording });
      const file = recording.file(tag);
      return startReplay({ file, machine, data: hub.data, speed, tap, passwordFile });
    };

    /** A backup taken while a replay sends, which goes on sending behind it: slower where the computer is. */
    const backupUnderWay = async () => {
      for (let speed = 0.5; ; speed /= 2) {
        const running = play(speed);
        const hasSent = (more: number) =>
          eventually(`${more} batches`, async () => tap.batches.size > more || !running.isRunning);
        await hasSent(tap.batches.size + 3);
        const busy = beside("backups", "busy");
        await cli("backup", "--data", hub.data, "--to", busy);
        const atBackup = tap.batches.size;
        await hasSent(atBackup + 2);
        if (running.isRunning) return { running, busy, atBackup };
        await running.done();
      }
    };

    await play("max").done();
    await settledLedger(hub, machine);
    await workAndParts(hub, machine);
    const still = beside("backups", "still");
    await cli("backup", "--data", hub.data, "--to", still);
    const twin = beside("twin", "data");
    await cli("restore", "--from", still, "--data", twin);
    const other = await hubOn(twin);
    const [original, copy] = [await toldBy(hub.current), await toldBy(other.current)];
    expect(original.size).toBeGreaterThan(10);
    expect(differences(original, copy)).toEqual([]);
    await other.stop();

    const { running, busy, atBackup } = await backupUnderWay();
    await hub.kill();
    rmSync(hub.data, { recursive: true });

    const elsewhere = beside("elsewhere", "data");
    await cli("restore", "--from", busy, "--data", elsewhere);
    const restored = await hubOn(elsewhere);
    port = restored.mqttPort;
    await running.done();
    await play("max").done();
    const ledger = await settledLedger(restored, machine);
    report("backup", { batches: tap.batches.size, atBackup, resent: tap.resent, ledger });
    const { problems } = compareRuns(await storedSamples(restored.current, machine), runs);
    expect(problems).toEqual([]);
    expect(ledger).toMatchObject({
      produced: runs.length * recording.sampleCount,
      quarantined: 0,
      lost: 0,
    });
    expect((await workAndParts(restored, machine)).work).toHaveLength(1);
  });
});
