import { CodedError } from "@firebreak/kit/coded-error.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { describe, expect, test } from "vitest";
import { encodeRecord } from "../journal/record.ts";
import { type ConsumerOptions, type RecordSource, runConsumer } from "./consumer.ts";

/** Records at positions 0, 1, 2, …; `undefined` is one that cannot be decoded. */
function sourceOf(gateways: readonly (string | undefined)[]): RecordSource {
  const records = gateways.map((gatewayId, position) => ({
    position,
    next: position + 1,
    payload:
      gatewayId === undefined
        ? Buffer.of(99)
        : encodeRecord({
            kind: "batch",
            gatewayId,
            machineId: "m",
            receivedAtMs: 0,
            block: Buffer.alloc(0),
          }),
  }));
  return {
    read(from) {
      const chunk = records.slice(from, from + 3);
      return { records: chunk, next: from + chunk.length };
    },
    onSynced: () => () => {},
  };
}

async function consume(
  gateways: readonly (string | undefined)[],
  refuse: (seen: readonly string[]) => Error | undefined = () => undefined,
  putAside: () => void = () => {},
) {
  const taken: string[] = [];
  const poisoned: number[] = [];
  const handle: ConsumerOptions["handle"] = (entries) => {
    const seen = entries.map(({ record }) => (record.kind === "batch" ? record.gatewayId : ""));
    const error = refuse(seen);
    if (error) throw error;
    taken.push(...seen);
  };
  const consumer = runConsumer({
    name: "test",
    source: sourceOf(gateways),
    offset: 0,
    handle,
    onPoison: ({ position }) => {
      putAside();
      poisoned.push(position);
    },
    log: silentLogger,
  });
  await consumer.caughtUp();
  const { offset } = consumer;
  await consumer.stop();
  return { taken, poisoned, offset };
}

describe("consumer", () => {
  test("takes every record once and in order", async () => {
    const { taken, offset } = await consume(["a", "b", "c", "d", "e"]);
    expect(taken).toEqual(["a", "b", "c", "d", "e"]);
    expect(offset).toBe(5);
  });

  test("D5: goes on behind a record that cannot be decoded", async () => {
    const { taken, poisoned } = await consume(["a", undefined, "c", "d"]);
    expect(taken).toEqual(["a", "c", "d"]);
    expect(poisoned).toEqual([1]);
  });

  test("D5: isolates the one record that makes the work fail", async () => {
    const refuse = (seen: readonly string[]) =>
      seen.includes("bad") ? new RangeError("no") : undefined;
    const { taken, poisoned, offset } = await consume(["a", "bad", "c", "d"], refuse);
    expect(taken).toEqual(["a", "c", "d"]);
    expect(poisoned).toEqual([1]);
    expect(offset).toBe(4);
  });

  test.each([
    { name: "cannot be decoded", bad: undefined },
    { name: "makes the work fail", bad: "bad" },
  ])(
    "D6: a full disk at the moment when a record that $name is put aside repeats nothing",
    async ({ bad }) => {
      const refuse = (seen: readonly string[]) =>
        seen.includes("bad") ? new RangeError("no") : undefined;
      let isFull = true;
      const { taken, poisoned } = await consume(["a", bad, "c", "d"], refuse, () => {
        if (!isFull) return;
        isFull = false;
        throw new CodedError("ENOSPC", "no room");
      });
      expect(taken).toEqual(["a", "c", "d"]);
      expect(poisoned).toEqual([1]);
    },
  );

  test("tries again and isolates nothing when the store is only away", async () => {
    let failures = 2;
    const refuse = () =>
      failures-- > 0 ? new CodedError("STORE_AWAY", "away", { retryable: true }) : undefined;
    const { taken, poisoned } = await consume(["a", "b"], refuse);
    expect(taken).toEqual(["a", "b"]);
    expect(poisoned).toEqual([]);
  });
});
