import type { SensorFault } from "../faults/sensor-faults.ts";
import type { MachineRun, MachineType } from "../machine/machine-model.ts";

/** What really was the matter with a simulated machine. It lies beside the data and never reaches the product. */
export interface Truth {
  readonly machineType: string;
  readonly seed: number;
  readonly faults: readonly TrueFault[];
  readonly sensorFaults: readonly TrueSensorFault[];
}

/** Times are ISO 8601, null where it did not come to it. */
export interface TrueFault {
  readonly fault: string;
  readonly failureMode: string;
  readonly from: string;
  /** From when on some signal shows it, in principle. */
  readonly visibleAt: string | null;
  readonly failedAt: string | null;
  /** From when on it was whole again. */
  readonly repairedAt: string | null;
  readonly stopsTheMachine: boolean;
  readonly severity: number;
}

export interface TrueSensorFault {
  readonly signal: string;
  readonly kind: string;
  readonly from: string;
}

export function truthOf(of: {
  readonly type: MachineType;
  readonly seed: number;
  readonly run: Pick<MachineRun, "courses">;
  readonly sensorFaults: readonly SensorFault[];
}): Truth {
  const { type, seed, run, sensorFaults } = of;
  const stops = new Map(type.faults.map(({ id, stops }) => [id, stops]));
  return {
    machineType: type.machineType,
    seed,
    faults: run.courses.map((course) => ({
      fault: course.fault,
      failureMode: course.failureMode,
      from: new Date(course.fromMs).toISOString(),
      visibleAt: isoOrNull(course.visibleMs),
      failedAt: isoOrNull(course.failedMs),
      repairedAt: isoOrNull(course.repairedMs),
      stopsTheMachine: stops.get(course.fault) ?? false,
      severity: course.severity,
    })),
    sensorFaults: sensorFaults.map(({ signal, kind, fromMs }) => ({
      signal,
      kind,
      from: new Date(fromMs).toISOString(),
    })),
  };
}

const isoOrNull = (timeMs: number) =>
  Number.isNaN(timeMs) ? null : new Date(timeMs).toISOString();
