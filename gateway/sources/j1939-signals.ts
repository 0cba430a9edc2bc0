import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { J1939Signal } from "./can/j1939/spn.ts";

/** The signals of a plan that come from J1939, with their index in the dictionary. */
export function j1939SignalsOf(
  acquisition: Acquisition,
  dictionary: SignalDictionary,
): J1939Signal[] {
  return dictionary.signals.flatMap(({ name }, index) => {
    const signal = acquisition.signals[name];
    if (signal?.j1939 === undefined) return [];
    const { pgn, sa, startByte, startBit, bits, coding } = signal.j1939;
    const [min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY] = signal.range;
    const { scale, offset } = signal;
    const position = { pgn, startByte, startBit, bits, ...(sa === undefined ? {} : { sa }) };
    return [{ index, ...position, scale, offset, min, max, kind: coding }];
  });
}
