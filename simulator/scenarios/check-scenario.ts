import { readFileSync } from "node:fs";
import type { ConfigPath } from "@firebreak/kit/load-config.ts";
import { listPlans, planFileOf } from "@firebreak/plans/load-plans.ts";
import { machineTypes } from "../machine/registry.ts";
import { mistakesOfOrders } from "./check-orders.ts";
import { findServiceMistakes } from "./check-organisations.ts";
import type { Scenario, ScenarioGroup, ScenarioMistake } from "./scenario-schema.ts";
import { tunedPlan } from "./tuned-plan.ts";

/** What the schema cannot see: names that mean nothing, and times behind the end. @param name of the file */
export function findScenarioMistakes(scenario: Scenario, name: string): readonly ScenarioMistake[] {
  const mistakes: ScenarioMistake[] = [];
  const fail = (path: ConfigPath, message: string) => mistakes.push({ path, message });
  if (scenario.scenario !== name) fail(["scenario"], `the file is called ${name}`);
  if (Number.isNaN(Date.parse(scenario.from))) fail(["from"], "there is no such instant");
  const groups = scenario.machines.map(({ group }) => group);
  for (const [at, group] of scenario.machines.entries()) {
    if (groups.indexOf(group.group) < at)
      fail(["machines", at, "group"], `${group.group} is a name that is used above already`);
    for (const { path, message } of mistakesOfGroup(group, scenario.hours))
      fail(["machines", at, ...path], message);
  }
  const known = (path: ConfigPath, group: string) => {
    if (!groups.includes(group)) fail(path, `no such group; one of ${groups.join(", ")} is meant`);
  };
  for (const [at, event] of (scenario.events ?? []).entries()) {
    if ("group" in event) known(["events", at, "group"], event.group);
    if (event.atHour >= scenario.hours)
      fail(["events", at, "atHour"], `the scenario ends after ${scenario.hours} hours`);
  }
  for (const [at, tuning] of (scenario.tuned ?? []).entries()) {
    const { plan, rule } = tuning;
    if (!listPlans().includes(plan))
      fail(["tuned", at, "plan"], `no such plan; one of ${listPlans().join(", ")}`);
    else if (tunedPlan(readFileSync(planFileOf(plan), "utf8"), tuning) === undefined)
      fail(["tuned", at, "rule"], `${plan} has no rule ${rule} with that limit`);
  }
  for (const { path, message } of findServiceMistakes(scenario)) fail(path, message);
  for (const { path, message } of mistakesOfOrders(scenario)) fail(["orders", ...path], message);
  for (const [at, condition] of scenario.conditions.entries()) {
    if ("group" in condition) known(["conditions", at, "group"], condition.group);
    if (condition.condition === "as-undisturbed" && !scenario.events?.length)
      fail(["conditions", at], "there are no events that could disturb it");
  }
  return mistakes;
}

function mistakesOfGroup(group: ScenarioGroup, hours: number): readonly ScenarioMistake[] {
  const mistakes: ScenarioMistake[] = [];
  const { plan, body = "works", faults = [], codes = [] } = group;
  const type = machineTypes[plan];
  const plans = body === "works" ? Object.keys(machineTypes) : listPlans();
  if (!plans.includes(plan))
    mistakes.push({ path: ["plan"], message: `no such machine; one of ${plans.join(", ")}` });
  if (body === "ignition-on" && faults.length > 0)
    mistakes.push({ path: ["faults"], message: "a machine that stands does not wear" });
  if (body === "ignition-on" && codes.length === 0)
    mistakes.push({ path: ["body"], message: "without codes it has nothing to say" });
  for (const [at, { fault, atHour }] of faults.entries()) {
    const ids = type?.faults.map(({ id }) => id) ?? [];
    if (type && !ids.includes(fault))
      mistakes.push({
        path: ["faults", at, "fault"],
        message: `${plan} has no such fault; it has ${ids.join(", ")}`,
      });
    if (atHour >= hours)
      mistakes.push({
        path: ["faults", at, "atHour"],
        message: `the scenario ends after ${hours} hours`,
      });
  }
  for (const [at, { fromHour, untilHour = hours }] of codes.entries())
    if (fromHour >= Math.min(untilHour, hours))
      mistakes.push({ path: ["codes", at, "fromHour"], message: "it ends before it begins" });
  return mistakes;
}
