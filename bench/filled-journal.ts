import {
  type ExampleMachine,
  exampleDictionary,
  exampleMachine,
} from "@firebreak/ingest/example-machine.fixture.ts";
import type { Journal } from "@firebreak/ingest/journal/journal.ts";

export interface Filling {
  readonly machines: number;
  readonly signals: number;
  readonly batchesPerMachine: number;
  /** Samples per signal and batch. */
  readonly stepsPerBatch: number;
  readonly seed: number;
}

/** Puts what a fleet says into a journal, batches of all machines in turn; the number of samples. */
export async function fillJournal(journal: Journal, filling: Filling): Promise<number> {
  const dictionary = exampleDictionary(filling.signals);
  const machines = Array.from({ length: filling.machines }, (_, at): ExampleMachine => {
    const ids = { gatewayId: `gateway-${at}`, machineId: `machine-${at}` };
    journal.append({ kind: "dictionary", ...ids, dictionary });
    return exampleMachine({ ...ids, dictionary, seed: filling.seed * 1_000 + at });
  });
  for (let made = 0; made < filling.batchesPerMachine; made++)
    for (const machine of machines) {
      const { gatewayId, machineId } = machine;
      const { block } = machine.next({ steps: filling.stepsPerBatch });
      if (!journal.canTake()) await journal.sync();
      journal.append({ kind: "batch", gatewayId, machineId, receivedAtMs: Date.now(), block });
    }
  await journal.sync();
  return machines.reduce((sum, { produced }) => sum + produced, 0);
}
