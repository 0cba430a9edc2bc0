import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/** The signals of every machine of a load: those of the concrete pump truck's plan. */
export const loadDictionary = (): SignalDictionary =>
  dictionaryOfPlan(loadPlan("concrete-pump-truck"));
