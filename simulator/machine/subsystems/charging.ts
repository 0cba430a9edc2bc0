import { towards } from "./towards.ts";

/** Physical parameters of battery and alternator that faults change. */
export interface ChargingParameters {
  /** Share of its rated current that the alternator still gives. */
  alternatorShare: number;
  /** Share of its rated capacity that the battery still has. */
  capacityShare: number;
}

export const healthyCharging: Readonly<ChargingParameters> = {
  alternatorShare: 1,
  capacityShare: 1,
};

/** State of a 24 V supply. */
export interface Charging {
  /** State of charge, 0 to 1. */
  charge: number;
  volts: number;
  /** From the alternator, and into the battery (negative: out of it). */
  alternatorAmps: number;
  batteryAmps: number;
}

export const restedCharging = (): Charging => ({
  charge: 0.93,
  volts: 25.4,
  alternatorAmps: 0,
  batteryAmps: 0,
});

const ratedAmps = 80;
const loadAmps = 34;
const standbyAmps = 0.25;
const capacityAh = 180;

/** Advances a 24 V supply by `dt` seconds, in place. Engineering defaults for two lead-acid batteries in series. */
export function stepCharging(
  charging: Charging,
  parameters: ChargingParameters,
  engine: { readonly speedRpm: number },
  dt: number,
): void {
  const isRunning = engine.speedRpm > 300;
  const given = isRunning
    ? ratedAmps * parameters.alternatorShare * Math.min(1, engine.speedRpm / 1100)
    : 0;
  const surplus = given - (isRunning ? loadAmps : standbyAmps);
  const acceptable = Math.min(surplus, 60 * (1 - charging.charge) + 0.5);
  charging.batteryAmps = acceptable;
  charging.alternatorAmps = isRunning ? loadAmps + acceptable : 0;
  charging.charge = Math.min(
    1,
    Math.max(
      0.05,
      charging.charge + (acceptable * dt) / 3600 / (capacityAh * parameters.capacityShare),
    ),
  );
  const rest = 23.4 + 2.2 * charging.charge;
  const wanted =
    surplus >= 0 && isRunning ? 27.9 : rest + (surplus * 0.02) / parameters.capacityShare;
  charging.volts = towards(charging.volts, wanted, dt, isRunning ? 3 : 20);
}
