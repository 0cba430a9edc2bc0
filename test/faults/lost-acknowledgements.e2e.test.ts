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
const machine = "LOSTACK-1";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe.skipIf(!faulty)("acknowledgements that never arrive", () => {
  test("make a gateway send again what the hub has, and nothing is stored twice", {
    timeout: 600_000,
  }, async () => {
    const hub = await new RestartableHub(temporaryFolder("lost-ack")).start();
    endings.push(() => hub.stop());
    const tap = await WireTap.start(() => hub.mqttPort);
    endings.push(() => tap.close());
    const passwordFile = await enrolReplay(hub.data, machine);
    const recording = await tagRecording(faulty);
    const runs: Run[] = [{ tag: 1, recording }];

    tap.isLosingCommands = true;
    const replay = startReplay({
      file: recording.file(1),
      machine,
      data: hub.data,
      speed: 2,
      tap,
      passwordFile,
    });
    await eventually("batches that go out unanswered", async () => tap.batches.size >= 4);
    tap.cut();
    await eventually("all of them once more", async () => tap.resent >= 4);
    // What was journalled before the hub's end is known to it afterwards.
    await hub.kill();
    await hub.start();
    const before = tap.resent;
    await eventually("and once more to the hub started anew", async () => tap.resent >= before + 4);
    expect(replay.isRunning).toBe(true);
    tap.isLosingCommands = false;
    await replay.done();

    const ledger = await settledLedger(hub, machine);
    report("lost-acknowledgements", { batches: tap.batches.size, resent: tap.resent, ledger });
    const { problems } = compareRuns(await storedSamples(hub.current, machine), runs);
    expect(problems).toEqual([]);
    expect(ledger).toMatchObject({ produced: recording.sampleCount, quarantined: 0, lost: 0 });
    const { work, parts } = await workAndParts(hub, machine);
    expect(work).toHaveLength(1);
    expect(parts.map(({ ticketId }) => ticketId)).toEqual(work[0]?.childIds);
  });
});
