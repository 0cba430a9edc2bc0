import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seeded } from "./example-machine.fixture.ts";
import { startFakeGateway, until } from "./fake-gateway.fixture.ts";
import {
  enrolledGateway,
  startTestIngest,
  type TestGateway,
  temporaryFolder,
} from "./ingest.fixture.ts";
import { isoNs } from "./iso-ns.ts";
import type { Ingest } from "./start-ingest.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const rounds = process.env.FIREBREAK_SOAK === "1" ? 200 : 6;

/** What the machines made, by machine and signal, in order: the truth the store is compared with. */
interface Truth {
  readonly t: string[];
  readonly value: (number | null)[];
}

class Recorder {
  readonly #gateway: TestGateway;
  readonly #truth = new Map<string, Truth>();
  readonly #turns: { next: number };

  constructor(gateway: TestGateway) {
    this.#gateway = gateway;
    this.#turns = { next: 0 };
  }

  produce(count: number): void {
    const { spool, machines } = this.#gateway;
    for (let made = 0; made < count; made++) {
      const machine = machines[this.#turns.next++ % machines.length];
      if (!machine) return;
      const { machineId } = machine;
      const { number, block, samples } = machine.next({ steps: 2 });
      spool.held.set(number, { machineId, number, block });
      spool.next = number + 1;
      const { produced } = machine;
      spool.machines.set(machineId, { produced, suppressed: produced * 2 });
      for (let row = 0; row < samples.length; row++) {
        const name = spool.dictionary.signals[samples.signal[row] ?? 0]?.name;
        const truth = this.of(machineId, name ?? "");
        truth.t.push(isoNs(samples.timeNs(row)));
        const value = samples.value[row] ?? Number.NaN;
        truth.value.push(Number.isNaN(value) ? null : value);
      }
    }
  }

  of(machineId: string, signal: string): Truth {
    const key = `${machineId}/${signal}`;
    const known = this.#truth.get(key);
    if (known) return known;
    const made = { t: [], value: [] };
    this.#truth.set(key, made);
    return made;
  }

  async expectStored(ingest: Ingest): Promise<void> {
    await ingest.store.caughtUp();
    for (const { machineId, produced } of this.#gateway.machines) {
      for (const { name } of this.#gateway.spool.dictionary.signals) {
        const { t, value } = await ingest.store.raw({ machineId, signal: name });
        const truth = this.of(machineId, name);
        expect(t).toEqual(truth.t);
        expect(value).toEqual(truth.value);
      }
      const ledger = await ingest.ledger.of(machineId);
      expect(ledger).toMatchObject({
        produced,
        stored: produced,
        suppressed: produced * 2,
        journalled: 0,
        spooled: 0,
        lost: 0,
        quarantined: 0,
      });
    }
  }
}

async function startProcess(path: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(import.meta.dirname, "ingest-process.fixture.ts"), [path, "0"], {
    silent: true,
    execArgv: [],
  });
  child.stderr?.pipe(process.stderr);
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return { child, url: String(line).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

describe("after a crash", () => {
  test(`keeps every acknowledged sample once, ${rounds} kills`, async () => {
    const random = seeded(Number(process.env.FIREBREAK_SEED ?? 7));
    const gateway = await enrolledGateway(folder.path, "gw-1", ["m-1", "m-2"]);
    const recorder = new Recorder(gateway);
    const { spool, password } = gateway;
    let inFlight = 0;
    for (let round = 0; round < rounds; round++) {
      const { child, url } = await startProcess(folder.path);
      const link = await startFakeGateway(spool, { url, password });
      const sending = setInterval(() => {
        recorder.produce(3);
        // A gateway frees what is acknowledged: were it not on the hub's disk, it would be gone.
        for (const number of spool.held.keys())
          if (spool.acknowledged.has(number)) spool.held.delete(number);
        link.sendDue();
      }, 10);
      await new Promise((resolve) => setTimeout(resolve, 50 + random() * 1_200));
      clearInterval(sending);
      inFlight += spool.held.size > 0 ? 1 : 0;
      await kill(child);
      await link.close();
    }
    expect(inFlight).toBeGreaterThan(rounds / 2);

    const ingest = await startTestIngest(folder.path, { store: { sealSamples: 500 } });
    const link = await startFakeGateway(spool, { url: ingest.mqttUrl, password });
    await until("all acknowledged", () => {
      link.sendDue();
      return spool.acknowledged.through === spool.next - 1;
    });
    await recorder.expectStored(ingest);
    await link.close();
    await ingest.stop();
  }, 900_000);

  test("is filled again when the folder is replaced by an older copy", async () => {
    const gateway = await enrolledGateway(folder.path, "gw-1", ["m-1", "m-2"]);
    const recorder = new Recorder(gateway);
    const { spool, password } = gateway;
    const copy = temporaryFolder();
    const deliver = async (work: (ingest: Ingest) => Promise<void>) => {
      const ingest = await startTestIngest(folder.path);
      const link = await startFakeGateway(spool, { url: ingest.mqttUrl, password });
      await until("a session", () => ingest.live.machine("m-2")?.isOnline === true);
      await until("all acknowledged", () => {
        link.sendDue();
        return spool.acknowledged.through === spool.next - 1;
      });
      await work(ingest);
      await link.close();
      await ingest.stop();
    };

    recorder.produce(20);
    await deliver((ingest) => recorder.expectStored(ingest));
    cpSync(folder.path, copy.path, { recursive: true });
    recorder.produce(20);
    await deliver((ingest) => recorder.expectStored(ingest));
    rmSync(folder.path, { recursive: true });
    cpSync(copy.path, folder.path, { recursive: true });
    await deliver((ingest) => recorder.expectStored(ingest));
    copy.remove();
  });
});
