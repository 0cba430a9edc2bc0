import { afterEach, describe, expect, test } from "vitest";
import { compareRuns, type Run } from "../compare-runs.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";
import {
  enrolReplay,
  type ReplayProcess,
  startReplay,
  stillThere,
  strikeInFlight,
} from "../replay-under-fault.fixture.ts";
import { RestartableHub, settledLedger, workAndParts } from "../restartable-hub.fixture.ts";
import { report, seeded, seedOfRun } from "../seeded.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { tagRecording } from "../tagged-recording.fixture.ts";
import { WireTap } from "../wire-tap.fixture.ts";

const rounds = Number(process.env.FIREBREAK_ROUNDS ?? (process.env.FIREBREAK_SOAK ? 200 : 2));
const driving = sharedData("can/jd5055e_tractoron10seconds.log") ?? "";
const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
const machine = "HUBKILL-1";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe.skipIf(!driving || !faulty)("kill -9 of the hub", () => {
  test(`loses and doubles nothing, ${rounds} times with batches under way`, {
    timeout: 300_000 + rounds * 30_000,
  }, async () => {
    const seed = seedOfRun();
    const random = seeded(seed);
    const hub = await new RestartableHub(temporaryFolder("hub-kill")).start();
    endings.push(() => hub.stop());
    const tap = await WireTap.start(() => hub.mqttPort);
    endings.push(() => tap.close());
    const passwordFile = await enrolReplay(hub.data, machine);
    const recordings = [await tagRecording(faulty), await tagRecording(driving)] as const;

    const runs: Run[] = [];
    const inFlight: number[] = [];
    let replay: ReplayProcess | undefined;
    const start = () => {
      const tag = runs.length;
      const recording = recordings[tag % 2 === 0 ? 0 : 1];
      runs.push({ tag, recording });
      const { data } = hub;
      const speed = tag % 2 === 0 ? 1 : 2;
      const file = recording.file(tag);
      return startReplay({ file, machine, data, speed, tap, passwordFile });
    };
    while (inFlight.length < rounds) {
      replay ??= start();
      let killed: Promise<void> | undefined;
      const strike = () => {
        killed = hub.kill();
      };
      const count = await strikeInFlight({ tap, random, replay, strike });
      if (count === undefined) {
        await replay.done();
        replay = undefined;
        continue;
      }
      inFlight.push(count);
      await killed;
      replay = await stillThere(replay);
      await hub.start();
    }
    await replay?.done();

    const ledger = await settledLedger(hub, machine);
    report("hub-kill", {
      seed,
      kills: inFlight.length,
      batchesInFlight: inFlight,
      replays: runs.length,
      batches: tap.batches.size,
      resent: tap.resent,
      ledger,
    });
    const { problems } = compareRuns(await storedSamples(hub.current, machine), runs);
    expect(problems).toEqual([]);
    expect(ledger).toMatchObject({ journalled: 0, spooled: 0, quarantined: 0, lost: 0 });
    const { work, parts } = await workAndParts(hub, machine);
    expect(work).toHaveLength(1);
    expect(parts.map(({ ticketId }) => ticketId)).toEqual(work[0]?.childIds);
  });
});
