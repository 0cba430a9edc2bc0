import type { Demand } from "../../surroundings/duty.ts";
import { towards } from "./towards.ts";

/** Physical parameters of what pumps the concrete that faults change. */
export interface DeliveryParameters {
  /** Nitrogen pre-charge of the S-valve's accumulator, bar; 60 to 70 % of its working pressure. */
  preChargeBar: number;
  /** Grout that gets past the pistons, share of a stroke; heats and fouls the water box. */
  pistonLeak: number;
  /** Pressure that the gap of wear plate and cutting ring loses, share. */
  cuttingRingLeak: number;
  /** Resistance of the delivery line, times a clean one. */
  lineResistance: number;
  /** Whether the grease tank is filled again: 1 yes, 0 forgotten or leaking. */
  greaseFilled: number;
  /** Load of the agitator's shaft, times a free one. */
  agitatorDrag: number;
}

export const healthyDelivery: Readonly<DeliveryParameters> = {
  preChargeBar: 110,
  pistonLeak: 0,
  cuttingRingLeak: 0,
  lineResistance: 1,
  greaseFilled: 1,
  agitatorDrag: 1,
};

export interface DeliverySize {
  /** Volume of one delivery cylinder, m³, and the oil that moves its piston once, L. */
  readonly cylinderM3: number;
  readonly litresPerStroke: number;
}

/** State of two delivery cylinders with S-valve, hopper and water box. Pressures in bar, temperatures in °C. */
export interface ConcreteDelivery {
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
  outputM3PerHour: number;
  greasePercent: number;
  /** Seconds of pumping since it was filled; turns the concrete over. */
  pumpedSeconds: number;
}

const accumulatorSetBar = 190;
const fullPreChargeBar = 110;
const reliefBar = 340;
/** Share of a cylinder that the concrete fills. */
const filling = 0.85;

export const restingDelivery = (ambientC: number, strokes: number): ConcreteDelivery => ({
  isPumping: false,
  strokesPerMinute: 0,
  strokeCount: Math.round(strokes),
  linePressureBar: 0,
  mainPressureBar: 0,
  accumulatorBar: 0,
  shiftTimeMs: 240,
  waterBoxC: ambientC,
  waterPercent: 85,
  agitatorBar: 0,
  outputM3PerHour: 0,
  greasePercent: 70,
  pumpedSeconds: 0,
});

/** What drives the delivery now. */
export interface DeliveryDrive {
  readonly demand: Demand;
  /** Some strokes back into the hopper: takes the pressure off the line. */
  readonly isReversing: boolean;
  readonly engineRpm: number;
  readonly oilC: number;
  readonly caseDrainLpm: number;
}

/**
 * Advances the delivery by `dt` seconds, in place. Working is pumping in loads of a mixer truck with pauses between; the
 * operator's effort sets strokes, the line sets the pressure. Engineering defaults where nothing else is said.
 */
export function stepDelivery(
  delivery: ConcreteDelivery,
  of: { readonly size: DeliverySize; readonly parameters: DeliveryParameters },
  drive: DeliveryDrive,
  ambientC: number,
  dt: number,
): void {
  const isWorking = drive.demand.activity === "work";
  delivery.isPumping = isWorking && isMixerThere(delivery);
  if (isWorking) delivery.pumpedSeconds += dt;
  stepStrokes(delivery, of, drive, dt);
  stepPressure(delivery, of.parameters, drive, dt);
  stepAccumulator(delivery, of.parameters, drive, dt);
  stepWaterBox(delivery, of.parameters, drive, ambientC, dt);
  stepHopper(delivery, of.parameters, drive, dt);
}

/** A mixer truck brings about 9 m³; then the next one backs up. */
const isMixerThere = ({ pumpedSeconds }: ConcreteDelivery) => pumpedSeconds % 780 < 620;

function stepStrokes(
  delivery: ConcreteDelivery,
  of: { readonly size: DeliverySize; readonly parameters: DeliveryParameters },
  { demand, isReversing, caseDrainLpm }: DeliveryDrive,
  dt: number,
): void {
  const { size, parameters } = of;
  const forwards = delivery.isPumping ? 11 + 15 * demand.effort : 0;
  delivery.strokesPerMinute = towards(
    delivery.strokesPerMinute,
    isReversing ? 10 : forwards,
    dt,
    1.5,
  );
  if (delivery.strokesPerMinute < 0.05) delivery.strokesPerMinute = 0;
  const leaks = caseDrainLpm / Math.max(1, delivery.strokesPerMinute * size.litresPerStroke);
  const moved = Math.max(0, 1 - leaks - parameters.cuttingRingLeak);
  delivery.strokeCount += (delivery.strokesPerMinute / 60) * dt * moved;
  const filled = isReversing ? 0 : filling * (1 - parameters.pistonLeak);
  delivery.outputM3PerHour = delivery.strokesPerMinute * 60 * size.cylinderM3 * filled * moved;
}

function stepPressure(
  delivery: ConcreteDelivery,
  parameters: DeliveryParameters,
  { demand, isReversing, engineRpm }: DeliveryDrive,
  dt: number,
): void {
  // Height and length of the line change with the boom; stiffness of the concrete with the load.
  const place =
    1 +
    0.12 * Math.sin(delivery.pumpedSeconds / 170) +
    0.06 * Math.sin(delivery.pumpedSeconds / 41);
  const share = (delivery.strokesPerMinute / 24) ** 0.7;
  const forwards = delivery.isPumping
    ? (70 + 120 * demand.effort * share) * place * parameters.lineResistance
    : 0;
  const wanted = isReversing ? 60 : forwards;
  delivery.linePressureBar = towards(
    delivery.linePressureBar,
    Math.min(reliefBar, wanted),
    dt,
    1.2,
  );
  const phase = delivery.strokeCount % 1;
  const dips = delivery.isPumping && phase < 0.08 ? 0.55 : 1;
  const lost = 1 - parameters.cuttingRingLeak * 0.6;
  const idleBar = engineRpm > 300 ? 22 : 0;
  const target = Math.max(idleBar, delivery.linePressureBar * dips * lost);
  delivery.mainPressureBar = towards(delivery.mainPressureBar, target, dt, 0.3);
}

/** With little nitrogen left the oil side has no spring: pressure sags at each shift and the valve turns slowly. */
function stepAccumulator(
  delivery: ConcreteDelivery,
  { preChargeBar }: DeliveryParameters,
  { engineRpm, oilC }: DeliveryDrive,
  dt: number,
): void {
  const weakness = Math.min(1, Math.max(0, 1 - preChargeBar / fullPreChargeBar));
  const phase = delivery.strokeCount % 1;
  const isShifting = delivery.isPumping && phase < 0.12;
  const sag = delivery.isPumping ? (isShifting ? 18 + 95 * weakness : 70 * weakness) : 10;
  const target = engineRpm > 300 ? accumulatorSetBar - sag : 0;
  delivery.accumulatorBar = towards(delivery.accumulatorBar, target, dt, target === 0 ? 900 : 0.6);
  const cold = Math.max(0, 35 - oilC) * 1.6;
  delivery.shiftTimeMs = 235 + cold + 420 * weakness ** 1.5;
}

function stepWaterBox(
  delivery: ConcreteDelivery,
  { pistonLeak }: DeliveryParameters,
  { oilC, engineRpm }: DeliveryDrive,
  ambientC: number,
  dt: number,
): void {
  const strokes = delivery.strokesPerMinute;
  // Rods bring oil's warmth, worn pistons bring grout that sets and rubs.
  const rodsKw = strokes * 0.022 * Math.max(0, (oilC - ambientC) / 30);
  const groutKw = strokes * 0.9 * pistonLeak;
  const coolKwPerK = 0.075;
  const restC = ambientC + (rodsKw + groutKw) / coolKwPerK;
  delivery.waterBoxC = towards(delivery.waterBoxC, restC, dt, (500 / (coolKwPerK * 1000)) * 100);
  if (delivery.isPumping) delivery.waterPercent = Math.max(20, delivery.waterPercent - dt / 900);
  if (engineRpm === 0) delivery.waterPercent = 85;
}

function stepHopper(
  delivery: ConcreteDelivery,
  parameters: DeliveryParameters,
  { demand, oilC }: DeliveryDrive,
  dt: number,
): void {
  const stiffness = 1 + Math.max(0, 40 - oilC) / 100;
  delivery.agitatorBar = towards(
    delivery.agitatorBar,
    delivery.isPumping ? 82 * stiffness * parameters.agitatorDrag : 0,
    dt,
    1,
  );
  if (delivery.isPumping) delivery.greasePercent = Math.max(0, delivery.greasePercent - dt / 1400);
  const isFilled = demand.activity === "off" && parameters.greaseFilled > 0.5;
  if (isFilled && delivery.greasePercent < 45) delivery.greasePercent = 95;
}
