import type { Demand } from "../../surroundings/duty.ts";
import { type Charging, restedCharging, stepCharging } from "../subsystems/charging.ts";
import {
  type DieselEngine,
  type EngineSize,
  standingEngine,
  stepEngine,
} from "../subsystems/diesel-engine.ts";
import {
  type HydraulicCircuit,
  type HydraulicSize,
  restingHydraulics,
  stepHydraulics,
} from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import type { PumpParameters } from "./parameters.ts";

/** State of a truck-mounted concrete pump. Pressures in bar, temperatures in °C. */
export interface ConcretePump {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  isPumping: boolean;
  strokesPerMinute: number;
  strokeCount: number;
  linePressureBar: number;
  mainPressureBar: number;
  accumulatorBar: number;
  shiftTimeMs: number;
  waterBoxC: number;
  waterPercent: number;
  agitatorBar: number;
  boomBar: number;
  /** 0 folded, 1 unfolding, 2 unfolded. */
  boomState: 0 | 1 | 2;
  outputM3PerHour: number;
  tiltDeg: number;
  greasePercent: number;
  ptoHours: number;
  speedKmh: number;
  /** Seconds of pumping since it was filled; turns the concrete over. */
  pumpedSeconds: number;
}

export const pumpEngine: EngineSize = { ratedKw: 300, ratedRpm: 1900, tankL: 400 };
export const pumpHydraulics: HydraulicSize = {
  ratedKw: 200,
  ratedBar: 350,
  ratedLpm: 650,
  tankL: 600,
};

const cylinderM3 = 0.083;
const litresPerStroke = 23;
const accumulatorSetBar = 190;
const fullPreChargeBar = 110;
const reliefBar = 340;

export const restingPump = (ambientC: number, hours: number): ConcretePump => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, pumpHydraulics),
  charging: restedCharging(),
  isPumping: false,
  strokesPerMinute: 0,
  strokeCount: Math.round(hours * 850),
  linePressureBar: 0,
  mainPressureBar: 0,
  accumulatorBar: 0,
  shiftTimeMs: 240,
  waterBoxC: ambientC,
  waterPercent: 85,
  agitatorBar: 0,
  boomBar: 0,
  boomState: 0,
  outputM3PerHour: 0,
  tiltDeg: 0.4,
  greasePercent: 70,
  ptoHours: hours * 0.62,
  speedKmh: 0,
  pumpedSeconds: 0,
});

/**
 * Advances the pump by `dt` seconds, in place. Working is pumping in loads of a mixer truck with pauses between; the
 * operator's effort sets strokes, the line sets the pressure, both together the power the engine must give.
 */
export function stepPump(
  pump: ConcretePump,
  parameters: PumpParameters,
  { demand, ambientC }: { readonly demand: Demand; readonly ambientC: number },
  dt: number,
): void {
  const isWorking = demand.activity === "work";
  pump.boomState = isWorking ? 2 : demand.activity === "off" ? 0 : pump.boomState;
  pump.isPumping = isWorking && isMixerThere(pump);
  if (isWorking) pump.pumpedSeconds += dt;
  stepStrokes(pump, parameters, demand, dt);
  stepPressure(pump, parameters, demand, dt);
  const displacedLpm = pump.strokesPerMinute * litresPerStroke;
  stepHydraulics(
    pump.hydraulics,
    { size: pumpHydraulics, parameters: parameters.hydraulics },
    { pressureBar: pump.mainPressureBar, displacedLpm, usefulShare: 0.84 },
    ambientC,
    dt,
  );
  stepAccumulator(pump, parameters, dt);
  stepWaterBox(pump, parameters, ambientC, dt);
  stepAround(pump, parameters, demand, dt);
  stepEngineOf(pump, parameters, demand, ambientC, dt);
}

/** A mixer truck brings about 9 m³; then the next one backs up. */
const isMixerThere = ({ pumpedSeconds }: ConcretePump) => pumpedSeconds % 780 < 620;

function stepStrokes(pump: ConcretePump, parameters: PumpParameters, demand: Demand, dt: number) {
  const wanted = pump.isPumping ? 11 + 15 * demand.effort : 0;
  pump.strokesPerMinute = towards(pump.strokesPerMinute, wanted, dt, 1.5);
  if (pump.strokesPerMinute < 0.05) pump.strokesPerMinute = 0;
  const leaks = pump.hydraulics.caseDrainLpm / Math.max(1, pump.strokesPerMinute * litresPerStroke);
  const moved = Math.max(0, 1 - leaks - parameters.cuttingRingLeak);
  pump.strokeCount += (pump.strokesPerMinute / 60) * dt * moved;
  const filled = 0.85 * (1 - parameters.pistonLeak);
  pump.outputM3PerHour = pump.strokesPerMinute * 60 * cylinderM3 * filled * moved;
}

function stepPressure(pump: ConcretePump, parameters: PumpParameters, demand: Demand, dt: number) {
  // Height and length of the line change with the boom; stiffness of the concrete with the load.
  const place =
    1 + 0.12 * Math.sin(pump.pumpedSeconds / 170) + 0.06 * Math.sin(pump.pumpedSeconds / 41);
  const share = (pump.strokesPerMinute / 24) ** 0.7;
  const wanted = pump.isPumping
    ? (70 + 120 * demand.effort * share) * place * parameters.lineResistance
    : 0;
  pump.linePressureBar = towards(pump.linePressureBar, Math.min(reliefBar, wanted), dt, 1.2);
  const phase = pump.strokeCount % 1;
  const dips = pump.isPumping && phase < 0.08 ? 0.55 : 1;
  const lost = 1 - parameters.cuttingRingLeak * 0.6;
  const idleBar = pump.engine.speedRpm > 300 ? 22 : 0;
  const target = Math.max(idleBar, pump.linePressureBar * dips * lost);
  pump.mainPressureBar = towards(pump.mainPressureBar, target, dt, 0.3);
}

/** With little nitrogen left the oil side has no spring: pressure sags at each shift and the valve turns slowly. */
function stepAccumulator(pump: ConcretePump, { preChargeBar }: PumpParameters, dt: number): void {
  const weakness = Math.min(1, Math.max(0, 1 - preChargeBar / fullPreChargeBar));
  const phase = pump.strokeCount % 1;
  const isShifting = pump.isPumping && phase < 0.12;
  const sag = pump.isPumping ? (isShifting ? 18 + 95 * weakness : 70 * weakness) : 10;
  const target = pump.engine.speedRpm > 300 ? accumulatorSetBar - sag : 0;
  pump.accumulatorBar = towards(pump.accumulatorBar, target, dt, target === 0 ? 900 : 0.6);
  const cold = Math.max(0, 35 - pump.hydraulics.oilC) * 1.6;
  pump.shiftTimeMs = 235 + cold + 420 * weakness ** 1.5;
}

function stepWaterBox(
  pump: ConcretePump,
  { pistonLeak }: PumpParameters,
  ambientC: number,
  dt: number,
) {
  const strokes = pump.strokesPerMinute;
  // Rods bring oil's warmth, worn pistons bring grout that sets and rubs.
  const rodsKw = strokes * 0.035 * Math.max(0, (pump.hydraulics.oilC - ambientC) / 30);
  const groutKw = strokes * 0.9 * pistonLeak;
  const coolKwPerK = 0.075;
  const restC = ambientC + (rodsKw + groutKw) / coolKwPerK;
  pump.waterBoxC = towards(pump.waterBoxC, restC, dt, (500 / (coolKwPerK * 1000)) * 100);
  pump.waterPercent = pump.isPumping
    ? Math.max(20, pump.waterPercent - dt / 900)
    : pump.waterPercent;
  if (pump.engine.speedRpm === 0) pump.waterPercent = 85;
}

function stepAround(
  pump: ConcretePump,
  parameters: PumpParameters,
  demand: Demand,
  dt: number,
): void {
  const oilC = pump.hydraulics.oilC;
  const stiffness = 1 + Math.max(0, 40 - oilC) / 100;
  pump.agitatorBar = towards(
    pump.agitatorBar,
    pump.isPumping ? 82 * stiffness * parameters.agitatorDrag : 0,
    dt,
    1,
  );
  const holds = pump.boomState === 2 ? 215 + 20 * Math.sin(pump.pumpedSeconds / 95) : 0;
  pump.boomBar = towards(pump.boomBar, holds, dt, 4);
  pump.tiltDeg = towards(
    pump.tiltDeg,
    pump.boomState === 2 ? 0.5 + parameters.settledDeg : 0.4,
    dt,
    60,
  );
  if (pump.isPumping) pump.greasePercent = Math.max(0, pump.greasePercent - dt / 1400);
  if (demand.activity === "off" && pump.greasePercent < 45 && parameters.greaseFilled > 0.5)
    pump.greasePercent = 95;
  pump.speedKmh = towards(pump.speedKmh, demand.activity === "travel" ? 42 : 0, dt, 12);
  if (demand.activity === "work") pump.ptoHours += dt / 3600;
}

function stepEngineOf(
  pump: ConcretePump,
  parameters: PumpParameters,
  demand: Demand,
  ambientC: number,
  dt: number,
): void {
  const speedRpm = wantedRpm(pump, demand);
  const agitatorKw = pump.agitatorBar * 0.09;
  const driveKw = 8 + pump.speedKmh * 2.1;
  const powerKw = pump.hydraulics.shaftKw + agitatorKw + driveKw;
  stepEngine(
    pump.engine,
    { size: pumpEngine, parameters: parameters.engine },
    { speedRpm, powerKw },
    ambientC,
    dt,
  );
  stepCharging(pump.charging, parameters.charging, pump.engine, dt);
}

function wantedRpm(pump: ConcretePump, { activity, effort }: Demand): number {
  if (activity === "off") return 0;
  if (activity === "travel") return 1450;
  if (activity === "idle") return 700;
  return pump.isPumping ? 1350 + 250 * effort : 1050;
}
