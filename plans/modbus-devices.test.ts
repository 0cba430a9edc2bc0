import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkSignals } from "./check-signals.ts";
import { expandTemplates } from "./expand-templates.ts";
import { listTemplates, loadTemplate } from "./modbus-template.ts";
import type { Acquisition } from "./plan-schema.ts";

const folder = join(import.meta.dirname, "../../shared/data/modbus");

/** The device maps that came with the task, and the template that stands for each. */
const maps = {
  "abb-b2x": "abb_b2x",
  "carlo-gavazzi-em24": "carlo_gavazzi_em24",
  "comap-intelilite4": "comap_intelilite4",
  "danfoss-fc51": "danfoss_fc51",
  "datakom-dkg": "datakom_dkg",
  "deif-agc150": "deif_agc150",
  "dse-gencomm": "dse_gencomm_genset",
  "dual-axis-inclinometer": "sensor_dual_axis_inclinometer_CONSTRUCTED",
  "eastron-sdm120": "eastron_sdm120",
  "eastron-sdm630": "eastron_sdm630",
  "generic-anemometer": "generic_rs485_anemometer",
  "janitza-umg": "janitza_umg",
  "schneider-altivar": "schneider_altivar",
  "schneider-iem3000": "schneider_iem3000",
  "siemens-pac2200": "siemens_pac2200",
  "yaskawa-v1000-a1000": "yaskawa_v1000_a1000",
} as const;

const acquisitionWith = (template: string): Acquisition => ({
  maker: "x",
  models: ["x"],
  modbusDevices: { unit: { unitId: 1, pollIntervalMs: 1_000, template } },
  signals: {},
});

describe("the templates that come along", () => {
  test("are these, one for each map", () => {
    expect(listTemplates()).toEqual(Object.keys(maps));
  });

  test.each(Object.keys(maps))("a plan may use all of %s", (template) => {
    const { acquisition, mistakes } = expandTemplates(acquisitionWith(template), ".");
    expect(mistakes).toEqual([]);
    expect(checkSignals(acquisition)).toEqual([]);
    expect(Object.keys(acquisition.signals)).toHaveLength(
      Object.keys(loadTemplate(template, ".").signals).length,
    );
  });
});

interface MapRegister {
  readonly address: number;
  readonly type: string;
  readonly name: string;
  readonly unit?: string;
  readonly scale?: number | string;
  readonly wordOrder?: string;
  readonly invalid?: number;
}

/** How many of our unit make one of the map's. */
const factors: Readonly<Record<string, number>> = { W: 1e-3, VA: 1e-3, var: 1e-3, s: 1 / 3600 };

/** One map says apart from its list that energies come in Wh. */
const factorOf = (map: string, { unit = "" }: MapRegister): number =>
  map === "janitza_umg" && unit === "kWh" ? 1e-3 : (factors[unit] ?? 1);

function isThere(): boolean {
  if (existsSync(folder)) return true;
  if (process.env.CI) throw new Error(`${folder} is missing; CI must compare the templates`);
  process.stdout.write(`Skipped: comparing the templates needs ${folder}\n`);
  return false;
}

describe.skipIf(!isThere())("a template says what its map says", () => {
  test.each(Object.entries(maps))("%s", (template, map) => {
    const { registers } = JSON.parse(readFileSync(join(folder, `${map}.json`), "utf8")) as {
      registers: MapRegister[];
    };
    const { signals } = expandTemplates(acquisitionWith(template), ".").acquisition;
    for (const register of registers) {
      const found = Object.values(signals).find(
        ({ modbus }) => modbus?.address === register.address && modbus.type === register.type,
      );
      expect(found, register.name).toBeDefined();
      if (found?.modbus === undefined) continue;
      if (register.wordOrder !== undefined)
        expect(found.modbus.wordOrder ?? "big", register.name).toBe(register.wordOrder);
      const scale = typeof register.scale === "string" ? 1 : (register.scale ?? 1);
      expect(found.scale, register.name).toBeCloseTo(scale * factorOf(map, register), 9);
      if (register.invalid !== undefined)
        expect(
          found.modbus.notAvailable?.includes(register.invalid) ||
            found.modbus.topCodes?.[0] === "not-available",
          register.name,
        ).toBe(true);
    }
  });
});
