import { systemClock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LatestSignal } from "../store/store.ts";
import { LiveViewKeeper } from "./live-view.ts";
import { seedLive } from "./seed-live.ts";

let live: LiveViewKeeper;
beforeEach(() => {
  live = new LiveViewKeeper(systemClock);
});
afterEach(() => live.close());

const speed: LatestSignal = {
  name: "speed",
  unit: "rpm",
  value: 7,
  quality: "good",
  t: "2026-05-01T08:00:00.000000000Z",
};
const names = new Set(["speed"]);
const delivery = {
  lastContacts: () =>
    ["down", "empty", "full"].map((machineId) => ({ machineId, gatewayId: "gw", atMs: 1_000 })),
};

test("what could not be read is read again, and a machine without values is known to have none", async () => {
  let failures = 3;
  const waits: number[] = [];
  const backoff = { nextMs: () => waits.push(0) && 0, reset: () => undefined };
  const store = {
    signals: async (machineId: string) => {
      if (machineId === "down" && failures-- > 0)
        throw new CodedError("STORE_UNREACHABLE", "the store does not answer");
      return machineId === "empty" ? [] : [speed];
    },
  };
  expect(live.some("empty", names)).toBeUndefined();
  const end = seedLive(live, { delivery, store, log: silentLogger, backoff });
  expect(live.some("down", names)).toBeUndefined();
  await expect.poll(() => live.some("down", names)).toEqual([speed]);
  expect(waits).toHaveLength(3);
  expect(live.some("empty", names)).toEqual([]);
  expect(live.some("full", names)).toEqual([speed]);
  await expect.poll(() => live.some("never heard of", names)).toEqual([]);
  end();
});

test("ends when it is told, also while it waits", async () => {
  let asked = 0;
  const store = {
    signals: async () => {
      asked++;
      throw new CodedError("STORE_UNREACHABLE", "the store does not answer");
    },
  };
  const backoff = { nextMs: () => 3_600_000, reset: () => undefined };
  const end = seedLive(live, { delivery, store, log: silentLogger, backoff });
  await expect.poll(() => asked).toBe(1);
  end();
  expect(live.some("down", names)).toBeUndefined();
});
