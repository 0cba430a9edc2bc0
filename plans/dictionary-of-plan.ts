import {
  createDictionary,
  type SignalDefinition,
  type SignalDictionary,
} from "@firebreak/wire/signal-dictionary.ts";
import type { Plan } from "./plan-schema.ts";
import { aggregateParts, isAggregated, isCounted, partName } from "./sampling.ts";

/**
 * The signals a gateway samples, in the order of the plan file, then the parts of those it aggregates; what a batch's
 * signal indexes mean.
 */
export function dictionaryOfPlan(plan: Plan): SignalDictionary {
  const signals = Object.entries(plan.acquisition.signals);
  const definitions = signals.map(
    ([name, { unit, scale, offset, j1939, can, sampling }]): SignalDefinition => {
      const { spn, sa } = j1939 ?? can ?? {};
      return {
        name,
        unit,
        scale,
        offset,
        ...(spn === undefined ? {} : { spn }),
        ...(sa === undefined ? {} : { sa }),
        ...(isCounted(sampling) ? { isCounter: true as const } : {}),
      };
    },
  );
  const parts = signals.flatMap(([name, { unit, scale, offset, sampling }]) =>
    isAggregated(sampling)
      ? aggregateParts.map((part): SignalDefinition => {
          const isCount = part === "count";
          const of = isCount ? { unit: "count", scale: 1, offset: 0 } : { unit, scale, offset };
          return { name: partName(name, part), ...of };
        })
      : [],
  );
  return createDictionary(plan.plan, [...definitions, ...parts]);
}
