/** State of a diesel engine; temperatures in °C, pressure in kPa. */
export interface DieselEngine {
  speedRpm: number;
  loadPercent: number;
  coolantC: number;
  oilPressureKpa: number;
  fuelPercent: number;
  fuelRateLph: number;
  hours: number;
}

export interface EngineDemand {
  readonly speedRpm: number;
  /** Shaft power taken, kW. */
  readonly powerKw: number;
}

const ratedPowerKw = 300;
const thermostatC = 82;
const coolantHeatKjPerK = 180; // about 45 L of coolant and the block's share
const tankL = 400;

export const coldEngine = (ambientC: number, hours: number): DieselEngine => ({
  speedRpm: 0,
  loadPercent: 0,
  coolantC: ambientC,
  oilPressureKpa: 0,
  fuelPercent: 78,
  fuelRateLph: 0,
  hours,
});

/**
 * Advances the engine by `dt` seconds, in place: the governor closes on the demanded speed, heat follows fuel, oil
 * pressure follows speed and falls as the oil warms. Engineering defaults throughout.
 */
export function stepEngine(
  engine: DieselEngine,
  demand: EngineDemand,
  ambientC: number,
  dt: number,
): void {
  engine.speedRpm += (demand.speedRpm - engine.speedRpm) * (1 - Math.exp(-dt / 0.8));
  const isRunning = engine.speedRpm > 300;
  const frictionKw = isRunning ? 8 + 14 * (engine.speedRpm / 1900) ** 2 : 0;
  const powerKw = isRunning ? Math.min(ratedPowerKw, demand.powerKw + frictionKw) : 0;
  engine.loadPercent = (100 * powerKw) / (ratedPowerKw * Math.max(0.3, engine.speedRpm / 1900));
  engine.fuelRateLph = powerKw * 0.25; // 210 g/kWh at 0.84 kg/L
  engine.fuelPercent = Math.max(
    0,
    engine.fuelPercent - (engine.fuelRateLph * dt * 100) / 3600 / tankL,
  );
  const opening = Math.min(1, Math.max(0.02, (engine.coolantC - thermostatC) / 12));
  const heatKw = powerKw * 0.75 - opening * 9 * (engine.coolantC - ambientC);
  engine.coolantC += (heatKw * dt) / coolantHeatKjPerK;
  const viscosity = 1 + Math.max(0, 90 - engine.coolantC) / 120;
  engine.oilPressureKpa = isRunning ? Math.min(620, (90 + 0.19 * engine.speedRpm) * viscosity) : 0;
  if (isRunning) engine.hours += dt / 3600;
}
