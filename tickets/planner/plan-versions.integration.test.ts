import type { Database } from "@firebreak/kit/database.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { prepareTickets } from "../prepare-tickets.ts";
import { notePlanVersions, partsNotInMaster, regionsNotInTree } from "./plan-versions.ts";

const at = "2026-03-02T00:00:00.000Z";
const tractor = loadPlan("loader-tractor");
const { version } = tractor;
const refused = (message: string) => ({ code: "BAD_CONFIGURATION", message });

describeEachDatabase("plans that a hub takes into use", (open) => {
  let db: Database;
  beforeEach(async () => {
    db = await open();
    await prepareTickets(db);
  });
  const note = (...plans: Plan[]) => notePlanVersions(db, plans, at);

  test("PL-6: version numbers increase", async () => {
    await note(tractor);
    await note(tractor);
    const next = { ...tractor, version: version + 1, title: { en: "New", "zh-CN": "新" } };
    await note(next);
    await expect(note(tractor)).rejects.toMatchObject(
      refused(
        `loader-tractor@${version} is older than version ${version + 1}, which this hub has had: versions only increase`,
      ),
    );
    await note(next);
  });

  test("PL-6: a plan does not change without a new version, and all such plans are told at once", async () => {
    const pump = loadPlan("concrete-pump-truck");
    await note(tractor, pump);
    const other = { ...tractor, title: { en: "Other", "zh-CN": "其他" } };
    const old = { ...pump, version: pump.version - 1 };
    await expect(note(other, old)).rejects.toMatchObject({
      code: "BAD_CONFIGURATION",
      message: expect.stringMatching(
        /^loader-tractor@\d+ was changed .* give it version \d+, .*\nconcrete-pump-truck@\d+ is older /,
      ),
    });
    await note(tractor, pump);
  });

  test("PL-5: parts that the parts master lacks are named", async () => {
    expect(await partsNotInMaster(db, listPlans().map(loadPlan))).toEqual(new Map());
    const [first] = tractor.service.parts ?? [];
    if (!first) throw new Error("the plan has parts");
    const parts = ["X-2", "X-1", first.partNo].map((partNo) => ({ ...first, partNo }));
    const plan = { ...tractor, service: { ...tractor.service, parts } };
    expect(await partsNotInMaster(db, [plan])).toEqual(
      new Map([[`loader-tractor@${version}`, ["X-1", "X-2"]]]),
    );
  });

  test("PL-5: regions of overrides that the tree lacks are named", async () => {
    expect(await regionsNotInTree(db, listPlans().map(loadPlan))).toEqual(new Map());
    const regionOverrides = { south: { slaUplift: 1 }, moon: {}, mars: {} };
    const plan = { ...tractor, service: { ...tractor.service, regionOverrides } };
    expect(await regionsNotInTree(db, [plan])).toEqual(
      new Map([[`loader-tractor@${version}`, ["mars", "moon"]]]),
    );
  });
});
