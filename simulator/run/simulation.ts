import type { ActiveCode } from "../buses/bus-input.ts";
import { createSensorFaults, type SensorFault } from "../faults/sensor-faults.ts";
import type {
  FaultOrder,
  MachineRun,
  MachineType,
  Measured,
  PowerBalance,
} from "../machine/machine-model.ts";
import { seedFor } from "../random.ts";
import { climates, type Province } from "../surroundings/climate.ts";
import { createDuty, type Demand, type DutyProfile } from "../surroundings/duty.ts";
import { usualDuty } from "../surroundings/usual-duty.ts";
import { weatherAt } from "../surroundings/weather.ts";
import { type Truth, truthOf } from "./truth.ts";

export interface SimulationOptions {
  readonly type: MachineType;
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly province?: Province;
  /** Operating hours at the start; default 2,000. */
  readonly hours?: number;
  readonly duty?: DutyProfile;
  readonly faults?: readonly FaultOrder[];
  readonly sensorFaults?: readonly SensorFault[];
  /** Lower end of a signal's range, by name. */
  readonly lowestOf?: (signal: string) => number;
  /** Longest step while it is worked, ms; default a second. Coarser ones lose the cycles of the work, not its warmth. */
  readonly workingStepMs?: number;
  /** How long the weather stays as it was looked at, ms; default a minute. */
  readonly weatherEveryMs?: number;
  /** What the operator wants, where it is not to be drawn. */
  readonly demandAt?: (timeMs: number) => Demand;
}

/** One machine in its surroundings, from its start to wherever it is taken. The same options give the same run. */
export interface Simulation {
  readonly type: MachineType;
  readonly timeMs: number;
  readonly demand: Demand;
  /** Lives on to this time, in steps of a second or of `longestStepMs` at most while it is worked. Never back. */
  advanceTo(timeMs: number, longestStepMs?: number): void;
  /** What its sensors say now; asked twice, noise is drawn twice. */
  signals(): Measured;
  codes(): readonly ActiveCode[];
  power(): PowerBalance;
  truth(): Truth;
  repair(fault: string): void;
}

const standingStepMs = 60_000;
const usualWorkingStepMs = 1_000;
const usualWeatherEveryMs = 60_000;

/** @throws TypeError for a fault that the type does not have. */
export function createSimulation(options: SimulationOptions): Simulation {
  const { type, seed, startMs, province = "CN-HN" } = options;
  const { workingStepMs = usualWorkingStepMs, weatherEveryMs = usualWeatherEveryMs } = options;
  const climate = climates[province];
  const placeSeed = seedFor(seed, "place");
  const demandAt =
    options.demandAt ?? createDuty(placeSeed, options.duty ?? usualDuty(type.machineType), climate);
  let timeMs = startMs;
  let weather = weatherAt(placeSeed, climate, timeMs);
  let weatherMs = timeMs;
  let demand = demandAt(timeMs);
  const run: MachineRun = type.start({
    seed,
    hours: options.hours ?? 2_000,
    ambientC: weather.ambientC,
    faults: options.faults ?? [],
  });
  const falsify = createSensorFaults(options.sensorFaults ?? [], {
    seed,
    lowestOf: options.lowestOf ?? (() => 0),
  });
  const step = (toMs: number, longestWorkingMs: number) => {
    demand = demandAt(timeMs);
    const longestMs = demand.activity === "off" ? standingStepMs : longestWorkingMs;
    const nextMs = Math.min(toMs, timeMs + longestMs);
    if (timeMs - weatherMs >= weatherEveryMs) {
      weather = weatherAt(placeSeed, climate, timeMs);
      weatherMs = timeMs;
    }
    run.step(timeMs, { ...weather, demand }, (nextMs - timeMs) / 1000);
    timeMs = nextMs;
  };
  return {
    type,
    get timeMs() {
      return timeMs;
    },
    get demand() {
      return demand;
    },
    advanceTo(toMs, longestStepMs = workingStepMs) {
      while (timeMs < toMs) step(toMs, longestStepMs);
    },
    signals() {
      const measured = run.signals();
      falsify(timeMs, measured);
      return measured;
    },
    codes: () => run.codes(),
    power: () => run.power(),
    truth: () => truthOf({ type, seed, run, sensorFaults: options.sensorFaults ?? [] }),
    repair: (fault) => run.repair(fault),
  };
}
