import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dictionaryOfPlan } from "./dictionary-of-plan.ts";
import { listPlans, loadPlan, planFileOf, planRef } from "./load-plans.ts";

describe("loadPlan", () => {
  test("knows a plan by id, folder and file", () => {
    const file = planFileOf("loader-tractor");
    expect(loadPlan(file)).toEqual(loadPlan("loader-tractor"));
    expect(loadPlan(join(file, ".."))).toEqual(loadPlan("loader-tractor"));
    expect(planRef(loadPlan("loader-tractor"))).toMatch(/^loader-tractor@\d+$/);
    expect(listPlans()).toContain("loader-tractor");
  });

  test.each(["no-such-plan", "/no/such/file.yaml", ".."])("refuses %s in words", (path) => {
    expect(() => loadPlan(path)).toThrow(
      expect.objectContaining({
        code: "BAD_CONFIGURATION",
        message: expect.stringContaining("no such plan"),
      }),
    );
  });

  test("refuses a plan with mistakes, all of them at once", () => {
    const file = join(mkdtempSync(join(tmpdir(), "firebreak-plan-")), "mine.yaml");
    writeFileSync(file, "plan: mine\nversion: 0\n");
    expect(() => loadPlan(file)).toThrow(
      /mine.yaml:1:1: "title" is missing(.|\n)*:2:10: version: /,
    );
  });
});

describe("dictionaryOfPlan", () => {
  const plan = loadPlan("loader-tractor");

  test("numbers the signals in the order of the file, with SPN and source address", () => {
    const { signals } = dictionaryOfPlan(plan);
    expect(signals.map(({ name }) => name)).toEqual(Object.keys(plan.acquisition.signals));
    expect(signals.find(({ name }) => name === "engineSpeed")).toEqual({
      name: "engineSpeed",
      unit: "rpm",
      scale: 0.125,
      offset: 0,
      spn: 190,
      sa: 0,
    });
  });

  test("gives no SPN to a Modbus signal, and another hash to another plan", () => {
    const pump = dictionaryOfPlan(loadPlan("concrete-pump-truck"));
    expect(pump.signals.find(({ name }) => name === "mainPressure")).not.toHaveProperty("spn");
    expect(pump.hash).not.toBe(dictionaryOfPlan(plan).hash);
    expect(dictionaryOfPlan(loadPlan("loader-tractor")).hash).toBe(dictionaryOfPlan(plan).hash);
  });
});
