import { towards } from "./towards.ts";

/** Physical parameters of the supply of a site that faults change. */
export interface SupplyParameters {
  /** Of one phase from the transformer to the machine, ohm. */
  lineOhm: number;
}

export const healthySupply: Readonly<SupplyParameters> = { lineOhm: 0.07 };

/** State of a three-phase supply: phase to neutral in V, current of a phase in A, energy in kWh. */
export interface MainsSupply {
  volts: number;
  amps: number;
  frequencyHz: number;
  energyKwh: number;
  kw: number;
}

/** At the transformer of a site, phase to neutral. @see GB/T 12325: 220 V, +7 % and -10 % */
const sourceVolts = 231;
const powerFactor = 0.93;

export const openSupply = (energyKwh: number): MainsSupply => ({
  volts: sourceVolts,
  amps: 0,
  frequencyHz: 50,
  energyKwh,
  kw: 0,
});

/** Advances a supply by `dt` seconds, in place, while `kw` are drawn: the line takes its share of the voltage. */
export function stepSupply(
  supply: MainsSupply,
  { lineOhm }: SupplyParameters,
  kw: number,
  dt: number,
): void {
  supply.kw = kw;
  supply.amps = (kw * 1000) / (3 * Math.max(120, supply.volts) * powerFactor);
  const volts = Math.max(120, sourceVolts - supply.amps * lineOhm);
  // A drive that gets less voltage draws more current: the lag lets both settle.
  supply.volts = towards(supply.volts, volts, dt, 0.6);
  supply.frequencyHz = 50 - 0.0004 * kw;
  supply.energyKwh += (kw * dt) / 3600;
}

/** Direct voltage behind a six-pulse rectifier, V: its mean less what the ripple of a load leaves out. */
export const dcLinkOf = ({ volts, kw }: MainsSupply): number =>
  volts * 2.449 * 0.985 - 0.15 * Math.min(80, kw);
