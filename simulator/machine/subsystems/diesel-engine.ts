import { towards } from "./towards.ts";

/** Physical parameters of a diesel engine that faults change. Healthy values: `healthyEngine`. */
export interface EngineParameters {
  /** Heat the radiator takes out with its thermostat open, kW per kelvin above ambient. */
  radiatorKwPerK: number;
  /** How far the thermostat stays closed, 0 to 1. */
  thermostatStuck: number;
  /** Share of the oil pressure that is left: bearings and oil pump wear. */
  oilPressureShare: number;
  /** Flow resistance of the air filter, times a new one. */
  airFilterResistance: number;
  /** Flow resistance of the fuel filter, times a new one. */
  fuelFilterResistance: number;
  /** Share of the boost that gets past leaks of the charge air. */
  boostShare: number;
  /** Coolant lost, percent of its volume an hour. */
  coolantLossPerHour: number;
  /** Share of the injected fuel that becomes shaft power, times a new engine's. */
  efficiencyShare: number;
}

export const healthyEngine: Readonly<EngineParameters> = {
  radiatorKwPerK: 4.2,
  thermostatStuck: 0,
  oilPressureShare: 1,
  airFilterResistance: 1,
  fuelFilterResistance: 1,
  boostShare: 1,
  coolantLossPerHour: 0,
  efficiencyShare: 1,
};

/** Size of an engine; engineering defaults scaled by its rated power. */
export interface EngineSize {
  readonly ratedKw: number;
  readonly ratedRpm: number;
  readonly tankL: number;
}

/** State of a diesel engine. Temperatures in °C, pressures in kPa above ambient. */
export interface DieselEngine {
  speedRpm: number;
  loadPercent: number;
  torquePercent: number;
  coolantC: number;
  coolantLevelPercent: number;
  oilC: number;
  oilPressureKpa: number;
  boostKpa: number;
  intakeC: number;
  airFilterKpa: number;
  fuelFilterKpa: number;
  fuelPercent: number;
  fuelRateLph: number;
  fuelUsedL: number;
  defPercent: number;
  sootPercent: number;
  isRegenerating: boolean;
  hours: number;
  idleHours: number;
  /** What the fuel brings and where it goes, kW. */
  fuelKw: number;
  shaftKw: number;
  frictionKw: number;
  coolantHeatKw: number;
  exhaustKw: number;
  /** What radiator and block give to the air, and steam takes. */
  radiatedKw: number;
}

export interface EngineDemand {
  /** 0 stops it. */
  readonly speedRpm: number;
  /** Shaft power taken, kW. */
  readonly powerKw: number;
}

const thermostatC = 82;
const thermostatRangeK = 12;
/** Of coolant under a cap of 100 kPa: what comes in beyond it leaves as steam. Engineering default. */
const boilingC = 120;
/** Lower heating value of diesel fuel, kJ per litre (EN 590 fuel, 42.6 MJ/kg at 0.84 kg/L). */
const fuelKjPerL = 35_800;
const peakEfficiency = 0.41;
/** Share of the fuel's power that reaches the coolant; the rest leaves with the exhaust and the surface. */
const coolantShare = 0.27;

/** An engine that stood overnight. */
export const standingEngine = (ambientC: number, hours: number): DieselEngine => ({
  speedRpm: 0,
  loadPercent: 0,
  torquePercent: 0,
  coolantC: ambientC,
  coolantLevelPercent: 94,
  oilC: ambientC,
  oilPressureKpa: 0,
  boostKpa: 0,
  intakeC: ambientC,
  airFilterKpa: 0,
  fuelFilterKpa: 0,
  fuelPercent: 85,
  fuelRateLph: 0,
  fuelUsedL: hours * 17,
  defPercent: 80,
  sootPercent: 25,
  isRegenerating: false,
  hours,
  idleHours: hours * 0.3,
  fuelKw: 0,
  shaftKw: 0,
  frictionKw: 0,
  coolantHeatKw: 0,
  exhaustKw: 0,
  radiatedKw: 0,
});

/**
 * Advances an engine by `dt` seconds, in place: the governor closes on the demanded speed, fuel follows the power, heat
 * follows the fuel and has mass, oil pressure follows speed and falls as the oil thins. Fuel and DEF are filled up while
 * it stands and is low. Engineering defaults throughout.
 */
export function stepEngine(
  engine: DieselEngine,
  of: { readonly size: EngineSize; readonly parameters: EngineParameters },
  demand: EngineDemand,
  ambientC: number,
  dt: number,
): void {
  const { size, parameters } = of;
  engine.speedRpm = towards(engine.speedRpm, demand.speedRpm, dt, 0.9);
  if (demand.speedRpm === 0 && engine.speedRpm < 50) engine.speedRpm = 0;
  const isRunning = engine.speedRpm > 300;
  stepPower(engine, size, parameters, isRunning ? demand.powerKw : 0);
  stepHeat(engine, size, parameters, ambientC, dt);
  stepAir(engine, size, parameters, ambientC, dt);
  if (isRunning) count(engine, size, dt);
  else fillUp(engine, parameters);
  engine.coolantLevelPercent = Math.max(
    0,
    engine.coolantLevelPercent - (isRunning ? (parameters.coolantLossPerHour * dt) / 3600 : 0),
  );
}

function stepPower(
  engine: DieselEngine,
  { ratedKw, ratedRpm }: EngineSize,
  parameters: EngineParameters,
  wantedKw: number,
): void {
  const turns = engine.speedRpm / ratedRpm;
  const isRunning = engine.speedRpm > 300;
  // Torque rises to its peak at about 65 % of rated speed; power is bounded by what is left of the boost.
  const fullKw = ratedKw * Math.min(1, 1.35 * turns) * (0.55 + 0.45 * parameters.boostShare);
  engine.frictionKw = isRunning ? ratedKw * (0.02 + 0.05 * turns ** 2) : 0;
  engine.shaftKw = Math.min(fullKw, Math.max(0, wantedKw));
  const indicatedKw = engine.shaftKw + engine.frictionKw;
  engine.fuelKw = isRunning ? indicatedKw / (peakEfficiency * parameters.efficiencyShare) : 0;
  engine.fuelRateLph = (engine.fuelKw / fuelKjPerL) * 3600;
  engine.loadPercent = isRunning
    ? Math.min(100, (100 * indicatedKw) / (fullKw + engine.frictionKw))
    : 0;
  engine.torquePercent = isRunning
    ? Math.min(100, (100 * indicatedKw) / (ratedKw * Math.max(0.3, turns)))
    : 0;
}

function stepHeat(
  engine: DieselEngine,
  { ratedKw }: EngineSize,
  parameters: EngineParameters,
  ambientC: number,
  dt: number,
): void {
  // Coolant, block and oil of an engine, kJ per kelvin and rated kW.
  const massKjPerK = 0.75 * ratedKw;
  const opened = Math.min(1, Math.max(0, (engine.coolantC - thermostatC) / thermostatRangeK));
  const open = opened * (1 - parameters.thermostatStuck);
  const filled = Math.min(1, engine.coolantLevelPercent / 40);
  const standingKwPerK = 0.0006 * ratedKw;
  const airKwPerK =
    (ratedKw / 300) * parameters.radiatorKwPerK * open * filled * (engine.speedRpm > 300 ? 1 : 0) +
    standingKwPerK;
  engine.coolantHeatKw = engine.fuelKw * coolantShare;
  engine.exhaustKw = engine.fuelKw - engine.coolantHeatKw - engine.shaftKw - engine.frictionKw;
  const steamKwPerK = engine.coolantC > boilingC ? 0.03 * ratedKw : 0;
  const steamKw = steamKwPerK * (engine.coolantC - boilingC);
  engine.radiatedKw = airKwPerK * (engine.coolantC - ambientC) + steamKw;
  const heatKw = engine.coolantHeatKw + engine.frictionKw + steamKwPerK * (boilingC - ambientC);
  const outKwPerK = airKwPerK + steamKwPerK;
  const restC = ambientC + heatKw / outKwPerK;
  engine.coolantC = towards(engine.coolantC, restC, dt, massKjPerK / outKwPerK);
  const loadedK = 4 + 12 * (engine.loadPercent / 100);
  engine.oilC = towards(
    engine.oilC,
    engine.coolantC + (engine.speedRpm > 300 ? loadedK : 0),
    dt,
    240,
  );
  const thickness = 1 + Math.max(0, 95 - engine.oilC) / 110;
  const pressureKpa = Math.min(580, (70 + 0.18 * engine.speedRpm) * thickness);
  engine.oilPressureKpa = engine.speedRpm > 300 ? pressureKpa * parameters.oilPressureShare : 0;
}

function stepAir(
  engine: DieselEngine,
  { ratedRpm }: EngineSize,
  parameters: EngineParameters,
  ambientC: number,
  dt: number,
): void {
  const turns = engine.speedRpm / ratedRpm;
  const load = engine.loadPercent / 100;
  engine.boostKpa = towards(engine.boostKpa, 185 * load * turns * parameters.boostShare, dt, 2);
  const airFlow = turns * (1 + engine.boostKpa / 100);
  engine.airFilterKpa = 0.45 * airFlow ** 1.6 * parameters.airFilterResistance;
  engine.fuelFilterKpa =
    (4 + engine.fuelRateLph * 0.25) * parameters.fuelFilterResistance * (turns > 0 ? 1 : 0);
  engine.intakeC = towards(engine.intakeC, ambientC + 8 + 0.11 * engine.boostKpa, dt, 45);
}

function count(engine: DieselEngine, { ratedRpm, tankL }: EngineSize, dt: number): void {
  const litres = (engine.fuelRateLph * dt) / 3600;
  engine.fuelUsedL += litres;
  engine.fuelPercent = Math.max(0, engine.fuelPercent - (100 * litres) / tankL);
  // About 5 % of the fuel's volume, from a tank of a tenth of its size.
  engine.defPercent = Math.max(0, engine.defPercent - (50 * litres) / tankL);
  engine.hours += dt / 3600;
  if (engine.speedRpm < 0.5 * ratedRpm && engine.loadPercent < 30) engine.idleHours += dt / 3600;
  // Hot exhaust burns soot; else it is burnt on purpose from 70 % on.
  if (engine.sootPercent > 70) engine.isRegenerating = true;
  if (engine.sootPercent < 25) engine.isRegenerating = false;
  const burns = engine.isRegenerating || engine.loadPercent > 55;
  engine.sootPercent = Math.max(12, engine.sootPercent + (burns ? -40 : 6) * (dt / 3600));
}

function fillUp(engine: DieselEngine, { coolantLossPerHour }: EngineParameters): void {
  // Whoever mends a leak fills up.
  if (coolantLossPerHour === 0) engine.coolantLevelPercent = 94;
  if (engine.fuelPercent < 45) engine.fuelPercent = 96;
  if (engine.defPercent < 30) engine.defPercent = 95;
}
