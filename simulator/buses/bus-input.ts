/**
 * What a machine measures now, by the signal names of its plan, each in its signal's unit. `null` is sent as not
 * available, `NaN` as sensor error. `undefined`, or a signal that is missing, is not fitted: not available in a message
 * that others are in, and a message that has nothing else is not sent at all.
 */
export type SignalValues = Readonly<Record<string, number | null | undefined>>;

/** A trouble code that is active now. */
export interface ActiveCode {
  /** The control unit that tells it, by the source address that the plan gives it, wherever it is at present. */
  readonly sa: number;
  readonly spn: number;
  /** 0 to 31. */
  readonly fmi: number;
  /** The lamp that it lights; by default the amber warning. */
  readonly lamp?: "none" | "protect" | "amber" | "red" | "malfunction";
  /** By default the lamp is steady. */
  readonly flash?: "slow" | "fast";
  /** 1 to 126; by default the control unit counts how often the code became active. */
  readonly occurrences?: number;
}

/** An emergency of a CANopen node that has not been mended. */
export interface ActiveEmergency {
  readonly node: number;
  /** Error code of CiA 301, 16 bits, not 00xx. */
  readonly code: number;
  /** By default the generic error, 1. */
  readonly errorRegister?: number;
}

/**
 * Everything that control units and devices tell about a machine at one moment. Pass a new object when anything in it is
 * new, and the same one as long as nothing is: what was made of it is used again.
 */
export interface BusInput {
  readonly values: SignalValues;
  readonly codes?: readonly ActiveCode[];
  readonly emergencies?: readonly ActiveEmergency[];
}

/** Nothing is wrong. */
export const noCodes: readonly ActiveCode[] = [];
export const noEmergencies: readonly ActiveEmergency[] = [];
