import { encodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDeliveryFile } from "./delivery/delivery-file.ts";
import { createDeliveryIndex } from "./delivery/delivery-index.ts";
import { createIntakeQueries } from "./delivery/intake-queries.ts";
import { exampleDictionary } from "./example-machine.fixture.ts";
import { temporaryFolder } from "./ingest.fixture.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalRecord } from "./journal/record.ts";
import { balance } from "./ledger.ts";

const [gatewayId, epoch] = ["gw", "ef".repeat(16)];
const machines = ["m-1", "m-2"] as const;
const dictionary = exampleDictionary(2);
const startMs = Date.parse("2026-06-10T08:50:00Z");

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** What happens to one batch on its way. */
const fates = ["taken", "quarantined", "tried again", "given up", "lost", "cloned"] as const;
const step = fc.record({
  machine: fc.constantFrom(...machines),
  fate: fc.constantFrom(...fates),
  rows: fc.integer({ min: 1, max: 5 }),
  isCrash: fc.boolean(),
  isCommit: fc.boolean(),
});

function block(
  about: { machineId: string; number: number; rows: number; produced: number },
  isGivenUp: boolean,
): Uint8Array {
  const { machineId, number, rows, produced } = about;
  // Three minutes each: batches fall into several hours.
  const samples = new SampleColumns(BigInt(startMs + number * 180_000) * 1_000_000n);
  if (!isGivenUp)
    for (let row = 0; row < rows; row++) samples.push(row % 2, row * 1_000, row, Quality.good);
  const tombstone = isGivenUp
    ? { tombstone: { reason: "spool-full", samples: rows } as const }
    : {};
  const header = { epoch, number, lane: "live", produced, suppressed: 0, ...tombstone } as const;
  return encodeBatch({ gatewayId, machineId }, { ...header, dictionary, samples, events: [] });
}

test("balances for every machine and hour, whatever happens to batches and wherever the hub is killed", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      folder.remove();
      folder = temporaryFolder();
      const open = () => {
        const database = openDeliveryFile(`${folder.path}/delivery.sqlite`);
        const index = createDeliveryIndex(database);
        const commit = () => index.commit();
        return { database, index, intake: createIntakeQueries({ database, journal, commit }) };
      };
      const journal = { oldest: 0 } as Journal;
      const records: JournalRecord[] = [];
      const truth = new Map(
        machines.map((id) => [id as string, { produced: 0, received: 0, quarantined: 0, lost: 0 }]),
      );
      let hub = open();
      const fold = (record: JournalRecord) => {
        records.push(record);
        hub.index.apply(record, records.length - 1, records.length);
      };
      for (const [at, { machine: machineId, fate, rows, isCrash, isCommit }] of steps.entries()) {
        const number = at + 1;
        const sums = truth.get(machineId);
        if (!sums) continue;
        sums.produced += rows;
        const bytes = block(
          { machineId, number, rows, produced: sums.produced },
          fate === "given up",
        );
        const receivedAtMs = startMs + number * 240_000;
        const batch = { kind: "batch", gatewayId, machineId, receivedAtMs, block: bytes } as const;
        const aside = (reason: "malformed-block" | "cloned-number") =>
          fold({
            ...{
              kind: "quarantine",
              topic: "t",
              reason,
              receivedAtMs,
              gatewayId,
              machineId,
              bytes,
            },
            batch: { epoch, number, samples: rows },
            length: bytes.length,
          });
        if (fate === "taken" || fate === "given up" || fate === "cloned") fold(batch);
        if (fate === "quarantined" || fate === "tried again") aside("malformed-block");
        if (fate === "tried again") fold(batch);
        if (fate === "cloned") {
          aside("cloned-number");
          sums.quarantined += rows;
        }
        if (fate === "lost") {
          const lost = { [machineId]: { samples: rows, after: sums.produced } };
          const about = { gatewayId, epoch, first: number, last: number, bookedAtMs: receivedAtMs };
          fold({ kind: "loss", ...about, reason: "not-on-gateway", machines: lost });
        }
        if (fate === "quarantined") sums.quarantined += rows;
        else if (fate === "lost" || fate === "given up") sums.lost += rows;
        else sums.received += rows;
        if (isCommit) hub.index.commit();
        if (!isCrash) continue;
        hub.database.close();
        hub = open();
        for (let position = hub.index.offset; position < records.length; position++)
          hub.index.apply(records[position] as JournalRecord, position, position + 1);
      }
      for (const [machineId, sums] of truth) {
        const totals = hub.intake.totals(machineId);
        const hours = hub.intake.hours(machineId);
        const { received, quarantined, lost } = sums;
        expect(totals).toMatchObject({ received, quarantined, lost });
        expect(totals.produced).toBe(received + totals.spooled + quarantined + lost);
        const sum = (of: (hour: (typeof hours)[number]) => number) =>
          hours.reduce((all, hour) => all + of(hour), 0);
        expect(sum((hour) => hour.received)).toBe(received);
        expect(sum((hour) => hour.quarantined)).toBe(quarantined);
        expect(sum((hour) => hour.lost)).toBe(lost);
        const none = { stored: 0, quarantined: 0, byHour: [] };
        for (const { lostBy, ...hour } of balance(totals, hours, none).byHour) {
          const { produced, stored, journalled } = hour;
          expect(produced).toBe(stored + journalled + hour.quarantined + hour.lost);
          expect(Math.min(produced, stored, journalled, hour.quarantined)).toBeGreaterThanOrEqual(
            0,
          );
          expect(Object.values(lostBy).reduce((all, one) => all + one, 0)).toBe(hour.lost);
        }
      }
      hub.database.close();
    }),
    { numRuns: process.env.FIREBREAK_SOAK ? 2_000 : 20 },
  );
});

test("says what was lost by its reason", () => {
  const database = openDeliveryFile(`${folder.path}/delivery.sqlite`);
  const index = createDeliveryIndex(database);
  const made = block({ machineId: "m-1", number: 1, rows: 4, produced: 4 }, true);
  expect(readBatchHeader(made).tombstone?.samples).toBe(4);
  index.apply(
    { kind: "batch", gatewayId, machineId: "m-1", receivedAtMs: startMs, block: made },
    0,
    1,
  );
  index.apply(
    {
      ...{ kind: "loss", gatewayId, epoch, first: 2, last: 3, reason: "not-on-gateway" },
      bookedAtMs: startMs,
      machines: { "m-1": { samples: 7, after: 11 } },
    },
    1,
    2,
  );
  const commit = () => index.commit();
  const intake = createIntakeQueries({ database, journal: { oldest: 0 } as Journal, commit });
  expect(intake.hours("m-1")).toMatchObject([
    { lost: 11, lostBy: { "spool-full": 4, "not-on-gateway": 7 } },
  ]);
  database.close();
});
