import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { afterEach, describe, expect, test } from "vitest";
import { FakeHub } from "../../gateway/fake-hub.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { type Ledger, RestartableHub, settledLedger } from "../restartable-hub.fixture.ts";
import { pause, report, seeded, seedOfRun } from "../seeded.fixture.ts";
import { toNs } from "../stored-samples.fixture.ts";
import { obstacleToMachine } from "../virtual-machine.fixture.ts";
import {
  type Boot,
  GatewayMachine,
  hoursPerUnit,
  numbersPerBoot,
  until,
} from "./power-cut.fixture.ts";

const cuts = process.env.FIREBREAK_SOAK ? 20 : 1;
const leastBatches = 8;
/** Most cuts come while it writes, every fifth while it starts and opens what the last one left. */
const isAtStart = (cut: number): boolean => cut % 5 === 4;
const reason = obstacleToMachine();

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The number of a frame, and the stamp of its sample. */
interface Numbered {
  readonly number: number;
  readonly stampNs: bigint;
}

describe.skipIf(reason !== undefined)("power cuts", () => {
  test(`B2: ${cuts} of them on ext4: what was reported synced is delivered once, nothing is made up, an unclean stop is told`, {
    timeout: 600_000 + cuts * 300_000,
  }, async () => {
    const seed = seedOfRun();
    process.stdout.write(`power cuts with FIREBREAK_SEED=${seed}\n`);
    const random = seeded(seed);
    const data = temporaryFolder("power-cut-hub");
    // Only what is on its disk may leave a gateway: what the witness gets is what was reported synced. It has the name
    // of the real hub's store, which is like one that was restored from a copy older than all of it.
    const witness = await FakeHub.start();
    endings.push(() => witness.stop());
    writeFileSync(join(data, "store.json"), JSON.stringify({ storeId: witness.manners.storeId }));
    const gateway = await GatewayMachine.create();
    endings.push(() => gateway.stop());

    const boots: Boot[] = [];
    for (let cut = 0; cut < cuts; cut++) {
      witness.manners.doesAcknowledge = random() < 0.5;
      const before = witness.blocks.size;
      const delayMs = Math.round(random() * 2_000);
      const isWriting = () => isAtStart(cut) || witness.blocks.size >= before + leastBatches;
      boots.push(
        await gateway.boot(witness, async (started) => {
          await started;
          await until("batches", isWriting);
          await pause(delayMs);
        }),
      );
      // What had left the machine before its end.
      await pause(200);
    }
    const synced = syncedAt(witness);
    expect(witness.clones).toBe(0);

    const hub = await new RestartableHub(data).start();
    endings.push(() => hub.stop());
    const { gatewayId, machineId } = gateway;
    const { password } = await createCredential(data, gatewayId, [machineId]);
    let stored: Numbered[] = [];
    const last = await gateway.boot({ port: hub.mqttPort, password, isSilent: true }, async () => {
      await eventually(
        "all that was synced",
        () => hasStored(hub, machineId, synced.length),
        300_000,
      );
      const ledger = await settledLedger(hub, machineId);
      stored = await storedAt(hub, machineId);
      // What was read and not yet on the disk never had a number: it is in neither column.
      expect(ledger).toMatchObject({ produced: stored.length, quarantined: 0, lost: 0 });
    });
    boots.push(last);

    report("power-cuts", { synced: synced.length, boots: boots.map(figuresOf) });
    const stampOf = new Map(stored.map(({ number, stampNs }) => [number, stampNs]));
    expect(stampOf.size).toBe(stored.length);
    for (const { number, stampNs } of synced) expect(stampOf.get(number)).toBe(stampNs);
    const perBoot = boots.slice(0, -1).map((boot, at) => {
      const first = at * numbersPerBoot;
      const numbers = stored
        .map(({ number }) => number - first)
        .filter((number) => number >= 0 && number < numbersPerBoot);
      // From its first frame on without a hole, in the order of their stamps.
      const missing = numbers.toSorted((a, b) => a - b).filter((number, index) => number !== index);
      expect({ at, missing: missing.slice(0, 3) }).toEqual({ at, missing: [] });
      expect(numbers.filter((number, index) => number !== index).slice(0, 5)).toEqual([]);
      return { ...figuresOf(boot), stored: numbers.length };
    });
    expect(perBoot.reduce((sum, one) => sum + one.stored, 0)).toBe(stored.length);
    const running = boots.filter(({ startMs }) => startMs !== undefined);
    expect(running.length).toBeGreaterThanOrEqual(boots.filter((_, at) => !isAtStart(at)).length);
    for (const { startMs, unclean } of running.slice(1)) {
      expect(unclean).toBeDefined();
      // An emulated processor that shares its own with all other tests.
      expect(startMs).toBeLessThan(400_000);
    }
    report("power-cuts", { seed, synced: synced.length, boots: [...perBoot, figuresOf(last)] });
  });
});

/** What the witness got, every number once however often it came. */
function syncedAt(witness: FakeHub): Numbered[] {
  return witness.batches().flatMap(({ samples: { length, value, offsetNs, baseNs } }) =>
    Array.from({ length }, (_, row) => ({
      number: numberOf(value[row]),
      stampNs: baseNs + BigInt(offsetNs[row] ?? 0),
    })),
  );
}

async function storedAt(hub: RestartableHub, machineId: string): Promise<Numbered[]> {
  const { t, value } = await hub.current.get<{ t: string[]; value: (number | null)[] }>(
    `machines/${machineId}/series?signal=hours`,
  );
  return t.map((stamp, row) => ({ number: numberOf(value[row]), stampNs: toNs(stamp) }));
}

async function hasStored(hub: RestartableHub, machineId: string, least: number): Promise<boolean> {
  const ledger = await hub.current
    .get<Ledger>(`machines/${machineId}/ledger`)
    .catch(() => undefined);
  return ledger !== undefined && ledger.stored >= least && ledger.stored === ledger.produced;
}

function numberOf(hours: number | null | undefined): number {
  const number = Math.round((hours ?? Number.NaN) / hoursPerUnit);
  if (number * hoursPerUnit !== hours) throw new Error(`${hours} h is no number of a frame`);
  return number;
}

const figuresOf = ({ end, startMs, unclean, sent }: Boot) => ({
  bootMs: end.bootMs,
  startMs,
  tornBytes: unclean?.tornBytes,
  sent,
});
