import type { Position } from "./decode-register.ts";

/**
 * A register that is read for the sake of others: an exponent of ten, or the unit the device speaks in. One object per
 * register of a device, shared by the signals that need it; `value` is what it held last, NaN while that is unknown.
 */
export interface AuxiliaryRegister {
  readonly table: Position["table"];
  readonly address: number;
  readonly type: "int16" | "uint16";
  /** Present for a switch of units: scale and offset by the value of the register. */
  readonly cases?: ReadonlyMap<number, { readonly scale: number; readonly offset: number }>;
  value: number;
}

/** The auxiliary register of a place, if it has one. */
export function auxiliaryOf({
  scaleRegister,
  unitSwitch,
}: Position): AuxiliaryRegister | undefined {
  if (scaleRegister) return { ...scaleRegister, value: Number.NaN };
  if (unitSwitch === undefined) return undefined;
  const { table, address, cases } = unitSwitch;
  const byValue = Object.entries(cases).map(([value, one]) => [Number(value), one] as const);
  return { table, address, type: "uint16", cases: new Map(byValue), value: Number.NaN };
}

/** Takes over what the register holds now. */
export function updateAuxiliary(auxiliary: AuxiliaryRegister, word: number): void {
  auxiliary.value = auxiliary.type === "int16" ? (word << 16) >> 16 : word;
}
