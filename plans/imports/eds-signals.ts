import type { Eds, PdoSignal } from "./eds.ts";
import type { ImportedSignal } from "./imported-signal.ts";

/** The mapped objects of a CANopen node as places in frames; their unit and scale are for the plan to say. */
export const edsSignals = (
  { pdos }: Eds,
  { bus, node }: { readonly bus?: string; readonly node: number },
): ImportedSignal[] =>
  pdos.flatMap(({ number, canId, isExtended, signals }) =>
    signals.map((signal) => ({
      name: signal.name,
      owner: `TPDO${number}`,
      line: signal.line,
      unit: "",
      title: signal.name,
      scale: 1,
      offset: 0,
      range: rangeOf(signal),
      source: `node ${node} TPDO${number}`,
      place: {
        can: {
          ...(bus === undefined ? {} : { bus }),
          id: canId,
          ...(isExtended && canId <= 0x7ff ? { extended: true } : {}),
          startBit: signal.startBit,
          bits: signal.bits,
          byteOrder: "little" as const,
          ...(signal.isSigned ? { signed: true } : {}),
          ...(signal.isFloat ? { float: true } : {}),
        },
      },
    })),
  );

function rangeOf({ bits, isSigned, isFloat }: PdoSignal): readonly [number, number] {
  if (isFloat) return [-Number.MAX_VALUE, Number.MAX_VALUE];
  return isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}
