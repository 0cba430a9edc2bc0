import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { type AuxiliaryRegister, auxiliaryOf } from "./auxiliary-register.ts";
import type { Position, RegisterSignal } from "./decode-register.ts";

/** The signals of one Modbus device of a plan, with their index in the dictionary. */
export function registerSignalsOf(
  acquisition: Acquisition,
  dictionary: SignalDictionary,
  device: string,
): RegisterSignal[] {
  const shared = new Map<string, AuxiliaryRegister>();
  return dictionary.signals.flatMap(({ name }, index) => {
    const signal = acquisition.signals[name];
    if (signal?.modbus?.device !== device) return [];
    const [min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY] = signal.range;
    const { modbus: position, scale, offset } = signal;
    const auxiliary = sharedAuxiliary(position, shared);
    const read = { index, position, scale, offset, min, max };
    return [auxiliary === undefined ? read : { ...read, auxiliary }];
  });
}

/** Signals that are scaled alike share one register; unit switches that say other things do not. */
function sharedAuxiliary(
  position: Position,
  shared: Map<string, AuxiliaryRegister>,
): AuxiliaryRegister | undefined {
  const found = auxiliaryOf(position);
  if (found === undefined) return undefined;
  const key = JSON.stringify([position.scaleRegister, position.unitSwitch]);
  const known = shared.get(key);
  if (known) return known;
  shared.set(key, found);
  return found;
}
