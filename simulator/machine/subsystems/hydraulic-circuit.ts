import { towards } from "./towards.ts";

/** Physical parameters of a hydraulic circuit that faults change. Healthy values: `healthyHydraulics`. */
export interface HydraulicParameters {
  /** Share of the displaced oil that leaks inside the pump at rated pressure and 50 °C. */
  leakage: number;
  /** Heat the cooler takes out, kW per kelvin above ambient, for 100 kW of rated pump power. */
  coolerKwPerK: number;
  /** Flow resistance of the return filter, times a new one. */
  filterResistance: number;
  /** Flow resistance of the suction line, times a clean one. */
  suctionResistance: number;
  /** Oil lost to the ground, litres an hour under pressure. */
  oilLossLph: number;
}

export const healthyHydraulics: Readonly<HydraulicParameters> = {
  leakage: 0.04,
  coolerKwPerK: 1.1,
  filterResistance: 1,
  suctionResistance: 1,
  oilLossLph: 0,
};

export interface HydraulicSize {
  /** Of the main pump, kW, bar, L/min. */
  readonly ratedKw: number;
  readonly ratedBar: number;
  readonly ratedLpm: number;
  readonly tankL: number;
}

/** State of a hydraulic circuit. Temperatures in °C, pressures in bar. */
export interface HydraulicCircuit {
  oilC: number;
  oilL: number;
  /** What the consumers get, L/min. */
  flowLpm: number;
  caseDrainLpm: number;
  caseDrainC: number;
  returnBar: number;
  suctionBar: number;
  /** Taken from the shaft, given to the consumers, left in the oil, taken by the cooler, kW. */
  shaftKw: number;
  usefulKw: number;
  heatKw: number;
  cooledKw: number;
}

export interface HydraulicDemand {
  /** Pressure at the consumers, bar. */
  readonly pressureBar: number;
  /** What the pump displaces, L/min; 0 while it stands. */
  readonly displacedLpm: number;
  /** Share of the power at the consumers that leaves as work; the rest is throttled into heat. */
  readonly usefulShare: number;
}

/** kJ per kelvin of a litre of mineral oil and its share of the steel. */
const heatKjPerKL = 2.1;
const mechanicalEfficiency = 0.92;

export const restingHydraulics = (
  ambientC: number,
  { tankL }: HydraulicSize,
): HydraulicCircuit => ({
  oilC: ambientC,
  oilL: tankL * 0.9,
  flowLpm: 0,
  caseDrainLpm: 0,
  caseDrainC: ambientC,
  returnBar: 0,
  suctionBar: 0,
  shaftKw: 0,
  usefulKw: 0,
  heatKw: 0,
  cooledKw: 0,
});

/** How much thinner (below 1) or thicker than at 50 °C a VG 46 oil is; falls by half every 15 K or so. */
export const thicknessOf = (oilC: number): number => Math.min(12, 2 ** ((50 - oilC) / 16));

/**
 * Advances a circuit by `dt` seconds, in place. What the shaft gives is work, heat in the oil, or both: leakage and
 * throttling heat the oil, oil has mass, the cooler takes heat out in proportion to its distance from ambient.
 */
export function stepHydraulics(
  circuit: HydraulicCircuit,
  of: { readonly size: HydraulicSize; readonly parameters: HydraulicParameters },
  demand: HydraulicDemand,
  ambientC: number,
  dt: number,
): void {
  const { size, parameters } = of;
  const thickness = thicknessOf(circuit.oilC);
  const isTurning = demand.displacedLpm > 0;
  const leaks = Math.min(
    0.9,
    parameters.leakage * (demand.pressureBar / size.ratedBar) * Math.max(0.3, thickness) ** -0.5,
  );
  circuit.caseDrainLpm = demand.displacedLpm * leaks;
  circuit.flowLpm = demand.displacedLpm - circuit.caseDrainLpm;
  const displacedKw = (demand.displacedLpm * demand.pressureBar) / 600;
  circuit.shaftKw = displacedKw / mechanicalEfficiency;
  circuit.usefulKw = ((circuit.flowLpm * demand.pressureBar) / 600) * demand.usefulShare;
  circuit.heatKw = circuit.shaftKw - circuit.usefulKw;
  stepOil(circuit, size, parameters, ambientC, dt);
  const share = demand.displacedLpm / size.ratedLpm;
  const drag = thickness ** 0.35;
  circuit.returnBar = towards(
    circuit.returnBar,
    isTurning ? 0.3 + 1.2 * share * drag * parameters.filterResistance : 0,
    dt,
    2,
  );
  circuit.suctionBar = towards(
    circuit.suctionBar,
    isTurning ? -0.12 * share * drag * parameters.suctionResistance : 0,
    dt,
    2,
  );
  const warmth = isTurning ? 4 + (90 * circuit.caseDrainLpm) / size.ratedLpm : 0;
  circuit.caseDrainC = towards(circuit.caseDrainC, circuit.oilC + warmth, dt, 60);
}

function stepOil(
  circuit: HydraulicCircuit,
  size: HydraulicSize,
  parameters: HydraulicParameters,
  ambientC: number,
  dt: number,
): void {
  const isTurning = circuit.shaftKw > 0;
  const scale = size.ratedKw / 100;
  // The fan of the cooler starts with the thermostat of the tank; walls and hoses always cool.
  const opened = Math.min(1, Math.max(0, (circuit.oilC - 42) / 8));
  const airKwPerK = scale * ((isTurning ? parameters.coolerKwPerK * opened : 0) + 0.045);
  circuit.cooledKw = airKwPerK * (circuit.oilC - ambientC);
  const massKjPerK = heatKjPerKL * size.tankL;
  circuit.oilC = towards(
    circuit.oilC,
    ambientC + circuit.heatKw / airKwPerK,
    dt,
    massKjPerK / airKwPerK,
  );
  if (isTurning) circuit.oilL = Math.max(0, circuit.oilL - (parameters.oilLossLph * dt) / 3600);
  // Whoever mends a leak fills up.
  else if (parameters.oilLossLph === 0) circuit.oilL = Math.max(circuit.oilL, 0.9 * size.tankL);
}
