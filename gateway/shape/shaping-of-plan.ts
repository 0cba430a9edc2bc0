import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { SignalShaping } from "./shaper.ts";

/** How each signal of a dictionary is thinned, in index order; a signal the plan does not know goes on untouched. */
export function shapingOf(acquisition: Acquisition, dictionary: SignalDictionary): SignalShaping[] {
  return dictionary.signals.map(({ name }) => {
    const sampling = acquisition.signals[name]?.sampling ?? "every";
    if (sampling === "every") return {};
    return { deadBand: sampling.deadBand, maxSilenceNs: sampling.maxSilenceSeconds * 1e9 };
  });
}
