import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { compareRuns, type Run } from "../compare-runs.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";
import { startReplay } from "../replay-under-fault.fixture.ts";
import { RestartableHub, settledLedger } from "../restartable-hub.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { storedSamples } from "../stored-samples.fixture.ts";
import { tagRecording } from "../tagged-recording.fixture.ts";

const idling = sharedData("can/jd5055e_idling.log") ?? "";
const machine = "TAMPERED-1";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The other fault tests are worth as much as their comparison: here it must find what is wrong. */
describe.skipIf(!idling)("a store that somebody changed behind the hub's back", () => {
  test("does not pass the comparison, though its own ledger balances", async () => {
    const hub = await new RestartableHub(temporaryFolder("tampered")).start();
    endings.push(() => hub.stop());
    const { data } = hub;
    const recording = await tagRecording(idling);
    const runs: Run[] = [{ tag: 5, recording }];
    await startReplay({ file: recording.file(5), machine, data, speed: 4 }).done();
    const problems = async () => {
      await settledLedger(hub, machine);
      return compareRuns(await storedSamples(hub.current, machine), runs).problems;
    };
    const tamper = async (work: (db: DatabaseSync) => void) => {
      await hub.stop();
      const db = new DatabaseSync(join(data, "telemetry.sqlite"));
      work(db);
      db.close();
      await hub.start();
    };
    expect(await problems()).toEqual([]);

    // A batch that is not sealed yet lies in `hot` as it came.
    const second = "(select position from hot order by position limit 1 offset 1)";
    await tamper((db) =>
      db.exec(`insert into hot select position + 1, machine, dictionary, arrived_ms, samples, block
               from hot where position = ${second}`),
    );
    expect(await problems()).not.toEqual([]);
    await tamper((db) => db.exec(`delete from hot where position = ${second}`));
    expect(await problems()).toEqual([]);
    await tamper((db) => db.exec(`delete from hot where position = ${second}`));
    expect(await problems()).not.toEqual([]);
  });
});
