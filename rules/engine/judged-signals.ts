import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { ruleKinds } from "../kinds/registry.ts";
import { compilePlan } from "./compiled-plan.ts";

/** Measured signals that live rules, contexts and derived signals of a plan look at; all others may be left out. */
export function judgedSignals(plan: Plan): string[] {
  const { rulesOfSlot, conditionsOfSlot, derivation } = compilePlan(plan, ruleKinds);
  const isHeard = (slot: number) =>
    (rulesOfSlot[slot]?.length ?? 0) > 0 ||
    (conditionsOfSlot[slot]?.length ?? 0) > 0 ||
    derivation.isInput[slot] === 1;
  return Object.keys(plan.acquisition.signals).filter((_name, slot) => isHeard(slot));
}
