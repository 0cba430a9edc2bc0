import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { compareRuns, type Run } from "../compare-runs.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { enrolReplay, startReplay } from "../replay-under-fault.fixture.ts";
import { RestartableHub, settledLedger, workAndParts } from "../restartable-hub.fixture.ts";
import { report } from "../seeded.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { tagRecording } from "../tagged-recording.fixture.ts";
import { WireTap } from "../wire-tap.fixture.ts";

const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
const machine = "OLDCOPY-1";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Everything of a hub's data folder but the spools, which belong to its gateways. */
const hubEntries = (data: string): string[] =>
  readdirSync(data).filter((name) => name !== "replay");

function copyHub(from: string, to: string): void {
  for (const name of hubEntries(to)) rmSync(join(to, name), { recursive: true });
  for (const name of hubEntries(from))
    cpSync(join(from, name), join(to, name), { recursive: true });
}

describe.skipIf(!faulty)("a hub's data replaced by an older copy", () => {
  test("is filled again from the gateways, at rest and in the middle of a replay", {
    timeout: 600_000,
  }, async () => {
    const hub = await new RestartableHub(temporaryFolder("older-copy")).start();
    endings.push(() => hub.stop());
    const tap = await WireTap.start(() => hub.mqttPort);
    endings.push(() => tap.close());
    const { data } = hub;
    const passwordFile = await enrolReplay(data, machine);
    const recording = await tagRecording(faulty);
    const copy = temporaryFolder("copy");
    const runs: Run[] = [];
    const play = (speed: number | "max") => {
      const tag = runs.length;
      runs.push({ tag, recording });
      return startReplay({ file: recording.file(tag), machine, data, speed, tap, passwordFile });
    };
    const restoreCopy = async (whileDown = () => {}) => {
      await hub.stop();
      copyHub(copy, data);
      whileDown();
      await hub.start();
    };

    await play("max").done();
    await settledLedger(hub, machine);
    await hub.stop();
    copyHub(data, copy);
    await hub.start();

    // Acknowledged after the copy was taken: at rest, and of a replay that goes on.
    await play("max").done();
    const sentBefore = tap.batches.size;
    const running = play(0.5);
    await eventually(
      "some batches of the third run",
      async () => tap.batches.size > sentBefore + 3,
    );
    const resentBefore = tap.resent;
    // Once the hub is back it may have come to its end before anybody looks.
    await restoreCopy(() => expect(running.isRunning).toBe(true));
    await running.done();
    const resentOnce = tap.resent - resentBefore;
    expect(resentOnce).toBeGreaterThan(3);
    await settledLedger(hub, machine);

    // And once more with nobody connected: what makes up for it is the next replay.
    await restoreCopy();
    await play("max").done();
    const resentTwice = tap.resent - resentBefore - resentOnce;
    expect(resentTwice).toBeGreaterThan(3);

    const ledger = await settledLedger(hub, machine);
    report("older-copy", { batches: tap.batches.size, resentOnce, resentTwice, ledger });
    const { problems } = compareRuns(await storedSamples(hub.current, machine), runs);
    expect(problems).toEqual([]);
    expect(ledger).toMatchObject({
      produced: runs.length * recording.sampleCount,
      quarantined: 0,
      lost: 0,
    });
    const { work, parts } = await workAndParts(hub, machine);
    expect(work).toHaveLength(1);
    expect(parts.map(({ ticketId }) => ticketId)).toEqual(work[0]?.childIds);
  });
});
