import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import { partName } from "@firebreak/plans/sampling.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { CountedSignal } from "./counters.ts";
import type { SignalShaping } from "./shaper.ts";
import type { WindowedSignal } from "./windows.ts";

/** How the signals of a dictionary are thinned. */
export interface MachineShaping {
  /** In index order; a signal the plan does not know goes on untouched. */
  readonly signals: readonly SignalShaping[];
  readonly windowed: readonly WindowedSignal[];
  readonly counted: readonly CountedSignal[];
}

export function shapingOf({ signals }: Acquisition, dictionary: SignalDictionary): MachineShaping {
  const indexOf = (name: string) => dictionary.signals.findIndex((one) => one.name === name);
  const windowed: WindowedSignal[] = [];
  const counted: CountedSignal[] = [];
  const shaped = dictionary.signals.map(({ name }, signal): SignalShaping => {
    const sampling = signals[name]?.sampling ?? "every";
    if (sampling === "every") return {};
    if ("deadBand" in sampling)
      return { deadBand: sampling.deadBand, maxSilenceNs: sampling.maxSilenceSeconds * 1e9 };
    if ("counter" in sampling) {
      const { minStep = 0, maxSilenceSeconds } = sampling.counter;
      counted.push({ signal, minStep, maxSilenceNs: maxSilenceSeconds * 1e9 });
    } else
      windowed.push({
        signal,
        windowMs: sampling.aggregate.windowSeconds * 1_000,
        min: indexOf(partName(name, "min")),
        max: indexOf(partName(name, "max")),
        count: indexOf(partName(name, "count")),
      });
    return {};
  });
  return { signals: shaped, windowed, counted };
}
