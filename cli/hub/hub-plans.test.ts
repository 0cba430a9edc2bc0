import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadHubPlans } from "./hub-plans.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-plans-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pump = loadPlan("concrete-pump-truck");
function write(id: string, content: object): void {
  mkdirSync(join(folder, id));
  writeFileSync(join(folder, id, "plan.yaml"), JSON.stringify(content));
}

describe("loadHubPlans", () => {
  test("adds the plans of a folder to those that come along, and takes its own of the same id", () => {
    expect([...loadHubPlans().keys()]).toEqual(listPlans());
    write("pump-of-ours", { ...pump, plan: "pump-of-ours" });
    write("concrete-pump-truck", { ...pump, version: pump.version + 1 });
    const plans = loadHubPlans(folder);
    expect([...plans.keys()].sort()).toEqual([...listPlans(), "pump-of-ours"].sort());
    expect(plans.get("concrete-pump-truck")?.version).toBe(pump.version + 1);
  });

  test("refuses a folder without plans, and a plan with a mistake", () => {
    const bad = expect.objectContaining({ code: "BAD_CONFIGURATION" });
    expect(() => loadHubPlans(folder)).toThrow(bad);
    expect(() => loadHubPlans(join(folder, "nowhere"))).toThrow(bad);
    write("pump-of-ours", { ...pump, plan: "another-id" });
    expect(() => loadHubPlans(folder)).toThrow(bad);
  });
});
