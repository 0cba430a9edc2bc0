import { type FaultCourse, repairFault, startFault, stepFault } from "../faults/fault-course.ts";
import type { FaultModel } from "../faults/fault-model.ts";
import { createRandom, seedFor } from "../random.ts";
import type {
  FaultOrder,
  MachineModel,
  MachineRun,
  MachineRunSetup,
  MachineType,
} from "./machine-model.ts";

const standing = { activity: "off", effort: 0, roughness: 0 } as const;

interface Growing<Parameters> {
  readonly model: FaultModel<Parameters>;
  readonly course: FaultCourse;
}

/** Makes a machine type of a model; its parameters are seen by its faults and by nobody else. */
export function defineMachine<Parameters extends object>(
  model: MachineModel<Parameters>,
): MachineType {
  const { machineType, controlUnits, faults } = model;
  return { machineType, controlUnits, faults, start: (setup) => startRun(model, setup) };
}

function startRun<Parameters extends object>(
  model: MachineModel<Parameters>,
  { seed, hours, ambientC, faults }: MachineRunSetup,
): MachineRun {
  const parameters = model.healthy();
  const random = createRandom(seedFor(seed, "noise"));
  const body = model.create({ parameters, random, hours, ambientC });
  const growing = faults.map((order) => grow(model, seed, order));
  let nowMs = Number.NaN;
  const hasStopped = () =>
    growing.some(({ model: { stops }, course }) => stops && course.progress >= 1);
  return {
    step(timeMs, conditions, dt) {
      nowMs = timeMs;
      if (growing.length > 0) {
        damage(growing, {
          timeMs,
          dt,
          load: body.load(),
          isRunning: conditions.demand.activity !== "off",
        });
        Object.assign(parameters, model.healthy());
        for (const { model: fault, course } of growing)
          if (course.severity > 0) fault.apply(parameters, course.severity);
      }
      body.step(hasStopped() ? { ...conditions, demand: standing } : conditions, dt);
    },
    signals: () => body.signals(),
    codes: () => body.codes(),
    power: () => body.power(),
    courses: growing.map(({ course }) => course),
    get isStopped() {
      return hasStopped();
    },
    repair(fault) {
      for (const { course } of growing) if (course.fault === fault) repairFault(course, nowMs);
    },
  };
}

function grow<Parameters extends object>(
  model: MachineModel<Parameters>,
  seed: number,
  order: FaultOrder,
): Growing<Parameters> {
  const fault = model.faults.find(({ id }) => id === order.fault);
  if (!fault) {
    const known = model.faults.map(({ id }) => id).join(", ");
    throw new TypeError(`${model.machineType} has no fault ${order.fault}; it has ${known}`);
  }
  const course = startFault(fault, { ...order, seed: seedFor(seed, `life of ${fault.id}`) });
  return { model: fault, course };
}

function damage<Parameters>(
  growing: readonly Growing<Parameters>[],
  now: {
    readonly timeMs: number;
    readonly dt: number;
    readonly load: number;
    readonly isRunning: boolean;
  },
): void {
  const exposures = { always: 1, running: now.isRunning ? 1 : 0, "under-load": now.load };
  for (const { model, course } of growing)
    stepFault(course, model, { ...now, exposure: exposures[model.grows] });
}
