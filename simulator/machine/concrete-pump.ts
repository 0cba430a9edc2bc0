import { coldEngine, type DieselEngine, stepEngine } from "./diesel-engine.ts";

/** Physical parameters that a fault changes; nothing else of the machine knows of faults. */
export interface PumpParameters {
  /** Nitrogen pre-charge of the S-valve accumulator, bar; healthy about 110. */
  preChargeBar: number;
  /** Heat the oil cooler takes out, kW per kelvin above ambient; healthy about 2.2. */
  coolerKwPerK: number;
  /** Share of the displaced oil that leaks inside the main pump; healthy about 0.04. */
  leakage: number;
}

export const healthyPump: PumpParameters = { preChargeBar: 110, coolerKwPerK: 2.2, leakage: 0.04 };

/** State of a truck-mounted concrete pump. Pressures in bar, temperatures in °C. */
export interface ConcretePump {
  readonly engine: DieselEngine;
  readonly parameters: PumpParameters;
  isPumping: boolean;
  strokesPerMinute: number;
  strokeCount: number;
  mainPressureBar: number;
  accumulatorBar: number;
  shiftTimeMs: number;
  oilC: number;
  waterBoxC: number;
  agitatorBar: number;
  boomBar: number;
  outputM3PerHour: number;
  /** Seconds since the pump was started. */
  seconds: number;
}

const cylinderM3 = 0.083;
const oilHeatKjPerK = 1000; // 600 L of hydraulic oil and its tank
const accumulatorSetBar = 190;

export const createConcretePump = (
  ambientC: number,
  hours: number,
  strokes: number,
): ConcretePump => ({
  engine: { ...coldEngine(ambientC, hours), coolantC: 76 },
  parameters: { ...healthyPump },
  isPumping: false,
  strokesPerMinute: 0,
  strokeCount: strokes,
  mainPressureBar: 0,
  accumulatorBar: accumulatorSetBar,
  shiftTimeMs: 240,
  oilC: 52,
  waterBoxC: ambientC + 6,
  agitatorBar: 0,
  boomBar: 0,
  outputM3PerHour: 0,
  seconds: 0,
});

/**
 * Advances the pump by `dt` seconds, in place. Duty: 50 s of pumping, 15 s of moving the boom at idle. Powers balance:
 * what the engine gives is concrete moved plus heat in the oil; the cooler takes it out again.
 */
export function stepConcretePump(
  pump: ConcretePump,
  ambientC: number,
  dt: number,
  random: () => number,
): void {
  const { parameters, engine } = pump;
  const inCycle = pump.seconds % 65;
  pump.isPumping = pump.seconds > 8 && inCycle < 50;
  const wantedStrokes = pump.isPumping ? 21 + 1.5 * Math.sin(pump.seconds / 40) : 0;
  pump.strokesPerMinute += (wantedStrokes - pump.strokesPerMinute) * (1 - Math.exp(-dt / 1.5));
  const strokes = (pump.strokesPerMinute / 60) * dt * (1 - parameters.leakage);
  pump.strokeCount += strokes;
  const phase = pump.strokeCount % 1;
  const lineBar = pump.isPumping
    ? 150 + 12 * Math.sin(pump.seconds / 23) + 4 * (random() - 0.5)
    : 25;
  pump.mainPressureBar +=
    (lineBar * (phase < 0.08 ? 0.55 : 1) - pump.mainPressureBar) * (1 - Math.exp(-dt / 0.3));
  stepAccumulator(pump, phase, dt, random);
  pump.outputM3PerHour = pump.strokesPerMinute * 60 * cylinderM3 * 0.85 * (1 - parameters.leakage);
  const flowLpm = pump.strokesPerMinute * 23;
  const hydraulicKw = (pump.mainPressureBar * flowLpm) / 600 + 12;
  const heatKw = pump.isPumping ? hydraulicKw * (0.22 + parameters.leakage) + 8 : 6;
  pump.oilC +=
    ((heatKw - parameters.coolerKwPerK * (pump.oilC - ambientC) * 0.5) * dt) / oilHeatKjPerK;
  pump.waterBoxC += ((pump.isPumping ? 0.9 : 0.2) - 0.06 * (pump.waterBoxC - ambientC)) * (dt / 60);
  pump.agitatorBar = pump.isPumping ? 85 + 6 * (random() - 0.5) : 0;
  pump.boomBar = pump.isPumping ? 205 + 3 * (random() - 0.5) : 260 + 20 * (random() - 0.5);
  const speedRpm = (pump.seconds < 3 ? 650 : pump.isPumping ? 1550 : 1100) + 6 * (random() - 0.5);
  stepEngine(engine, { speedRpm, powerKw: pump.isPumping ? hydraulicKw : 22 }, ambientC, dt);
  pump.seconds += dt;
}

/** With little nitrogen left the oil side has no spring: pressure sags at each shift and the valve turns slowly. */
function stepAccumulator(
  pump: ConcretePump,
  phase: number,
  dt: number,
  random: () => number,
): void {
  const weakness = Math.max(0, 1 - pump.parameters.preChargeBar / healthyPump.preChargeBar);
  const sag = phase < 0.12 && pump.isPumping ? 18 + 95 * weakness : 70 * weakness;
  const target = accumulatorSetBar - sag + 2 * (random() - 0.5);
  pump.accumulatorBar += (target - pump.accumulatorBar) * (1 - Math.exp(-dt / 0.6));
  pump.shiftTimeMs = 240 + 420 * weakness ** 1.5 + 8 * (random() - 0.5);
}
