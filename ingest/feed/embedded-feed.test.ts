import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openEmbeddedFeed } from "./embedded-feed.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const nothing = { canTake: () => true, take: () => {}, onOffline: () => {} };
const parts = { groups: ["firebreak"], handler: nothing, clock: systemClock, log: silentLogger };

test("a client that takes nothing does not hold up the end of a hub", async () => {
  const said: string[] = [];
  const feed = openEmbeddedFeed({
    ...parts,
    broker: {
      listen: () => {},
      publish: (_topic, payload) => {
        said.push(Buffer.from(payload).toString());
        return new Promise<never>(() => {});
      },
    },
  });
  const closed = feed.close();
  await vi.advanceTimersByTimeAsync(1_000);
  await closed;
  expect(said.map((text) => JSON.parse(text).online)).toEqual([true, false]);
  expect(feed.publish("spBv1.0/firebreak/NCMD/gw", Buffer.from("x"))).toBe(false);
});

test("what cannot be kept now is counted and not taken, but births and deaths are", () => {
  const taken: string[] = [];
  let hear = (_topic: string, _payload: Uint8Array) => {};
  const feed = openEmbeddedFeed({
    ...parts,
    handler: { ...nothing, canTake: () => false, take: (topic) => void taken.push(topic) },
    broker: {
      listen: (_filter, take) => {
        hear = take;
      },
      publish: () => Promise.resolve(),
    },
  });
  const topics = ["NBIRTH", "DDATA", "NDEATH"].map((type) => `spBv1.0/firebreak/${type}/gw`);
  for (const topic of topics) hear(topic, Buffer.from("four"));
  expect(taken).toEqual([topics[0], topics[2]]);
  expect(feed.counts).toMatchObject({ received: 3, bytes: 12, deferred: 1 });
});
