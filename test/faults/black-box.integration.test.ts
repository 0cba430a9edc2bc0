import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Gateway, type GatewayOptions, startGateway } from "@firebreak/gateway/main.ts";
import { SlowLink } from "@firebreak/gateway/slow-link.fixture.ts";
import { createRecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import type { Intake, Source, SourceContext } from "@firebreak/gateway/sources/source.ts";
import { runConsumer } from "@firebreak/ingest/consume/consumer.ts";
import { type Ingest, startIngest } from "@firebreak/ingest/start-ingest.ts";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { Observable } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { eventually, runCli, temporaryFolder } from "../product.fixture.ts";
import { quietPort } from "../quiet-port.fixture.ts";
import { RestartableHub } from "../restartable-hub.fixture.ts";

const gatewayId = "gw-1";
const machineId = "M1";

const killRounds = process.env.FIREBREAK_SOAK === "1" ? 10 : 1;
interface Arrived {
  readonly id: number;
  readonly state: string;
  readonly receivedBytes: number;
}

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A bus of frames that do not shrink, and values to see how young live data are. */
class NoisyBus implements Source {
  readonly name = "noisy";
  /** Every frame as candump writes it. */
  readonly lines: string[] = [];
  #intake: Intake | undefined;
  readonly #context: SourceContext;
  readonly #frame = { ...createRecordingFrame(), bus: "can0", isExtended: true, length: 8 };

  constructor(context: SourceContext) {
    this.#context = context;
  }

  open(intake: Intake): Observable<never> {
    return new Observable(() => {
      this.#intake = intake;
    });
  }
  counters = () => ({});

  frames(count: number): void {
    const baseNs = BigInt(Date.now()) * 1_000_000n;
    const frame = this.#frame;
    for (let at = 0; at < count; at++) {
      frame.canId = 0x0cf0_0400;
      for (let byte = 0; byte < 8; byte++) frame.data[byte] = Math.floor(Math.random() * 250);
      this.#context.onFrame?.(frame, at * 1_000, baseNs);
      const micros = baseNs / 1_000n + BigInt(at);
      const hex = Buffer.from(frame.data.subarray(0, 8)).toString("hex").toUpperCase();
      const stamp = `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, "0")}`;
      this.lines.push(`(${stamp}) can0 0CF00400#${hex}\n`);
    }
  }

  values(count: number): void {
    const samples = new SampleColumns(BigInt(Date.now()) * 1_000_000n, count);
    for (let at = 0; at < count; at++) samples.push(0, at, Math.random() * 1_000, 0);
    this.#intake?.deliver(samples, []);
  }

  code(): void {
    const timeNs = BigInt(Date.now()) * 1_000_000n;
    const lamps = { mil: "off", redStop: "on", amberWarning: "off", protect: "off" } as const;
    const dtcs = [{ spn: 100, fmi: 1, oc: 1, cm: 0 as const }];
    this.#intake?.deliver(new SampleColumns(timeNs, 1), [
      { kind: "active-dtcs", timeNs, sa: 0, lamps, dtcs },
    ]);
  }
}

/** A real hub's intake with its broker, fed into its recordings as the judge does. */
async function startHub(dataFolder: string, mqttPort = 0): Promise<Ingest> {
  const ingest = await startIngest({
    dataFolder,
    storeId: "store-1",
    host: "127.0.0.1",
    mqttPort,
    log: silentLogger,
    acknowledge: { spacingMs: 20, repeatMs: 500 },
  });
  const dictionaries = new Map<string, SignalDictionary>();
  const consumer = runConsumer({
    name: "notes",
    source: ingest.journal,
    offset: ingest.journal.oldest,
    handle: (entries) => {
      for (const { record } of entries) {
        if (record.kind === "dictionary")
          dictionaries.set(record.dictionary.hash, record.dictionary);
        if (record.kind !== "batch") continue;
        const dictionary = dictionaries.get(readBatchHeader(record.block).dictionary);
        if (!dictionary) continue;
        const { events } = decodeBatch(record.block, dictionary);
        ingest.noteEvents(record.gatewayId, record.machineId, events);
      }
    },
    onPoison: () => {},
    log: silentLogger,
  });
  const stop = ingest.stop;
  return {
    ...ingest,
    stop: async () => {
      await consumer.stop();
      await stop();
    },
  };
}

async function startMachine(url: () => string, options: Partial<GatewayOptions>, password: string) {
  let bus: NoisyBus | undefined;
  const gateway: Gateway = await startGateway({
    gatewayId,
    hub: async () => ({ url: url(), username: gatewayId, password }),
    spoolFolder: mkdtempSync(join(tmpdir(), "firebreak-box-")),
    machines: [
      {
        machineId,
        plan: loadPlan("loader-tractor"),
        sources: (context) => {
          bus = new NoisyBus(context);
          return [bus];
        },
      },
    ],
    blackBox: { preSeconds: 60, postSeconds: 0 },
    batchAgeMs: 200,
    syncIntervalMs: 50,
    reconnect: { minMs: 50, capMs: 200 },
    log: silentLogger,
    ...options,
  });
  if (!bus) throw new Error("no bus");
  return { gateway, bus };
}

const portOf = (ingest: Ingest): number => Number(new URL(ingest.mqttUrl).port);
const newest = (hub: Ingest) => hub.captures.list(machineId)[0];
const there = (hub: Ingest) =>
  eventually(
    "a recording that is there",
    async () => newest(hub)?.state === "there" && newest(hub),
    120_000,
  );

describe("the black box and the hub", () => {
  test("raw frames around a trouble code come to the hub as the gateway saw them, through restarts of both, and decode alike", async () => {
    const data = mkdtempSync(join(tmpdir(), "firebreak-hub-"));
    const { password } = await createCredential(data, gatewayId, [machineId]);
    // It comes back to it.
    const port = await quietPort();
    let hub = await startHub(data, port);
    endings.push(() => hub.stop());
    // Slow enough that both can be restarted while it comes.
    const link = await SlowLink.start(portOf(hub), 100_000);
    endings.push(() => link.close());
    const spoolFolder = mkdtempSync(join(tmpdir(), "firebreak-box-"));
    const url = () => `mqtt://127.0.0.1:${link.port}`;
    const { gateway, bus } = await startMachine(url, { spoolFolder }, password);
    bus.frames(30_000);
    bus.code();
    const arrives = (bytes: number) =>
      eventually(`${bytes} bytes`, async () => (newest(hub)?.receivedBytes ?? 0) > bytes);
    await arrives(20_000);
    await gateway.stop();
    const again = await startMachine(url, { spoolFolder }, password);
    endings.push(() => again.gateway.stop());
    await arrives(60_000);
    await hub.stop();
    hub = await startHub(data, port);
    expect(newest(hub)?.receivedBytes).toBeGreaterThan(60_000);
    const capture = await there(hub);
    expect(capture).toMatchObject({ records: 30_000, code: { spn: 100, fmi: 1 }, damaged: 0 });
    const found = hub.captures.find(machineId, capture.id);
    const arrived = found ? await text(await hub.captures.text(found)) : "";
    expect(arrived).toBe(bus.lines.join(""));
    const [there2, seen] = ["arrived.log", "seen.log"].map((name) => join(data, name));
    writeFileSync(there2 ?? "", arrived.slice(0, 40_000));
    writeFileSync(seen ?? "", bus.lines.join("").slice(0, 40_000));
    const [one, other] = await Promise.all([
      runCli(["decode", there2 ?? ""]),
      runCli(["decode", seen ?? ""]),
    ]);
    expect(one.stdout.split("\n").length).toBeGreaterThan(100);
    expect(one.stdout).toBe(other.stdout);
  }, 300_000);

  test(
    `kill -9 of the hub while a recording comes, ${killRounds} times: it goes on and is whole, once`,
    async () => {
      const hub = new RestartableHub(temporaryFolder("black-box-kill"));
      const { password } = await createCredential(hub.data, gatewayId, [machineId]);
      await hub.start();
      endings.push(() => hub.stop());
      const link = await SlowLink.start(hub.mqttPort, 200_000);
      endings.push(() => link.close());
      const url = () => `mqtt://127.0.0.1:${link.port}`;
      const { gateway, bus } = await startMachine(url, {}, password);
      endings.push(() => gateway.stop());
      bus.frames(20_000 * killRounds);
      bus.code();
      const list = async () => {
        const found = await hub.current
          .get<{ items: Arrived[] }>(`machines/${machineId}/captures`)
          .catch(() => undefined);
        return found?.items;
      };
      const comes = (above: number) =>
        eventually("more of it", async () => ((await list())?.[0]?.receivedBytes ?? 0) > above);
      for (let round = 1; round <= killRounds; round++) {
        await comes(round * 30_000);
        await hub.kill();
        await hub.start();
        expect((await list())?.[0]?.receivedBytes).toBeGreaterThan(round * 30_000);
      }
      const isThere = async () => (await list())?.[0]?.state === "there" && (await list());
      const items = await eventually("all of it", isThere, 120_000);
      expect(items).toHaveLength(1);
      const file = `${hub.current.url}/api/v1/machines/${machineId}/captures/${items[0]?.id}/text`;
      const answer = await fetch(file, {
        headers: { authorization: `Bearer ${hub.current.token}` },
      });
      expect(await answer.text()).toBe(bus.lines.join(""));
    },
    180_000 * (1 + killRounds),
  );

  test("on a link of 64 kbit/s a recording never makes live data old", async () => {
    const data = mkdtempSync(join(tmpdir(), "firebreak-hub-"));
    const { password } = await createCredential(data, gatewayId, [machineId]);
    const hub = await startHub(data);
    endings.push(() => hub.stop());
    const link = await SlowLink.start(portOf(hub), 8_000);
    endings.push(() => link.close());
    const { gateway, bus } = await startMachine(
      () => `mqtt://127.0.0.1:${link.port}`,
      {},
      password,
    );
    endings.push(() => gateway.stop());
    await eventually("a session", async () => gateway.status().link.link === "sending");
    bus.values(10);
    await eventually("a machine", async () => hub.live.machine(machineId)?.gatewayId);
    bus.frames(60_000);
    hub.captures.request(machineId, "anna");
    await eventually(
      "a recording on its way",
      async () => (newest(hub)?.receivedBytes ?? 0) > 8_000,
    );
    for (let round = 1; round <= 5; round++) {
      const sentMs = Date.now();
      bus.values(10);
      const isThere = () =>
        hub.live.machine(machineId)?.signals.some(({ t }) => Date.parse(t) >= sentMs) ?? false;
      await eventually(`what round ${round} sent`, async () => isThere());
    }
    expect(hub.captures.requests(machineId)).toMatchObject([{ state: "stored", askedBy: "anna" }]);
    // Half a megabyte takes this link a minute; without the order of lanes all of it would have come first.
    expect(newest(hub)?.state).toBe("arriving");
  }, 300_000);

  test("a used up data budget keeps recordings back, and says so", async () => {
    const data = mkdtempSync(join(tmpdir(), "firebreak-hub-"));
    const { password } = await createCredential(data, gatewayId, [machineId]);
    const hub = await startHub(data);
    endings.push(() => hub.stop());
    let bus: NoisyBus | undefined;
    const machine = {
      machineId,
      plan: loadPlan("loader-tractor"),
      dataBudget: { megabytesPerMonth: 0.02, warnAtPercent: 80 },
      sources: (context: SourceContext) => {
        bus = new NoisyBus(context);
        return [bus];
      },
    };
    const gateway = await startGateway({
      gatewayId,
      hub: { url: hub.mqttUrl, username: gatewayId, password },
      spoolFolder: mkdtempSync(join(tmpdir(), "firebreak-box-")),
      machines: [machine],
      blackBox: { preSeconds: 60, postSeconds: 0 },
      batchAgeMs: 200,
      log: silentLogger,
    });
    endings.push(() => gateway.stop());
    bus?.frames(20_000);
    bus?.code();
    await eventually("held back", async () => newest(hub)?.detail === "over-budget");
    expect(newest(hub)?.receivedBytes).toBeLessThanOrEqual(20_000);
    expect(gateway.status().data[0]?.usedMegabytes).toBeLessThan(0.03);
  });
});
