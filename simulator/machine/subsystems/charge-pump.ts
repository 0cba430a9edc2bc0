import { thicknessOf } from "./hydraulic-circuit.ts";

/** Physical parameters of the charge pump of closed circuits that faults change. */
export interface ChargeParameters {
  /** Share of its displacement that still arrives: wear, or a filter before it that clogs. */
  deliveryShare: number;
}

export const healthyCharge: Readonly<ChargeParameters> = { deliveryShare: 1 };

export interface ChargeSize {
  /** What it displaces at this engine speed, L/min. */
  readonly ratedLpm: number;
  readonly ratedRpm: number;
  /** Of its relief valve, bar above the case. */
  readonly setBar: number;
}

/** Share of the rated flow that must go over the relief valve for it to hold its pressure. */
const spilled = 0.2;

/**
 * Charge pressure in bar: the relief valve holds it as long as the pump delivers more than the circuits leak; of what is
 * less remains the pressure of an orifice. Cold oil resists and stands a little higher. Engineering defaults.
 * @param now.leakLpm what the closed circuits lose, L/min
 */
export function chargeBarOf(
  size: ChargeSize,
  { deliveryShare }: ChargeParameters,
  now: { readonly speedRpm: number; readonly leakLpm: number; readonly oilC: number },
): number {
  const givenLpm = size.ratedLpm * (now.speedRpm / size.ratedRpm) * deliveryShare;
  const surplus = Math.max(0, givenLpm - now.leakLpm) / (spilled * size.ratedLpm);
  const override = 1 + 0.1 * Math.min(1, Math.max(0, thicknessOf(now.oilC) - 1) / 6);
  return size.setBar * override * Math.sqrt(Math.min(1, surplus));
}
