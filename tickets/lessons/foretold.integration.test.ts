import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { openWork } from "../open-work.ts";
import { workOf } from "../planner/planned-work.ts";
import { createJudgeStore } from "../registry/judge-store.ts";
import { plan, signal } from "../tickets.fixture.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { type FieldWork, fieldWork, nothing, pump } from "./field-work.fixture.ts";
import { lessonsDefaults } from "./lessons-config.ts";
import { loadTrust, trustKey } from "./rule-trust.ts";

describeEachDatabase("a failure that was foretold", (open) => {
  let world: World;
  let on: FieldWork;
  beforeEach(async () => {
    world = await openWorld(await open());
    on = fieldWork(world);
  });

  /** The planner's ticket of a rule over completed hours, whose finding is told already. */
  const foretell = (failureMode: string) =>
    world.db.transaction(async (tx) => {
      const trend = { ...signal(), rule: "wears", says: { word: "trend", facts: {} } };
      const told = on.raised("M-1", {
        ...{ findingId: "h-1", ruleId: "wears", failureMode, evidence: [trend] },
      });
      await createJudgeStore(tx, "history").commit(tx, { offset: 1, findings: [told] });
      const at = new Date(world.clock.nowMs()).toISOString();
      const wanted = await workOf(
        tx,
        { plan },
        {
          ...{ dedupeKey: "M-1:life:pump:1", machineId: "M-1", trigger: "predicted_failure" },
          ...{ kind: "inspection", priority: "general", dueWindow: { from: at, to: at } },
          ...{ title: { en: "Pump", "zh-CN": "泵" }, evidence: { en: "soon", "zh-CN": "即将" } },
          ...{ component: "pump", failureMode, ruleId: "wears", standardHours: 1, parts: [] },
        },
      );
      const work = world.service.begin(tx, { kind: "system", id: "planner" });
      return (await openWork(work, wanted, "plan/1")).ticket;
    });
  const comes = (failureMode: string) =>
    on.raised("M-1", {
      ...{ ruleId: "pump-loud", failureMode },
      evidence: [{ ...signal(), rule: "pump-loud" }],
    });
  const openWorkOf = async () =>
    (await world.service.page({ machine: "M-1", kind: "work", state: "open", limit: 9 })).items;

  test("says what will fail; the failure that comes is no second ticket, and nothing found counts against both rules", async () => {
    const { ticketId } = await foretell("oil-pump");
    expect(await world.service.get(ticketId)).toMatchObject({
      ...{ faultCode: "oil-pump", component: "pump", trigger: "predicted_failure" },
      ...{ candidateFaults: [{ faultCode: "oil-pump" }], activeFindings: ["h-1"] },
    });
    const live = comes("oil-pump");
    expect(await on.required(live)).toBe(ticketId);
    expect((await openWorkOf()).map((one) => one.ticketId)).toEqual([ticketId]);
    expect((await world.service.get(ticketId)).activeFindings).toEqual(["h-1", live.findingId]);
    await world.apply({ ...live, phase: "cleared", isOnset: false });
    expect((await world.service.get(ticketId)).activeFindings).toEqual(["h-1"]);
    await on.report(ticketId, nothing);
    expect(await on.verdicts()).toEqual(["pump-loud: false_positive", "wears: false_positive"]);
    const rule = { planId: "loader", ruleId: "wears" };
    const trust = await loadTrust(world.db, [rule], lessonsDefaults);
    expect(trust.get(trustKey(rule))).toMatchObject({ judged: 1, right: 0 });
  });

  test("is taken in by the repair that it comes to, whatever part it named", async () => {
    const { ticketId } = await foretell("oil-pressure-low");
    const repair = await on.required(comes("oil-pressure-low"));
    expect(await world.service.get(ticketId)).toMatchObject({ mergedInto: repair });
    expect((await openWorkOf()).map((one) => one.ticketId)).toEqual([repair]);
    await on.report(repair, pump);
    expect(await on.verdicts()).toEqual(["pump-loud: true_positive", "wears: true_positive"]);
  });

  test("has its ticket already when it has come", async () => {
    const live = await on.required(comes("oil-pump"));
    expect((await foretell("oil-pump")).ticketId).toBe(live);
    await on.report(live, { result: "fixed", faultCode: "oil-pump", causeId: "sensor" });
    expect(await on.verdicts()).toEqual(["pump-loud: true_positive", "wears: true_positive"]);
  });
});
