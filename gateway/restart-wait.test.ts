import { expect, test } from "vitest";
import { createRestartWait } from "./restart-wait.ts";

const longest = { minMs: 5_000, capMs: 60_000, steadyMs: 600_000, random: () => 1 };

test("what breaks again and again waits longer each time, up to a minute", () => {
  const wait = createRestartWait(longest);
  const waits = Array.from({ length: 7 }, () => wait.nextMs(1_000));
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});

test("what ran well for a while is started anew as soon as the first time", () => {
  const wait = createRestartWait(longest);
  const waits = [1_000, 1_000, 1_000, 600_000, 599_999].map((ranMs) => wait.nextMs(ranMs));
  expect(waits).toEqual([5_000, 10_000, 20_000, 5_000, 10_000]);
});

test("a fleet that broke at one instant does not start at one instant", () => {
  const wait = createRestartWait({ ...longest, random: () => 0.5 });
  expect([0, 0, 0].map((ranMs) => wait.nextMs(ranMs))).toEqual([5_000, 7_500, 12_500]);
});
