import { checkCatalogue } from "./check-catalogue.ts";
import { checkComposite } from "./check-composite.ts";
import { checkCondition, checkTogether } from "./check-condition.ts";
import { checkDerived } from "./check-derived.ts";
import { checkHistoryRule, isHistoryRule } from "./check-history-rules.ts";
import { checkIso15143 } from "./check-iso15143.ts";
import { checkLatched } from "./check-latched.ts";
import type { RegionTree } from "./check-layers.ts";
import { checkLimit, checkReach } from "./check-limit.ts";
import { checkLiveRule, isLiveRule, type LiveRule } from "./check-live-rules.ts";
import { checkPlausibility } from "./check-plausibility.ts";
import { checkRuleState } from "./check-rule-state.ts";
import { checkService } from "./check-service.ts";
import { checkSignals } from "./check-signals.ts";
import { checkVerification } from "./check-verification.ts";
import type { CompositeRule } from "./composite-schema.ts";
import { fewestSignals, signalsOfUnit } from "./control-unit.ts";
import { derivedOf, withDerived } from "./derived-inputs.ts";
import { approvedModes } from "./fault-catalogue.ts";
import type { HistoryRule } from "./history-rule-schema.ts";
import { type PlanMistake, tolerant, unknownName } from "./plan-mistake.ts";
import type { FailureMode, Plan, Rule, UnitLostRule } from "./plan-schema.ts";

/** FMIs that speak of the measuring chain, never of what it measures. @see SAE J1939-73, FMI table */
export const sensorFmis: readonly number[] = [2, 3, 4, 5, 19];

/**
 * What the schema cannot say: references, uniqueness, overlaps, and who owns a trouble code. `folder` is the name of the
 * folder the plan lies in; undefined where that does not matter. `regions`: those that there are, where they are known.
 * The plan may be a draft that does not fit the schema.
 */
export function findMistakes(
  plan: Plan,
  {
    folder,
    regions,
  }: { readonly folder?: string | undefined; readonly regions?: RegionTree | undefined } = {},
): readonly PlanMistake[] {
  const mistakes: PlanMistake[] = [];
  if (folder !== undefined && typeof plan?.plan === "string" && plan.plan !== folder)
    mistakes.push({
      path: ["plan"],
      message: `must be the name of its folder, "${folder}", not "${plan.plan}"`,
      at: "value",
    });
  const checks = [
    checkKeySignals,
    checkDerived,
    judgedBy(checkContexts),
    judgedBy(checkRules),
    judgedBy(checkRuleState),
    checkVerification,
    checkCatalogue,
    checkCodes,
    checkIso15143,
  ];
  return [
    ...mistakes,
    ...tolerant(checkSignals)(plan?.acquisition),
    ...checks.flatMap((check) => tolerant(check)(plan)),
    ...checkService(plan, regions),
  ];
}

/** Contexts and rules may speak of derived signals like measured ones. */
const judgedBy =
  (check: (plan: Plan) => PlanMistake[]) =>
  (plan: Plan): PlanMistake[] =>
    check(withDerived(plan));

function checkKeySignals({ acquisition }: Plan): PlanMistake[] {
  const known = Object.keys(acquisition.signals);
  return (acquisition.keySignals ?? []).flatMap((name, index) =>
    unknownName("signal", name, { known, path: ["acquisition", "keySignals", index] }),
  );
}

function checkContexts(plan: Plan): PlanMistake[] {
  return Object.entries(plan.rules.contexts).flatMap(([id, { all }]) => {
    const path = ["rules", "contexts", id, "all"];
    return [
      ...all.flatMap((condition, index) =>
        tolerant(checkCondition)(plan, condition, [...path, index]),
      ),
      ...checkTogether(all, path),
    ];
  });
}

function checkRules(plan: Plan): PlanMistake[] {
  return plan.rules.rules.flatMap((rule, index) => tolerant(checkRule)(plan, rule, index));
}

function checkRule(plan: Plan, rule: Rule, index: number): PlanMistake[] {
  const { rules } = plan.rules;
  const path = ["rules", "rules", index];
  const found = checkLatched(plan, rule, path);
  if (rules.findIndex(({ id }) => id === rule.id) < index)
    found.push({
      path: [...path, "id"],
      message: `"${rule.id}" is the id of an earlier rule; every rule needs its own`,
      at: "value",
    });
  if (isLiveRule(rule)) return [...found, ...checkLiveRule(plan, rule, path)];
  if (rule.kind === "unit-lost") return [...found, ...checkUnitRule(plan, rule, path)];
  if (rule.kind === "composite") return [...found, ...checkComposite(plan, rule, path)];
  if (isHistoryRule(rule)) return [...found, ...checkHistoryRule(plan, rule, path)];
  if (rule.kind !== "active-dtc") return [...found, ...checkSignalRule(plan, rule, path)];
  if (rules.some(({ kind }, other) => kind === rule.kind && other < index))
    found.push({
      path: [...path, "kind"],
      message: "one active-dtc rule judges every trouble code; remove this second one",
      at: "value",
    });
  return found;
}

/** A unit that is lost is no fault of what it measures, and takes several signals to be told from broken sensors. */
function checkUnitRule(
  { acquisition, service }: Plan,
  rule: UnitLostRule,
  path: PlanMistake["path"],
): PlanMistake[] {
  const found = unknownName("failure mode", rule.failureMode, {
    known: Object.keys(service.failureModes),
    path: [...path, "failureMode"],
  });
  const count = signalsOfUnit(acquisition, rule.unit).length;
  if (count < fewestSignals)
    found.push({
      path: [...path, "unit"],
      message: `the plan has ${count} signals of this unit alone; it takes ${fewestSignals} to tell a lost unit from broken sensors`,
      at: "value",
    });
  return [...found, ...sensorModeOnly(service.failureModes, rule.failureMode, path)];
}

function sensorModeOnly(
  modes: Plan["service"]["failureModes"],
  name: string,
  path: PlanMistake["path"],
): PlanMistake[] {
  const mode = modes[name];
  if (!mode || mode.nature === "sensor") return [];
  return [
    {
      path: [...path, "failureMode"],
      message: `a sensor error must lead to a failure mode of nature sensor; "${name}" is of nature ${mode.nature}`,
      at: "value",
    },
  ];
}

function checkSignalRule(
  plan: Plan,
  rule: Exclude<
    Rule,
    { kind: "active-dtc" | "unit-lost" } | LiveRule | HistoryRule | CompositeRule
  >,
  path: PlanMistake["path"],
): PlanMistake[] {
  const { acquisition, rules, service } = plan;
  const names = (key: string, known: object) => ({
    known: Object.keys(known),
    path: [...path, key],
  });
  const found = [
    ...unknownName("signal", rule.signal, names("signal", acquisition.signals)),
    ...unknownName("failure mode", rule.failureMode, names("failureMode", service.failureModes)),
    ...(rule.context === undefined
      ? []
      : unknownName("context", rule.context, names("context", rules.contexts))),
  ];
  if (rule.kind === "sensor-plausibility")
    found.push(...checkPlausibility(acquisition, rule, path));
  if (rule.kind !== "threshold" && rule.signal in derivedOf(plan))
    found.push({
      path: [...path, "signal"],
      message: `"${rule.signal}" is derived and has no sensor; name the signal that is measured`,
      at: "value",
    });
  if (rule.kind !== "threshold")
    return [...found, ...sensorModeOnly(service.failureModes, rule.failureMode, path)];
  const range = acquisition.signals[rule.signal]?.range;
  return [...found, ...checkLimit(range, rule, path), ...checkReach(range, rule, path)];
}

interface Owner {
  readonly mode: string;
  readonly nature: FailureMode["nature"];
  readonly spn: number;
  readonly fmi: number;
  readonly sa: number | undefined;
  readonly path: PlanMistake["path"];
}

/** FC-4: each (SPN, FMI, source address) has at most one approved entry, and FMIs of the measuring chain a sensor's. */
function checkCodes(plan: Plan): PlanMistake[] {
  const owners = approvedModes(plan).flatMap(([mode, { nature, dtcs = [] }]) =>
    dtcs.flatMap(({ spn, fmis, sa }, entry) =>
      fmis.map((fmi, index): Owner => {
        const path = ["service", "failureModes", mode, "dtcs", entry, "fmis", index];
        return { mode, nature, spn, fmi, sa, path };
      }),
    ),
  );
  const found = owners.flatMap((owner, index) => [
    ...sharedCode(owner, owners.slice(0, index)),
    ...foreignFmi(owner),
  ]);
  const measured = new Set(
    Object.values(plan.acquisition.signals).map(({ j1939 }) => j1939?.spn ?? Number.NaN),
  );
  for (const owner of owners.filter(
    ({ nature, spn }) => nature === "component" && measured.has(spn),
  ))
    if (owners.find(({ spn, nature }) => spn === owner.spn && nature === "component") === owner)
      found.push(...missingSensor(owner, owners));
  return [...found, ...checkEmergencies(plan)];
}

/** Each emergency of a node has at most one approved entry. */
function checkEmergencies(plan: Plan): PlanMistake[] {
  const owners = approvedModes(plan).flatMap(([mode, { emergencies = [] }]) =>
    emergencies.map(({ code, node }, at) => ({ mode, code, node, at })),
  );
  return owners.flatMap(({ mode, code, node, at }, index) => {
    const other = owners
      .slice(0, index)
      .find(
        (one) =>
          one.code === code && (one.node === node || one.node === undefined || node === undefined),
      );
    if (other === undefined) return [];
    const path = ["service", "failureModes", mode, "emergencies", at, "code"];
    const message = `emergency ${code} belongs to "${other.mode}" already`;
    return [{ path, message, at: "value" as const }];
  });
}

function sharedCode({ mode, spn, fmi, sa, path }: Owner, earlier: readonly Owner[]): PlanMistake[] {
  const other = earlier.find(
    (one) =>
      one.spn === spn &&
      one.fmi === fmi &&
      (one.sa === sa || one.sa === undefined || sa === undefined),
  );
  if (other === undefined) return [];
  const where = other.mode === mode ? "is listed twice here" : `belongs to "${other.mode}" already`;
  const from = sa === undefined ? "from any source address" : `from source address ${sa}`;
  return [{ path, message: `SPN ${spn} FMI ${fmi} ${from} ${where}`, at: "value" }];
}

function foreignFmi({ nature, spn, fmi, path }: Owner): PlanMistake[] {
  if (nature === "sensor" || !sensorFmis.includes(fmi)) return [];
  const message = `FMI ${fmi} says that the measuring chain of SPN ${spn} is broken; move it to a failure mode of nature sensor`;
  return [{ path, message, at: "value" }];
}

/** A measured value that can fail as a component can fail as a sensor too, and must not be taken for the former. */
function missingSensor({ spn, path }: Owner, owners: readonly Owner[]): PlanMistake[] {
  const missing = sensorFmis.filter(
    (fmi) => !owners.some((one) => one.spn === spn && one.fmi === fmi && one.nature === "sensor"),
  );
  if (missing.length === 0) return [];
  const message = `SPN ${spn} is measured, so a failure mode of nature sensor must own its FMI ${missing.join(", ")}`;
  return [{ path: path.slice(0, -2), message, at: "value" }];
}
