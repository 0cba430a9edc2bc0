import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { machineTypes } from "../machine/registry.ts";
import type { Scenario, ScenarioMistake } from "./scenario-schema.ts";

type Fail = (path: ScenarioMistake["path"], message: string) => void;

/** Names in organisations, draws of faults and figures that mean nothing. */
export function findServiceMistakes(scenario: Scenario): readonly ScenarioMistake[] {
  const mistakes: ScenarioMistake[] = [];
  const fail: Fail = (path, message) => mistakes.push({ path, message });
  const { organisations = [], references = [], conditions, machines } = scenario;
  const names = organisations.map(({ name }) => name);
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at)
      fail(["organisations", at, "name"], `${name} is a name that is used above already`);
  const known = (path: ScenarioMistake["path"], name: string | undefined) => {
    if (name !== undefined && !names.includes(name))
      fail(path, `no such organisation; one of ${names.join(", ")} is meant`);
  };
  for (const [at, { organisation }] of references.entries())
    known(["references", at, "organisation"], organisation);
  for (const [at, condition] of conditions.entries())
    if (condition.condition === "figure") {
      known(["conditions", at, "of"], condition.of);
      known(["conditions", at, "per"], condition.per);
    }
  if (organisations.length > 0)
    for (const [at, { home }] of machines.entries())
      if (!home) fail(["machines", at], "without a home nobody can go there");
  checkDraw(scenario, fail);
  return mistakes;
}

/** Every kind of fault must be known to every type, with its cause in the plan. */
function checkDraw({ faultDraw, machines }: Scenario, fail: Fail): void {
  const types = new Set(machines.map(({ plan }) => plan));
  for (const plan of types) {
    const type = machineTypes[plan];
    if (!type || !faultDraw) continue;
    const { failureModes } = loadPlan(plan).service;
    for (const [at, { fault, cause }] of faultDraw.mix.entries()) {
      const mode = type.faults.find(({ id }) => id === fault)?.failureMode;
      const causes = failureModes[mode ?? ""]?.causes.map(({ id }) => id) ?? [];
      if (mode === undefined) fail(["faultDraw", "mix", at, "fault"], `${plan} has no such fault`);
      else if (!causes.includes(cause))
        fail(
          ["faultDraw", "mix", at, "cause"],
          `${mode} has no such cause; it has ${causes.join(", ")}`,
        );
    }
  }
}
