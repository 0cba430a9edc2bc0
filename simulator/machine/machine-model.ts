import type { ActiveCode } from "../buses/bus-input.ts";
import type { FaultCourse } from "../faults/fault-course.ts";
import type { FaultModel } from "../faults/fault-model.ts";
import type { Demand } from "../surroundings/duty.ts";
import type { Weather } from "../surroundings/weather.ts";

/** What a machine measures now, by the signal names of its plan; null is not available, NaN a sensor error. */
export type Measured = Record<string, number | null>;

/** What a machine stands in at one instant. */
export interface Conditions extends Weather {
  readonly demand: Demand;
}

/** Where power comes from and goes to now, kW; what is in and not out heats what has mass. */
export interface PowerBalance {
  readonly inKw: number;
  readonly outKw: number;
  readonly storedKw: number;
}

/** A machine without faults of its own: stepped in place, asked what it measures. `Parameters` is all that faults change. */
export interface MachineBody {
  /** Advances it by `dt` seconds: at most 1 while it is worked, at most 60 while it stands. */
  step(conditions: Conditions, dt: number): void;
  /** What the sensors say; noise is drawn here. */
  signals(): Measured;
  codes(): readonly ActiveCode[];
  power(): PowerBalance;
  /** How hard it works now: 0 not at all, about 1 at nominal load. */
  load(): number;
}

export interface MachineSetup<Parameters> {
  readonly parameters: Parameters;
  readonly random: () => number;
  /** Operating hours at the start. */
  readonly hours: number;
  readonly ambientC: number;
}

export interface MachineModel<Parameters extends object> {
  /** Its folder under plans/. */
  readonly machineType: string;
  /** Control units that send DM1, by source address. */
  readonly controlUnits: readonly number[];
  healthy(): Parameters;
  create(setup: MachineSetup<Parameters>): MachineBody;
  readonly faults: readonly FaultModel<Parameters>[];
}

/** One fault that a run is to have. */
export interface FaultOrder {
  /** `id` of the fault. */
  readonly fault: string;
  /** From when on it grows, milliseconds since the epoch. */
  readonly fromMs: number;
  /** Hours it takes at nominal load, instead of what the seed draws. */
  readonly lifeHours?: number;
}

export interface MachineRunSetup {
  readonly seed: number;
  readonly hours: number;
  readonly ambientC: number;
  readonly faults: readonly FaultOrder[];
}

/** A machine with its faults. */
export interface MachineRun {
  step(timeMs: number, conditions: Conditions, dt: number): void;
  signals(): Measured;
  codes(): readonly ActiveCode[];
  power(): PowerBalance;
  readonly courses: readonly FaultCourse[];
  /** A fault has stopped it: whatever the operator wants, it stands. */
  readonly isStopped: boolean;
  /** Ends a fault as a right repair does. */
  repair(fault: string): void;
}

/** A machine type whose parameters are nobody's business but its own. */
export interface MachineType {
  readonly machineType: string;
  readonly controlUnits: readonly number[];
  readonly faults: readonly Omit<FaultModel<object>, "apply">[];
  /** @throws TypeError for a fault the type does not have. */
  start(setup: MachineRunSetup): MachineRun;
}
