import { afterEach, describe, expect, test } from "vitest";
import { compareRuns, countBefore, type Run, type RunFound } from "../compare-runs.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";
import { enrolReplay, startReplay, strikeInFlight } from "../replay-under-fault.fixture.ts";
import { RestartableHub, settledLedger, workAndParts } from "../restartable-hub.fixture.ts";
import { report, seeded, seedOfRun } from "../seeded.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { type TaggedRecording, tagRecording } from "../tagged-recording.fixture.ts";
import { WireTap } from "../wire-tap.fixture.ts";

const rounds = Number(process.env.FIREBREAK_ROUNDS ?? (process.env.FIREBREAK_SOAK ? 200 : 2));
const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
/** So often one machine's replay is killed before it may come to its end. */
const killsPerMachine = 2;
const speed = 2;

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A replay that was killed, and what had left it by then. */
interface Kill {
  readonly run: Run;
  readonly atMs: number;
  readonly inFlight: number;
  readonly sentSamples: number;
}

describe.skipIf(!faulty)("kill -9 of the gateway", () => {
  test(`B1: keeps what was on its disk, ${rounds} times with batches under way`, {
    timeout: 300_000 + rounds * 30_000,
  }, async () => {
    const seed = seedOfRun();
    const random = seeded(seed);
    const hub = await new RestartableHub(temporaryFolder("gateway-kill")).start();
    endings.push(() => hub.stop());
    const tap = await WireTap.start(() => hub.mqttPort);
    endings.push(() => tap.close());
    const recording = await tagRecording(faulty);
    const kills: (Kill & { readonly found: RunFound | undefined })[] = [];

    for (let turn = 1; kills.length < rounds; turn++) {
      const machine = `GWKILL-${turn}`;
      const { runs, struck } = await playUntilEnd({ hub, tap, random, recording, machine });
      const ledger = await settledLedger(hub, machine);
      const compared = compareRuns(await storedSamples(hub.current, machine), runs);
      expect(compared.problems).toEqual([]);
      const stored = compared.found.reduce((sum, one) => sum + one.stored, 0);
      expect(ledger).toMatchObject({ produced: stored, stored, quarantined: 0, lost: 0 });
      const { work, parts } = await workAndParts(hub, machine);
      expect(work).toHaveLength(1);
      expect(parts.map(({ ticketId }) => ticketId)).toEqual(work[0]?.childIds);
      for (const kill of struck) {
        const found = compared.found.find(({ tag }) => tag === kill.run.tag);
        // Only what is on its disk may leave a gateway, and that it must not forget.
        expect(found?.stored).toBeGreaterThanOrEqual(kill.sentSamples);
        kills.push({ ...kill, found });
      }
    }

    const unsynced = kills.map((kill) => notSynced(kill, recording));
    report("gateway-kill", {
      seed,
      kills: kills.length,
      batchesInFlight: kills.map(({ inFlight }) => inFlight),
      resent: tap.resent,
      sentBeforeKill: kills.map(({ sentSamples }) => sentSamples),
      storedOfKilledRun: kills.map(({ found }) => found?.stored),
      readButNotSyncedMs: unsynced.map(({ ms }) => ms),
      readButNotSyncedSamples: unsynced.map(({ samples }) => samples),
    });
  });
});

/** Replays of one machine: some killed, the last one whole. */
async function playUntilEnd(context: {
  readonly hub: RestartableHub;
  readonly tap: WireTap;
  readonly random: () => number;
  readonly recording: TaggedRecording;
  readonly machine: string;
}): Promise<{ runs: Run[]; struck: Kill[] }> {
  const { hub, tap, random, recording, machine } = context;
  const { data } = hub;
  const passwordFile = await enrolReplay(data, machine);
  const runs: Run[] = [];
  const struck: Kill[] = [];
  while (struck.length < killsPerMachine) {
    const tag = runs.length;
    const before = tap.epochs();
    const file = recording.file(tag);
    const replay = startReplay({ file, machine, data, speed, tap, passwordFile });
    let killed: Promise<void> | undefined;
    let atMs = 0;
    const inFlight = await strikeInFlight({
      tap,
      random,
      replay,
      strike: () => {
        atMs = Date.now();
        killed = replay.kill();
      },
    });
    const run = { tag, recording, isCut: inFlight !== undefined };
    runs.push(run);
    if (inFlight === undefined) {
      await replay.done();
      continue;
    }
    await killed;
    const epochs = [...tap.epochs()].filter((epoch) => !before.has(epoch));
    const sentSamples = epochs.reduce((sum, epoch) => sum + tap.samplesOf(epoch), 0);
    struck.push({ run, atMs, inFlight, sentSamples });
  }
  const tag = runs.length;
  const file = recording.file(tag);
  runs.push({ tag, recording });
  await startReplay({ file, machine, data, speed: "max", tap, passwordFile }).done();
  return { runs, struck };
}

/**
 * What the killed gateway had read and not yet brought to disk: the replay's clock says how far it had come, the store
 * how much of that survived.
 */
function notSynced(
  { atMs, found }: { readonly atMs: number; readonly found: RunFound | undefined },
  recording: TaggedRecording,
): { ms: number; samples: number } {
  if (found?.startNs === undefined) return { ms: Number.NaN, samples: Number.NaN };
  const elapsedMs = atMs - Number(found.startNs / 1_000_000n);
  const readUs = Math.min(elapsedMs * 1_000 * speed, recording.endUs);
  const ms = Math.max(0, Math.round((readUs - found.reachedUs) / 1_000 / speed));
  return { ms, samples: Math.max(0, countBefore(recording, readUs) - found.stored) };
}
