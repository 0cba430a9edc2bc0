import { systemClock as clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { expect, test } from "vitest";
import type { Delivery } from "../delivery/delivery.ts";
import { createAempWriter } from "./aemp-writer.ts";
import type { Equipment, ReadFleet } from "./fleet-document.ts";
import { createMachineMemory } from "./machine-memory.ts";
import { takePage } from "./take-page.ts";

test("nothing goes into a journal that takes no more; what only waits for the disk is waited for", async () => {
  let isFull = true;
  let waiting = 1;
  let appended = 0;
  const journal = {
    canTake: () => !isFull && waiting === 0,
    sync: async () => {
      waiting = 0;
      return 0;
    },
  };
  const delivery = {
    hasDictionary: () => true,
    append: () => void appended++,
  } as unknown as Delivery;
  const write = createAempWriter({ journal, delivery, clock, onBatch: () => undefined });
  const samples = [{ signal: 0, timeMs: 1_777_593_600_000, value: 1 }];
  await expect(write("cat", "cat:1", samples)).rejects.toMatchObject({
    ...{ code: "AEMP_JOURNAL_FULL", retryable: true },
  });
  expect(appended).toBe(0);
  isFull = false;
  waiting = 1;
  await write("cat", "cat:1", samples);
  expect(appended).toBe(1);
});

test("what was journalled before the journal was full is not taken again", async () => {
  let room = 1;
  const numbers: number[] = [];
  const delivery = {
    hasDictionary: () => true,
    append(_record: unknown, then: (position: number) => void) {
      if (room-- <= 0) throw new CodedError("LOG_FULL", "full", { retryable: true });
      then(0);
    },
  } as unknown as Delivery;
  const journal = { canTake: () => true, sync: async () => 0 };
  const write = createAempWriter({
    ...{ journal, delivery, clock },
    onBatch: ({ batch: { samples } }) =>
      void numbers.push(...samples.value.subarray(0, samples.length)),
  });
  const startMs = Date.parse("2026-05-01T00:00:00Z");
  const points = [0, 1, 2].map((day): Equipment["points"][number] => ({
    element: "CumulativeOperatingHours",
    timeMs: startMs + day * 3 * 86_400_000,
    values: { Hour: day },
  }));
  const page: ReadFleet = {
    ...{ version: "1", links: [], skipped: new Map() },
    equipment: [{ header: { pin: "P" }, points }],
  };
  const memory = createMachineMemory({ signals: async () => [] });
  const read = () => {
    const totals = { machines: new Set<string>(), skipped: new Map<string, number>(), samples: 0 };
    return takePage(page, { sourceId: "cat", memory, headers: new Map(), write, totals, clock });
  };
  await expect(read()).rejects.toMatchObject({ code: "LOG_FULL" });
  room = 9;
  await read();
  expect(numbers).toEqual([0, 1, 2]);
});
