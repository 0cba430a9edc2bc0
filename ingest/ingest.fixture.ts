import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import {
  type ExampleMachine,
  exampleDictionary,
  exampleMachine,
  newEpoch,
} from "./example-machine.fixture.ts";
import { type FakeSpool, keep, newSpool } from "./fake-gateway.fixture.ts";
import type { IngestOptions } from "./ingest-options.ts";
import { type Ingest, startIngest } from "./start-ingest.ts";

export const testStoreId = "store-under-test";

/** A folder of its own, removed by `remove`. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "firebreak-ingest-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const startTestIngest = (
  dataFolder: string,
  options: Partial<IngestOptions> = {},
): Promise<Ingest> =>
  startIngest({
    dataFolder,
    storeId: testStoreId,
    host: "127.0.0.1",
    mqttPort: 0,
    log: silentLogger,
    acknowledge: { spacingMs: 20, repeatMs: 500 },
    sparkplug: { reorderTimeoutMs: 200 },
    ...options,
  });

export interface TestGateway {
  readonly spool: FakeSpool;
  readonly machines: readonly ExampleMachine[];
  readonly password: string;
  /** Makes and keeps batches, round the machines; returns their numbers. */
  produce(count: number, steps?: number): number[];
}

/** An enrolled gateway with machines and an empty spool. */
export async function enrolledGateway(
  dataFolder: string,
  gatewayId: string,
  machineIds: readonly string[],
): Promise<TestGateway> {
  const { password } = await createCredential(dataFolder, gatewayId, machineIds);
  const dictionary = exampleDictionary(6);
  const epoch = newEpoch();
  const spool = newSpool(gatewayId, epoch, dictionary);
  const numbers = { next: 1 };
  const machines = machineIds.map((machineId, seed) => {
    spool.machines.set(machineId, { produced: 0, suppressed: 0 });
    return exampleMachine({ gatewayId, machineId, dictionary, epoch, numbers, seed });
  });
  let turn = 0;
  return {
    spool,
    machines,
    password,
    produce(count, steps = 2) {
      return Array.from({ length: count }, () => {
        const machine = machines[turn++ % machines.length] as ExampleMachine;
        const { machineId } = machine;
        const { number, block } = machine.next({ steps });
        keep(spool, { machineId, number, block }, machine.produced);
        return number;
      });
    },
  };
}
