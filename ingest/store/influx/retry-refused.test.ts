import { describe, expect, test } from "vitest";
import type { Outage } from "./deliver.ts";
import { createRetry } from "./retry-refused.ts";

/** A database that takes of each thousand what `takes` says; `size`: samples that wait. */
function writerOf(size: number, takes: (tried: number) => number = (tried) => tried) {
  let left = size;
  const asked: number[] = [];
  return {
    asked,
    retryRefused: async () => ({ tried: 0, taken: 0 }),
    async retryOf({ after }: { readonly after: number }) {
      asked.push(after);
      const tried = Math.min(1_000, size - after);
      const taken = takes(tried);
      left -= taken;
      return { tried, taken, last: after + tried };
    },
    waitingRefused: () => left,
  };
}
const well: { outage: Outage | undefined } = { outage: undefined };

describe("trying again what the database refused", () => {
  test("each once, from the first to the last, whether it goes in or not", async () => {
    const writer = writerOf(2_500, (tried) => tried - 1);
    const retry = createRetry(writer, well);
    expect(await retry.asked()).toEqual({ taken: 2_497, waiting: 3, stopped: null });
    expect(writer.asked).toEqual([0, 1_000, 2_000]);
  });

  test("fifty thousand at most", async () => {
    const retry = createRetry(writerOf(60_000), well);
    expect(await retry.asked()).toEqual({ taken: 50_000, waiting: 10_000, stopped: "more" });
  });

  test("a database that is away is not waited for", async () => {
    const outage: Outage = { code: "STORE_UNREACHABLE", message: "", sinceMs: 0 };
    const writer = writerOf(5);
    const answer = await createRetry(writer, { outage }).asked();
    expect(answer).toEqual({ taken: 0, waiting: 5, stopped: "store-away" });
    expect(writer.asked).toEqual([]);
  });

  test("one that does not answer is given up, and its try goes on alone", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const writer = writerOf(5);
    const slow = {
      ...writer,
      async retryOf(of: { readonly after: number }) {
        await promise;
        return writer.retryOf(of);
      },
    };
    const retry = createRetry(slow, well, { patienceMs: 1 });
    const underWay = { taken: 0, waiting: 5, stopped: "under-way" };
    expect(await retry.asked()).toEqual(underWay);
    expect(await retry.asked()).toEqual(underWay);
    expect(await retry.byItself()).toBe(0);
    resolve();
    await expect.poll(() => retry.asked()).toMatchObject({ stopped: null });
  });
});
