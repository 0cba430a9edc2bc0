import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import {
  type ContractMachine,
  contractMachine,
  type Row,
  startNs,
} from "../contract-machine.fixture.ts";
import { hasInflux, InfluxServer } from "./influx-server.fixture.ts";
import { type OpenedInflux, openedInflux } from "./opened-influx.fixture.ts";
import { StandIn } from "./stand-in.fixture.ts";

const oldNs = startNs - 864_000_000_000_000n; // ten days before, in another shard
const rowsFrom = (start: number, count: number): Row[] =>
  Array.from({ length: count }, (_, at) => ["odd", start + at, start + at]);

describe.skipIf(!hasInflux())("what an InfluxDB may answer", () => {
  let server: InfluxServer;
  beforeAll(async () => {
    server = await InfluxServer.start();
  });
  afterAll(() => server.stop());

  let names = 0;
  describe.each([1, 2, 3] as const)("%i.x", (version) => {
    let standIn: StandIn;
    let opened: OpenedInflux;
    let machine: ContractMachine;
    let name: string;
    const folder = temporaryFolder();
    const file = join(folder.path, "token");
    beforeEach(async () => {
      name = `answers ${++names}`;
      standIn = await StandIn.start(version, server, name);
      machine = contractMachine(`m ${names}`);
      writeFileSync(file, "right\n");
      opened = await openedInflux({
        target: standIn.target,
        secret: { file },
        // Longer than a busy computer may keep a true answer back; one test waits for it.
        timeoutMs: 3_000,
      });
      await opened.append([machine.explained]);
    });
    afterEach(async () => {
      await opened.close();
      await standIn.stop();
    });
    afterAll(() => folder.remove());
    /** What the server behind it has, asked past everything of ours. */
    const values = async () =>
      (await server.rows(name, "select value from sample")).map(([, value]) => value);
    const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
    const lastError = async () => (await opened.store.stats()).lastError;

    test("D2: 429 and 503 with Retry-After are kept to, then everything is stored once", async () => {
      standIn.canned = [
        { status: 429, headers: { "retry-after": "3" }, body: { message: "slow down" } },
        { status: 503, body: { error: "starting" } },
      ];
      const { offset } = await opened.store.stats();
      await opened.put([machine.batch(rowsFrom(0, 20))]);
      await expect.poll(lastError).toMatchObject({ code: "STORE_BUSY" });
      expect((await opened.store.stats()).offset).toBe(offset);
      await opened.store.caughtUp();
      expect(await values()).toEqual(numbers(20));
      const [first, second] = standIn.writes;
      // The waiting began when the answer was there, timers are a millisecond early at most.
      expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(2_990);
      expect(await lastError()).toBeNull();
    });

    test("D2: a token that is no longer right is told at once, data are kept, and the file is read anew", async () => {
      if (version === 1) return;
      standIn.token = "rotated";
      await opened.put([machine.batch(rowsFrom(0, 5))]);
      await expect.poll(lastError).toMatchObject({ code: "STORE_REFUSES_LOGIN" });
      expect((await lastError())?.message).toMatch(/401: unauthorized/);
      expect((await opened.store.storedSamples(machine.machineId)).stored).toBe(0);
      writeFileSync(file, "rotated\n");
      await opened.store.caughtUp();
      expect(await values()).toEqual(numbers(5));
    });

    test("D1: errors of the server, silence and broken answers are waited out", async () => {
      standIn.canned = [
        { status: 500, body: { error: "timeout" } },
        { status: "ignore" },
        { status: 502, body: "<html>bad gateway</html>" },
        { status: 404, body: { error: "database not found" } },
      ];
      await opened.append([machine.batch(rowsFrom(0, 20))]);
      expect(await values()).toEqual(numbers(20));
      expect(standIn.writes.length).toBe(5);
    });

    test("413: what is too large is sent in parts", async () => {
      standIn.maxBytes = 4_000;
      await opened.append([machine.batch(rowsFrom(0, 500))]);
      expect(await values()).toEqual(numbers(500));
      expect((await opened.store.aside()).length).toBe(0);
    });

    test("D4: of 4,801 samples the one that is refused waits with the server's words, and goes in after the fix", async () => {
      const machineId = machine.machineId;
      const old = machine.batch([["odd", 0, 4_800]], oldNs);
      const mend = await (version === 3 ? refuseByStandIn() : writeTextInto(oldNs));
      const batches = [
        machine.batch(rowsFrom(0, 2_400)),
        old,
        machine.batch(rowsFrom(2_400, 2_400)),
      ];
      await opened.append(batches);
      expect((await values()).filter((one) => typeof one === "number")).toEqual(numbers(4_800));
      const held = await opened.store.storedSamples(machineId);
      expect([held.stored, held.quarantined]).toEqual([4_800, 1]);
      const [aside] = await opened.store.aside();
      expect(aside).toMatchObject({ machineId, samples: 1 });
      expect(aside?.reason).toMatch(/field type conflict|invalid column type/);
      const { reason = "" } = aside ?? {};
      const [sample, ...others] = await opened.store.refused({ reason, after: 0, limit: 10 });
      expect(others).toEqual([]);
      expect(sample).toMatchObject({ machineId, reason, line: expect.stringContaining("4800") });
      expect(await opened.store.refused({ reason: "another", after: 0, limit: 10 })).toEqual([]);
      const still = { taken: 0, waiting: 1, stopped: null };
      expect(await opened.store.retryRefused({ machineId })).toEqual(still);

      await mend();
      const none = { taken: 0, waiting: 0, stopped: null };
      expect(await opened.store.retryRefused({ machineId: "another" })).toEqual(none);
      const taken = { taken: 1, waiting: 0, stopped: null };
      expect(await opened.store.retryRefused({ machineId, reason })).toEqual(taken);
      expect(await values()).toEqual([4_800, ...numbers(4_800)]);
      const { stored, quarantined } = await opened.store.storedSamples(machineId);
      expect([stored, quarantined]).toEqual([4_801, 0]);
      expect(await opened.store.aside()).toEqual([]);
    });

    test("more refused than is kept aside: writing waits, nothing is lost, and it goes on after the fix", async () => {
      if (version !== 3) return;
      await opened.close();
      const { target } = standIn;
      opened = await openedInflux({ target, secret: { text: "right" }, maxRefused: 1_000 });
      const mend = await refuseByStandIn(/ value=/);
      const { offset } = await opened.store.stats();
      await opened.append([machine.explained, machine.batch(rowsFrom(0, 1_500))]);
      await opened.put([machine.batch(rowsFrom(1_500, 500))]);
      await expect.poll(lastError).toMatchObject({ code: "QUARANTINE_FULL" });
      const { refused, offset: held } = await opened.store.stats();
      expect([refused, held > offset]).toEqual([1_500, true]);
      expect((await opened.store.storedSamples(machine.machineId)).stored).toBe(0);
      await mend();
      const all = { taken: 1_500, waiting: 0, stopped: null };
      expect(await opened.store.retryRefused()).toEqual(all);
      await opened.store.caughtUp();
      expect(await values()).toEqual(numbers(2_000));
      expect((await opened.store.storedSamples(machine.machineId)).stored).toBe(2_000);
    });

    /** Another program has written a text where numbers belong, so that no number goes in; answers the way out. */
    const writeTextInto = async (timeNs: bigint) => {
      const query = new URLSearchParams({ db: name });
      const body = `sample,machine=other value="text" ${timeNs}`;
      await fetch(`${server.url}/write?${query}`, { method: "POST", body });
      return async () => {
        const shards = await server.rows(name, "show shards");
        const mine = shards.find(([, of, , , start]) => of === name && `${start}` < "2025-12-25");
        await server.rows(name, `drop shard ${mine?.[0]}`);
      };
    };
    const refuseByStandIn = async (lines = / value=4800 /) => {
      standIn.refuses = lines;
      return async () => {
        standIn.refuses = undefined;
      };
    };
  });
});
