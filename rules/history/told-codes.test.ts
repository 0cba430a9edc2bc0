import { describe, expect, test } from "vitest";
import { amber, dark, dtc, red } from "../engine/rule-engine.fixture.ts";
import type { ToldCode } from "../finding.ts";
import { ToldCodes } from "./told-codes.ts";

const step = (atMs: number, state: ToldCode["state"], more: Partial<ToldCode> = {}): ToldCode => ({
  ...{ atMs, network: 0, sa: 0, dtc: dtc(7, 4), lamps: amber, state },
  ...more,
});
const always = (_ms: number) => true;
const said = (steps: readonly ToldCode[], [from, to]: [number, number], isOn = always) =>
  [...new ToldCodes(steps).between(from, to, isOn)].map(({ timeNs, sa, dtcs }) => [
    ...[Number(timeNs / 1_000_000n), sa],
    dtcs.map(({ spn, fmi }) => `${spn}-${fmi}`).join(),
  ]);

describe("DM1 made again from the steps of trouble codes", () => {
  test("names a code once a second from its begin to its end", () => {
    expect(said([step(500, "active"), step(3200, "previously-active")], [0, 9000])).toEqual([
      [500, 0, "7-4"],
      [1500, 0, "7-4"],
      [2500, 0, "7-4"],
      [3200, 0, ""],
    ]);
  });

  test("goes on with what was active before, span after span", () => {
    const steps = [step(500, "active"), step(3200, "gone")];
    const codes = new ToldCodes(steps);
    const times = (from: number, to: number) =>
      [...codes.between(from, to, always)].map(({ timeNs }) => Number(timeNs / 1_000_000n));
    expect([times(1000, 2000), times(2000, 3000), times(3000, 9000)]).toEqual([
      [1500],
      [2500],
      [3200],
    ]);
  });

  test("one message names all codes of a control unit, others have their own", () => {
    const steps = [
      step(0, "active"),
      step(0, "active", { dtc: dtc(9, 1), lamps: red }),
      step(0, "active", { sa: 3, dtc: dtc(8, 2) }),
    ];
    expect(said(steps, [0, 1001])).toEqual([
      [0, 0, "7-4,9-1"],
      [0, 3, "8-2"],
      [1000, 0, "7-4,9-1"],
      [1000, 3, "8-2"],
    ]);
  });

  test("is silent where a control unit was, and while the machine is off", () => {
    expect(said([step(0, "active"), step(1500, "unknown")], [0, 5000])).toEqual([
      [0, 0, "7-4"],
      [1000, 0, "7-4"],
    ]);
    const isOn = (ms: number) => ms < 1000 || ms >= 3000;
    expect(said([step(0, "active")], [0, 4000], isOn).map(([ms]) => ms)).toEqual([0, 3000]);
  });

  test("carries lamps and network as they were told", () => {
    const [message] = new ToldCodes([
      step(0, "active", { network: 128, lamps: dark, sa: 5 }),
    ]).between(0, 1, always);
    expect(message).toMatchObject({ network: 128, sa: 5, lamps: dark, kind: "active-dtcs" });
  });
});
