import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkPlan, listPlans, loadPlan } from "./load-plans.ts";

const file = join(import.meta.dirname, "loader-tractor/plan.yaml");
const good = readFileSync(file, "utf8");
const pumpFile = join(import.meta.dirname, "concrete-pump-truck/plan.yaml");
const pump = readFileSync(pumpFile, "utf8");

/** The text with one piece changed; a piece that is not there would make the test say nothing. */
function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  expect(result).not.toBe(text);
  return result;
}

const messages = (text: string, path = file) => checkPlan(text, path).map(({ message }) => message);

describe("checkPlan", () => {
  test.each(listPlans())("finds nothing wrong with %s", (plan) => {
    expect(loadPlan(plan).plan).toBe(plan);
  });

  test.each([
    {
      name: "a plan in another folder",
      from: "plan: loader-tractor",
      to: "plan: loader",
      says: 'must be the name of its folder, "loader-tractor", not "loader"',
    },
    {
      name: "a signal that is not there",
      from: "signal: engineOilPressure\n      holdSeconds",
      to: "signal: engineOilPresure\n      holdSeconds",
      says: 'there is no signal "engineOilPresure"; did you mean "engineOilPressure"?',
    },
    {
      name: "a context that is not there",
      from: "context: engine-running-cold",
      to: "context: engine-cold",
      says: /there is no context "engine-cold"/,
    },
    {
      name: "a failure mode that is not there",
      from: "failureMode: charging-fault",
      to: "failureMode: charging-failt",
      says: 'there is no failure mode "charging-failt"; did you mean "charging-fault"?',
    },
    {
      name: "no limit",
      from: "      above: 108\n",
      to: "",
      says: 'give exactly one of "above" and "below"',
    },
    {
      name: "two limits",
      from: "      above: 108\n",
      to: "      above: 108\n      below: 20\n",
      says: 'give exactly one of "above" and "below"',
    },
    {
      name: "a limit where no value counts",
      from: "above: 108",
      to: "above: 300",
      says: '300 is outside the range of "engineCoolantTemperature" (-40 to 210), where no value counts',
    },
    {
      name: "a limit that no value can pass",
      from: "above: 108",
      to: "above: 210",
      says: '210 ends the range of "engineCoolantTemperature" (-40 to 210), and no value beyond it counts',
    },
    {
      name: "a range upside down",
      from: "range: [0, 1000]",
      to: "range: [1000, 0]",
      says: "the first number must be less than the second, not 1000 and 0",
    },
    {
      name: "a scale of nothing",
      from: "scale: 0.125",
      to: "scale: 0",
      says: "must not be 0: no value is left",
    },
    {
      name: "two rules of one id",
      from: "id: coolant-hot",
      to: "id: oil-pressure-low",
      says: '"oil-pressure-low" is the id of an earlier rule; every rule needs its own',
    },
    {
      name: "a sensor error that leads to a component",
      from: "context: engine-running\n      failureMode: engine-oil-pressure-sensor",
      to: "context: engine-running\n      failureMode: engine-oil-pressure-low",
      says: /must lead to a failure mode of nature sensor/,
    },
    {
      name: "an FMI of the measuring chain with a component",
      from: "fmis: [1, 17, 18]",
      to: "fmis: [1, 12, 17, 18, 3]",
      says: /FMI 3 says that the measuring chain of SPN 100 is broken/,
    },
    {
      name: "FC-4: one code for two failure modes",
      from: "fmis: [1, 17, 18]",
      to: "fmis: [1, 6]",
      says: 'SPN 100 FMI 6 from source address 0 belongs to "engine-oil-pressure-sensor" already',
    },
    {
      name: "one code for any address beside one for a certain address",
      from: "{ spn: 100, fmis: [1, 17, 18], sa: 0 }",
      to: "{ spn: 100, fmis: [1, 1] }",
      says: "SPN 100 FMI 1 from any source address is listed twice here",
    },
    {
      name: "a measured value without a sensor failure mode",
      from: "fmis: [2, 3, 4, 5, 6, 19]",
      to: "fmis: [2, 3]",
      says: "SPN 100 is measured, so a failure mode of nature sensor must own its FMI 4, 5, 19",
    },
    {
      name: "a signal from nowhere",
      from: / {6}j1939:\s+\{[^}]*spn: 190,[^}]*\}\n/,
      to: "",
      says: /^give exactly one of "j1939", "can", .*"modbus"/,
    },
    {
      name: "two signals of the same bits",
      from: /spn: 92,([^}]*)startByte: 3/,
      to: "spn: 92,$1startByte: 2",
      says: 'overlaps "acceleratorPedalPosition1", which reads the same bits of PGN 61443',
    },
    {
      name: "a part listed twice",
      from: "{ partNo: FB-LT-PLUG-01,",
      to: "{ partNo: FB-LT-OPS-01,",
      says: "is listed already; give one line with the whole quantity",
    },
    {
      name: "a cause listed twice",
      from: "id: sensor-broken",
      to: "id: plug-loose",
      says: "is the id of an earlier cause of this failure mode",
    },
    {
      name: "a context without a limit",
      from: "- { signal: engineSpeed, above: 600 }",
      to: "- { signal: engineSpeed }",
      says: 'give "above", "below" or both',
    },
    {
      name: "a context that can never hold",
      from: "- { signal: engineSpeed, above: 600 }",
      to: "- { signal: engineSpeed, above: 600, below: 500 }",
      says: "nothing is above 600 and below 500",
    },
    {
      name: "a failure mode of the reserved name",
      from: "    charging-fault:\n",
      to: "    uncatalogued:\n",
      says: 'the name "uncatalogued" is reserved; choose another',
    },
    {
      name: "a check of a signal that is not there",
      from: "signal: keyswitchBatteryPotential\n      parts",
      to: "signal: battery\n      parts",
      says: /there is no signal "battery"/,
    },
  ])("tells of $name", ({ from, to, says }) => {
    const found = messages(changed(good, from, to));
    expect(found).toContainEqual(typeof says === "string" ? says : expect.stringMatching(says));
  });

  test.each([
    {
      name: "a device that is not there",
      from: "device: pump-controller",
      to: "device: pump-control",
      says: 'there is no Modbus device "pump-control"; did you mean "pump-controller"?',
    },
    {
      name: "overlapping registers",
      from: "address: 6,",
      to: "address: 5,",
      says: 'overlaps "strokeCount", which reads the same input register',
    },
    {
      name: "a number in one bit",
      from: "table: discrete, address: 0, type: bool",
      to: "table: discrete, address: 0, type: uint16",
      says: "a discrete is one bit; use type bool",
    },
    {
      name: "a bit of one bit",
      from: "table: discrete, address: 0, type: bool",
      to: "table: discrete, address: 0, type: bool, bit: 1",
      says: 'a discrete is one bit; leave "bit" out',
    },
    {
      name: "a bool without its bit",
      from: "table: discrete, address: 0, type: bool",
      to: "table: holding, address: 0, type: bool",
      says: 'a bool in a register needs "bit", 0 to 15',
    },
    {
      name: "a bit of a signed number",
      from: "type: uint32,",
      to: "type: int32, bit: 3,",
      says: "bits are taken from a bool, uint16 or uint32, not from int32",
    },
    {
      name: "a field beyond its register",
      from: "type: uint32,",
      to: "type: uint32, bit: 30, bits: 4,",
      says: "the field ends beyond bit 31 of its register",
    },
    {
      name: "a value beyond the last register",
      from: "address: 4,",
      to: "address: 65535,",
      says: "a uint32 here ends beyond register 65535",
    },
  ])("tells of $name on Modbus", ({ from, to, says }) => {
    // The formatter may break a flow map over lines; the places are looked for in one line.
    const text = pump.replace(
      /\{\s*\n\s*([^{}]*?),?\s*\n\s*\}/g,
      (_, inside: string) => `{ ${inside.replace(/\s*\n\s*/g, " ")} }`,
    );
    expect(messages(changed(text, from, to), pumpFile)).toContain(says);
  });

  test("allows different bits of one register, and one SPN from two source addresses", () => {
    expect(messages(pump, pumpFile)).toEqual([]);
    expect(messages(good)).toEqual([]);
  });

  test("reports mistakes of form and of meaning together, in file order", () => {
    const bad = changed(
      changed(good, "failureMode: charging-fault", "failureMode: charging"),
      "unit: km/h",
      "unit: mph",
    );
    const problems = checkPlan(bad, file);
    expect(problems.map(({ path }) => path)).toEqual([
      "acquisition.signals.wheelBasedVehicleSpeed.unit",
      "rules.rules[5].failureMode",
    ]);
    for (const { line, column, message } of problems) {
      const text = bad.split("\n")[line - 1]?.slice(column - 1);
      expect(text).toMatch(message.includes("mph") ? /^mph/ : /^charging/);
    }
  });

  test.each(["", "[]", "plan: 5", "rules: { rules: [ { kind: threshold } ] }", "a: &a [*a]", "{"])(
    "survives %j",
    (text) => {
      expect(checkPlan(text, file).length).toBeGreaterThan(0);
    },
  );
});
