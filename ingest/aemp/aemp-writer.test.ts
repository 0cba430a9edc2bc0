import { systemClock as clock } from "@firebreak/kit/clock.ts";
import { expect, test } from "vitest";
import type { Delivery } from "../delivery/delivery.ts";
import { createAempWriter } from "./aemp-writer.ts";

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
