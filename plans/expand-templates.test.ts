import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expandTemplates } from "./expand-templates.ts";
import { readTemplate } from "./modbus-template.ts";
import type { Acquisition, ModbusDevice } from "./plan-schema.ts";

const acquisition = (device: Partial<ModbusDevice>, signals: object = {}): Acquisition =>
  ({
    maker: "x",
    models: ["x"],
    modbusDevices: { "stage-genset": { unitId: 10, pollIntervalMs: 1_000, ...device } },
    signals,
  }) as Acquisition;

const meter = `template: my-meter
title: { en: Meter, zh-CN: 电能表 }
source: my own table
confidence: unconfirmed
registers: { table: input, wordOrder: little, topCodes: [not-available] }
signals:
  power:
    title: { en: Power, zh-CN: 功率 }
    unit: kW
    scale: 0.1
    range: [-100, 100]
    sampling: every
    register: { address: 5, type: int32 }
  voltage:
    title: { en: Voltage, zh-CN: 电压 }
    unit: V
    range: [0, 500]
    sampling: every
    register: { table: holding, address: 0, type: float32, wordOrder: big }
`;

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-template-"));
  writeFileSync(join(folder, "my-meter.yaml"), text);
  return folder;
}

describe("a device of a plan that has a template", () => {
  test("brings the picked signals, named after the device, with all that is known of them", () => {
    const { acquisition: expanded, mistakes } = expandTemplates(
      acquisition({ template: "dse-gencomm", signals: ["oilPressure", "engineHours"] }),
      ".",
    );
    expect(mistakes).toEqual([]);
    expect(Object.keys(expanded.signals)).toEqual([
      "stageGensetOilPressure",
      "stageGensetEngineHours",
    ]);
    expect(expanded.signals.stageGensetOilPressure).toMatchObject({
      unit: "kPa",
      scale: 1,
      offset: 0,
      modbus: { device: "stage-genset", table: "holding", address: 1024, type: "uint16" },
    });
    expect(expanded.signals.stageGensetOilPressure?.modbus?.topCodes?.[3]).toBe("error");
    expect(expanded.signals.stageGensetEngineHours).toMatchObject({
      unit: "h",
      modbus: { address: 1798, type: "uint32", wordOrder: "big" },
    });
  });

  test("what the device bears comes along, and the plan has the last word", () => {
    const manners = (device: Partial<ModbusDevice>) =>
      expandTemplates(acquisition({ template: "yaskawa-v1000-a1000", ...device }), ".").acquisition
        .modbusDevices?.["stage-genset"];
    expect(manners({})).toEqual({
      unitId: 10,
      pollIntervalMs: 1_000,
      maxRegisters: 16,
      quietMs: 10,
    });
    expect(manners({ maxRegisters: 8 })).toMatchObject({ maxRegisters: 8, quietMs: 10 });
  });

  test("a signal of the plan takes the place of that of the template; the result stands for itself", () => {
    const own = { stageGensetOilPressure: { unit: "bar" } };
    const given = acquisition({ template: "dse-gencomm", signals: ["oilPressure"] }, own);
    const once = expandTemplates(given, ".").acquisition;
    expect(once.signals.stageGensetOilPressure).toEqual({ unit: "bar" });
    expect(expandTemplates(once, ".").acquisition).toEqual(once);
  });

  test("a template may be a file beside the plan; a register may differ from the rest", () => {
    const { acquisition: expanded, mistakes } = expandTemplates(
      acquisition({ template: "./my-meter.yaml" }),
      folderWith(meter),
    );
    expect(mistakes).toEqual([]);
    const { stageGensetPower: power, stageGensetVoltage: voltage } = expanded.signals;
    expect(power).toMatchObject({
      scale: 0.1,
      modbus: { table: "input", wordOrder: "little", topCodes: ["not-available"] },
    });
    expect(voltage?.modbus).toEqual({
      device: "stage-genset",
      table: "holding",
      address: 0,
      type: "float32",
      wordOrder: "big",
    });
  });

  test.each([
    {
      name: "an unknown template",
      device: { template: "dse-gencom" },
      path: "template",
      says: /cannot be read \(ENOENT\); the templates are abb-b2x, /,
    },
    {
      name: "a template from anywhere else",
      device: { template: "../../secret.yaml" },
      path: "template",
      says: /must lie beside the plan or below/,
    },
    {
      name: "a signal the template does not have",
      device: { template: "dse-gencomm", signals: ["oilPresure"] },
      path: "signals",
      says: /there is no signal in the template "oilPresure"; did you mean "oilPressure"\?/,
    },
  ])("says where and what for $name", ({ device, path, says }) => {
    const { mistakes } = expandTemplates(acquisition(device), ".");
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.message).toMatch(says);
    expect(mistakes[0]?.path.slice(0, 4)).toEqual([
      "acquisition",
      "modbusDevices",
      "stage-genset",
      path,
    ]);
  });

  test("a broken template is told with its own lines, all at once", () => {
    const broken = meter
      .replace("type: int32", "type: int23")
      .replace("unit: V", "unit: Volt")
      .replace("range: [0, 500]", "range: [500]");
    const { mistakes } = expandTemplates(
      acquisition({ template: "./my-meter.yaml" }),
      folderWith(broken),
    );
    const lines = mistakes[0]?.message
      .split("\n")
      .map((line) => /my-meter\.yaml:(\d+):/.exec(line)?.[1]);
    expect(lines).toEqual(["13", "16", "17"]);
  });
});

describe("readTemplate", () => {
  test.each([
    { from: "my-meter", to: "other", says: "1:11 must be the name of its file" },
    { from: "[-100, 100]", to: "[1, 1]", says: "11:5 the range is empty" },
    {
      from: "type: int32 }",
      to: "type: int32, bit: 1 }",
      says: "13:47 bits are taken from a bool, uint16 or uint32, not from int32",
    },
    {
      from: "address: 5, type: int32",
      to: "address: 65535, type: int32",
      says: "13:26 a int32 here ends beyond register 65535",
    },
  ])("$to: $says", ({ from, to, says }) => {
    const { problems } = readTemplate(meter.replace(from, to), "my-meter.yaml");
    expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      expect.stringMatching(new RegExp(`^${says.replace(/[.()]/g, "\\$&")}`)),
    ]);
  });

  test("every line of a template may be missing or doubled: told, never thrown", () => {
    const lines = readFileSync(
      join(import.meta.dirname, "modbus-devices/dual-axis-inclinometer.yaml"),
      "utf8",
    ).split("\n");
    for (let at = 0; at < lines.length; at++)
      for (const changed of [lines.toSpliced(at, 1), lines.toSpliced(at, 0, lines[at] ?? "")])
        expect(() => readTemplate(changed.join("\n"), "dual-axis-inclinometer.yaml")).not.toThrow();
  });
});
