import { afterEach, describe, expect, test } from "vitest";
import { compareRuns, type Run } from "../compare-runs.fixture.ts";
import { hasMosquitto, Mosquitto } from "../mosquitto.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";
import {
  type ReplayProcess,
  startReplay,
  stillThere,
  strikeInFlight,
} from "../replay-under-fault.fixture.ts";
import { RestartableHub, settledLedger, workAndParts } from "../restartable-hub.fixture.ts";
import { pause, report, seeded, seedOfRun } from "../seeded.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { tagRecording } from "../tagged-recording.fixture.ts";
import { WireTap } from "../wire-tap.fixture.ts";

const rounds = Number(process.env.FIREBREAK_ROUNDS ?? (process.env.FIREBREAK_SOAK ? 200 : 2));
const driving = sharedData("can/jd5055e_tractoron10seconds.log") ?? "";
const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
const machine = "BROKERKILL-1";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe.skipIf(!driving || !faulty || !hasMosquitto())("kill -9 of an external Mosquitto", () => {
  test(`C1: loses and doubles nothing, ${rounds} times with batches under way`, {
    timeout: 300_000 + rounds * 30_000,
  }, async () => {
    const seed = seedOfRun();
    const random = seeded(seed);
    const broker = await Mosquitto.start();
    endings.push(() => broker.kill());
    const address = `mqtt://127.0.0.1:${broker.port}`;
    const hub = new RestartableHub(temporaryFolder("broker-kill"), ["--broker", address]);
    await hub.start();
    endings.push(() => hub.stop());
    const tap = await WireTap.start(() => broker.port);
    endings.push(() => tap.close());
    const recordings = [await tagRecording(faulty), await tagRecording(driving)] as const;

    const runs: Run[] = [];
    const inFlight: number[] = [];
    let replay: ReplayProcess | undefined;
    const start = () => {
      const tag = runs.length;
      const recording = recordings[tag % 2 === 0 ? 0 : 1];
      runs.push({ tag, recording });
      const speed = tag % 2 === 0 ? 1 : 2;
      return startReplay({ file: recording.file(tag), machine, data: hub.data, speed, tap });
    };
    while (inFlight.length < rounds) {
      replay ??= start();
      let killed: Promise<void> | undefined;
      const strike = () => {
        killed = broker.kill();
      };
      const count = await strikeInFlight({ tap, random, replay, strike });
      if (count === undefined) {
        await replay.done();
        replay = undefined;
        continue;
      }
      inFlight.push(count);
      await killed;
      await pause(random() * 500);
      replay = await stillThere(replay);
      await broker.restart();
    }
    await replay?.done();

    const ledger = await settledLedger(hub, machine);
    report("broker-kill", {
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
