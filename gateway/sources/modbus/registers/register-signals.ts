import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Position, RegisterSignal } from "./decode-register.ts";

/** The signals of one Modbus device of a plan, with their index in the dictionary. */
export function registerSignalsOf(
  acquisition: Acquisition,
  dictionary: SignalDictionary,
  device: string,
): RegisterSignal[] {
  return dictionary.signals.flatMap(({ name }, index) => {
    const signal = acquisition.signals[name];
    if (signal?.modbus?.device !== device) return [];
    const [min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY] = signal.range;
    const { modbus, scale, offset } = signal;
    return [{ index, position: modbus as Position, scale, offset, min, max }];
  });
}
