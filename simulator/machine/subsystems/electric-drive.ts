import { towards } from "./towards.ts";

/** Physical parameters of a motor on a frequency converter that faults change. */
export interface DriveParameters {
  /** Share of its air that the motor's fan still moves. */
  motorFan: number;
  /** Share of its air that the converter's heat sink still gets. */
  sinkAir: number;
}

export const healthyDrive: Readonly<DriveParameters> = { motorFan: 1, sinkAir: 1 };

export interface DriveSize {
  readonly ratedKw: number;
  readonly ratedRpm: number;
}

/** State of a drive. Torque and current in percent of the rated ones, temperatures in °C, powers in kW. */
export interface ElectricDrive {
  speedRpm: number;
  torquePercent: number;
  currentPercent: number;
  windingC: number;
  sinkC: number;
  /** At the shaft; negative while the load drives the motor. */
  shaftKw: number;
  /** What the motor and the converter turn into heat. */
  motorLossKw: number;
  converterLossKw: number;
  /** What the air takes from winding and heat sink. */
  motorCooledKw: number;
  sinkCooledKw: number;
  /** From the supply, and into the brake resistor. */
  electricKw: number;
  resistorKw: number;
}

export interface DriveDemand {
  readonly isOn: boolean;
  readonly speedRpm: number;
  /** Of the load at steady speed, percent of the rated torque, in the direction of positive speed. */
  readonly torquePercent: number;
  /** Seconds to follow a new speed. */
  readonly rampSeconds: number;
}

/**
 * Of the winding and of the heat sink at rated current for ever, kelvin. Engineering defaults: a motor of duty type S3 40 %
 * may rise by 105 K (class F, IEC 60034-1) while it is on for two fifths of the time.
 */
const windingRiseK = 200;
const sinkRiseK = 22;
const windingSeconds = 1500;
const sinkSeconds = 300;
const copperShare = 0.06;
const ironShare = 0.02;
const converterShare = 0.025;
const magnetisingPercent = 28;

export const restingDrive = (ambientC: number): ElectricDrive => ({
  speedRpm: 0,
  torquePercent: 0,
  currentPercent: 0,
  windingC: ambientC,
  sinkC: ambientC,
  shaftKw: 0,
  motorLossKw: 0,
  converterLossKw: 0,
  motorCooledKw: 0,
  sinkCooledKw: 0,
  electricKw: 0,
  resistorKw: 0,
});

/**
 * Advances a drive by `dt` seconds, in place: speed follows on a ramp that costs torque, current follows torque (and speed
 * where the field is weakened), losses heat winding and heat sink, which lose heat to their air. What a pulling load gives
 * back goes into a resistor.
 * @param air outside, and in the cabinet of the converter, °C
 */
export function stepDrive(
  drive: ElectricDrive,
  of: { readonly size: DriveSize; readonly parameters: DriveParameters },
  demand: DriveDemand,
  air: { readonly ambientC: number; readonly cabinetC: number },
  dt: number,
): void {
  const { size, parameters } = of;
  const wantedRpm = demand.isOn ? demand.speedRpm : 0;
  const before = drive.speedRpm;
  drive.speedRpm = towards(before, wantedRpm, dt, demand.rampSeconds);
  if (wantedRpm === 0 && Math.abs(drive.speedRpm) < 8) drive.speedRpm = 0;
  const isDriven = demand.isOn && wantedRpm !== 0;
  const ramp = (45 * (wantedRpm - drive.speedRpm)) / size.ratedRpm;
  drive.torquePercent = isDriven ? Math.max(-250, Math.min(250, demand.torquePercent + ramp)) : 0;
  const turns = drive.speedRpm / size.ratedRpm;
  const weakening = Math.max(1, Math.abs(turns));
  drive.currentPercent = isDriven
    ? Math.min(300, Math.hypot(magnetisingPercent, 0.96 * drive.torquePercent * weakening))
    : 0;
  drive.shaftKw = (size.ratedKw * drive.torquePercent * turns) / 100;
  stepHeat(drive, size, parameters, { ...air, isOn: demand.isOn, turns: Math.abs(turns) }, dt);
  const electricKw = drive.shaftKw + drive.motorLossKw + drive.converterLossKw;
  drive.electricKw = Math.max(0, electricKw);
  drive.resistorKw = Math.max(0, -electricKw);
}

function stepHeat(
  drive: ElectricDrive,
  { ratedKw }: DriveSize,
  parameters: DriveParameters,
  now: {
    readonly ambientC: number;
    readonly cabinetC: number;
    readonly isOn: boolean;
    readonly turns: number;
  },
  dt: number,
): void {
  const current = drive.currentPercent / 100;
  drive.motorLossKw = ratedKw * (copperShare * current ** 2 + ironShare * Math.min(1, now.turns));
  const ratedKwPerK = (ratedKw * (copperShare + ironShare)) / windingRiseK;
  // The fan turns as long as the control is on; without it the housing alone cools.
  const motorKwPerK = ratedKwPerK * (now.isOn ? 0.1 + 0.9 * parameters.motorFan : 0.1);
  const windingRestC = now.ambientC + drive.motorLossKw / motorKwPerK;
  drive.motorCooledKw = motorKwPerK * (drive.windingC - now.ambientC);
  drive.windingC = towards(
    drive.windingC,
    windingRestC,
    dt,
    (ratedKwPerK * windingSeconds) / motorKwPerK,
  );
  drive.converterLossKw = now.isOn ? ratedKw * (converterShare * current + 0.002) : 0;
  const wholeKwPerK = (ratedKw * converterShare) / sinkRiseK;
  const sinkKwPerK = wholeKwPerK * (0.05 + 0.95 * parameters.sinkAir);
  const sinkRestC = now.cabinetC + drive.converterLossKw / sinkKwPerK;
  drive.sinkCooledKw = sinkKwPerK * (drive.sinkC - now.cabinetC);
  drive.sinkC = towards(drive.sinkC, sinkRestC, dt, (wholeKwPerK * sinkSeconds) / sinkKwPerK);
}
