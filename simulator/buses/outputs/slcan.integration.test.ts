import { createSource } from "@firebreak/gateway/sources/registry.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type Case,
  cases,
  contextOf,
  mistakesOf,
  Reader,
  readBy,
} from "../gateway-reader.fixture.ts";
import { startLiveBuses } from "../live-buses.ts";
import { hasSocat } from "../modbus/peers.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The machine and the gateway's own clock run so many times as fast. */
const timesAsFast = 20;
const [startMs, startWallMs] = [performance.now(), Date.now()];
const elapsedMs = () => (performance.now() - startMs) * timesAsFast;
const fastClock: Clock = {
  nowMs: () => startWallMs + elapsedMs(),
  monotonicMs: () => startMs + elapsedMs(),
};

const middle = cases.find(({ name }) => name === "middle") as Case;
const plan = loadPlan("cold-milling-machine");
/** Of the engine's bus; these three groups are only sent to whom asks. */
const asked = ["engineTotalHoursOfOperation", "engineTotalFuelUsed", "engineTotalIdleHours"];
const signals = Object.fromEntries(
  Object.entries(plan.acquisition.signals).filter(([, { j1939, can }]) => j1939 ?? can),
);

async function machine(mode: "listen-only" | "requests") {
  const live = await startLiveBuses(plan, { machineId: "M1", can: { kind: "slcan" } });
  endings.push(() => live.close());
  const values = Object.fromEntries(
    Object.entries(signals).map(([name, signal]) => [name, middle.valueOf(signal)]),
  );
  let untilMs = 0;
  const timer = setInterval(() => {
    untilMs += 10 * timesAsFast;
    live.step(untilMs, startWallMs, { values });
  }, 10);
  endings.push(() => clearInterval(timer));
  const context = { ...contextOf(plan), clock: fastClock };
  const reader = new Reader(context);
  const port = live.addresses.canPorts.can0 ?? "";
  const source = createSource({ kind: "slcan", port, mode }, context);
  const reading = readBy(source, reader);
  endings.push(() => reading.stop());
  return { reader, source, live };
}

describe.skipIf(!hasSocat())("the gateway on a simulated serial CAN adapter", () => {
  test("reads the buses of the machine, and asks for what is only sent on request", async () => {
    const { reader, source, live } = await machine("requests");
    expect(Object.keys(live.addresses.canPorts)).toEqual(["can0", "can1"]);
    const wanted = Object.keys(signals);
    await vi.waitFor(() => {
      expect(mistakesOf(signals, middle, reader.newest)).toEqual([]);
      expect(wanted.filter((name) => !reader.newest.has(name))).toEqual([]);
    }, 60_000);
    expect(source.counters()).toMatchObject({
      malformedLines: 0,
      overruns: 0,
      brokenTransports: 0,
    });
    expect(source.counters().requests).toBeGreaterThanOrEqual(asked.length);
  });

  test("listening only, it never gets what nobody asks for", async () => {
    const { reader } = await machine("listen-only");
    await vi.waitFor(() => expect(reader.newest.has("hydraulicOilLevel")).toBe(true), 60_000);
    expect(asked.filter((name) => reader.newest.has(name))).toEqual([]);
  });
});
