import { CanBuses } from "@firebreak/gateway/sources/can/can-buses.ts";
import { createRecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import type { ActiveCode, BusInput } from "./bus-input.ts";
import { type Case, cases, contextOf, mistakesOf, Reader } from "./gateway-reader.fixture.ts";
import { MachineBuses } from "./machine-buses.ts";

const zeroNs = 1_700_000_000_000_000_000n;

/** Longer than the slowest group takes, AT1S1 with 30 s, whenever it begins. */
const longEnoughMs = 31_000;
const stepMs = 500;

const onCan = (plan: Plan) =>
  Object.fromEntries(
    Object.entries(plan.acquisition.signals).filter(
      ([, { j1939, can, canopen }]) => j1939 ?? can ?? canopen,
    ),
  );

const inputOf = (plan: Plan, one: Case): BusInput => ({
  values: Object.fromEntries(
    Object.entries(onCan(plan)).map(([name, signal]) => [name, one.valueOf(signal)]),
  ),
});

/** What the gateway's decoders make of what the simulated control units send. */
function read(plan: Plan, input: BusInput, durationMs = longEnoughMs) {
  const context = contextOf(plan);
  const reader = new Reader(context);
  const decoders = new CanBuses(context, reader);
  const frame = createRecordingFrame();
  const buses = new MachineBuses(plan, { machineId: "M1", isOneWay: true });
  for (let untilMs = stepMs; untilMs <= durationMs; untilMs += stepMs)
    buses.step(untilMs, input, ({ canId, isExtended, data, length, timeMs }, bus) => {
      Object.assign(frame, { bus, canId, isExtended, length });
      frame.data.set(data);
      decoders.take(frame, zeroNs + BigInt(Math.round(timeMs * 1e6)));
    });
  decoders.deliver();
  return { reader, decoders };
}

describe.each(listPlans())("what the gateway reads of the simulated %s", (id) => {
  const plan = loadPlan(id);

  test.each(cases)("every signal on CAN, $name", (one) => {
    const { reader, decoders } = read(plan, inputOf(plan, one));
    expect(mistakesOf(onCan(plan), one, reader.newest)).toEqual([]);
    expect(decoders.counters()).toMatchObject({
      truncatedSignals: 0,
      malformedDm1: 0,
      brokenTransports: 0,
      unknownStandardFrames: 0,
    });
  });
});

describe("trouble codes of a simulated machine", () => {
  const plan = loadPlan("asphalt-paver");
  const unitOf = (event: object): number => ("sa" in event ? Number(event.sa) : -1);

  test.each([0, 1, 2, 20, 100])("%d of them arrive, with their lamps and counts", (count) => {
    const codes = Array.from(
      { length: count },
      (_, at): ActiveCode => ({ sa: 39, spn: 100 + at * 5_000, fmi: at % 32, lamp: "red" }),
    );
    const { reader } = read(
      plan,
      { values: { engineSpeed: 800, hydraulicOilTemperature: 50 }, codes },
      20_000,
    );
    const told = reader.events.filter(
      (event) => event.kind === "active-dtcs" && unitOf(event) === 39,
    );
    expect(told.length).toBeGreaterThan(0);
    expect(told.at(-1)).toMatchObject({
      lamps: { redStop: count > 0 ? "on" : "off", amberWarning: "off" },
      dtcs: codes.map(({ spn, fmi }) => ({ spn, fmi, oc: 1, cm: 0 })),
    });
  });

  test("emergencies of a CANopen node are codes of its network", () => {
    const emergencies = [{ node: 10, code: 0x4210 }];
    const { reader } = read(plan, { values: {}, emergencies }, 3_000);
    expect(reader.events).toContainEqual(expect.objectContaining({ kind: "active-dtcs", sa: 10 }));
  });
});

test("who the control units are is told with their first message", () => {
  const { reader, decoders } = read(
    loadPlan("asphalt-paver"),
    { values: { engineSpeed: 0 } },
    2_000,
  );
  expect(decoders.counters()).toMatchObject({ addressClaims: 4, addressMoves: 0 });
  const names = reader.events.filter((event) => event.kind === "identity" && event.fact === "name");
  expect(names).toHaveLength(4);
});
