import { checkCondition } from "./check-condition.ts";
import { derivedOf } from "./derived-inputs.ts";
import { type PlanMistake, tolerant, unknownName } from "./plan-mistake.ts";
import type { FailureMode, Plan } from "./plan-schema.ts";

/** How repairs are proved: contexts and signals must exist, bands be possible, and a method have something to go by. */
export function checkVerification(plan: Plan): PlanMistake[] {
  return [
    ...tolerant(checkDefaults)(plan),
    ...Object.entries(plan.service.failureModes).flatMap(([id, mode]) =>
      tolerant(checkOverride)(plan, id, mode),
    ),
  ];
}

function checkDefaults(plan: Plan): PlanMistake[] {
  const { verification } = plan.rules;
  if (verification === undefined) return [];
  const path = ["rules", "verification"];
  const found = unknownContext(plan, verification.context, path);
  for (const [index, band] of verification.normal.entries()) {
    const place = [...path, "normal", index];
    if (band.signal in derivedOf(plan)) found.push(notStored(band.signal, [...place, "signal"]));
    else found.push(...tolerant(checkCondition)(plan, band, place));
    if (verification.normal.findIndex(({ signal }) => signal === band.signal) < index)
      found.push({
        path: [...place, "signal"],
        message: `"${band.signal}" has a normal band already; give one with both limits`,
        at: "value",
      });
  }
  return found;
}

function checkOverride(plan: Plan, id: string, mode: FailureMode): PlanMistake[] {
  const { verification } = mode;
  if (verification === undefined) return [];
  const path = ["service", "failureModes", id, "verification"];
  const { method, context, ...figures } = verification;
  const found = context === undefined ? [] : unknownContext(plan, context, path);
  if (plan.rules.verification === undefined)
    found.push({
      path,
      message: "there is no rules.verification that it could differ from",
      at: "key",
    });
  if (method === "checklist" && (context !== undefined || Object.keys(figures).length > 0))
    found.push({ path, message: "a checklist needs no context and no figures", at: "value" });
  if (method !== "checklist" && !isHeard(plan, id, mode))
    found.push({
      path,
      message: `no rule and no trouble code leads to "${id}", so telemetry cannot prove it; write method: checklist`,
      at: "key",
    });
  return found;
}

/** Whether anything the machine sends can speak of a failure mode. */
const isHeard = (
  { rules }: Plan,
  id: string,
  { dtcs = [], emergencies = [] }: FailureMode,
): boolean =>
  dtcs.length + emergencies.length > 0 ||
  rules.rules.some((rule) => "failureMode" in rule && rule.failureMode === id);

/** Repairs are proved by samples as they are stored, and of a derived signal none is. */
function unknownContext(plan: Plan, context: string, path: PlanMistake["path"]): PlanMistake[] {
  const { contexts } = plan.rules;
  const place = [...path, "context"];
  const derived = derivedOf(plan);
  const of = contexts[context]?.all.find(({ signal }) => signal in derived);
  return [
    ...unknownName("context", context, { known: Object.keys(contexts), path: place }),
    ...(of === undefined ? [] : [notStored(of.signal, place)]),
  ];
}

const notStored = (signal: string, path: PlanMistake["path"]): PlanMistake => ({
  path,
  message: `looks at "${signal}", which is derived; a repair is proved by measured signals alone`,
  at: "value",
});
