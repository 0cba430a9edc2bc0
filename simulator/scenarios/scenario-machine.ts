import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type ActiveCode, noCodes } from "../buses/bus-input.ts";
import type { Measured } from "../machine/machine-model.ts";
import { machineTypes } from "../machine/registry.ts";
import { seedFor } from "../random.ts";
import { createSimulation } from "../run/simulation.ts";
import type { TrueFault } from "../run/truth.ts";
import type { Demand } from "../surroundings/duty.ts";
import { drawFaults } from "./draw-faults.ts";
import { usualCause } from "./executed-repair.ts";
import type { FaultDraw } from "./organisation-schema.ts";
import { machinesOf, type ScenarioCode, type ScenarioGroup } from "./scenario-schema.ts";

/** One machine of a scenario, as whoever reads its buses sees it, and what really is the matter with it. */
export interface ScenarioMachine {
  readonly machineId: string;
  readonly group: string;
  readonly plan: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly demand: Demand;
  /** Control units that send DM1, by source address. */
  readonly type: { readonly controlUnits: readonly number[] };
  /** In steps of a second, or of `longestStepMs` where that is given, while it works. */
  advanceTo(timeMs: number, longestStepMs?: number): void;
  signals(): Measured;
  codes(): readonly ActiveCode[];
  faults(): readonly ScenarioFault[];
  /** Ends a fault as a right repair does. */
  repair(fault: string): void;
  /** Codes that it names by order of the scenario; what they mean is the plan's business. */
  readonly orderedCodes: readonly ScenarioCode[];
}

/** A fault, and what people would find that it is; empty where the plan has no cause for it. */
export interface ScenarioFault extends TrueFault {
  readonly cause: string;
}

const hourMs = 3_600_000;
const standing: Demand = { activity: "idle", effort: 0, roughness: 0 };

interface Setting {
  readonly plan: Plan;
  readonly seed: number;
  readonly startMs: number;
  /** Faults by chance over so many hours. */
  readonly draw?: { readonly of: FaultDraw; readonly hours: number } | undefined;
}

/** @throws TypeError for a fault that the type does not have. */
export function createScenarioMachines(
  group: ScenarioGroup,
  of: Setting,
): readonly ScenarioMachine[] {
  const { plan, body = "works", codes = [] } = group;
  return machinesOf(group).map((machineId) => {
    const seed = seedFor(of.seed, machineId);
    const drawn = of.draw
      ? drawFaults(of.draw.of, { seed: of.seed, machineId, hours: of.draw.hours })
      : [];
    const faults = [...(group.faults ?? []), ...drawn];
    const living =
      body === "works"
        ? workingBody({ ...group, faults }, { ...of, seed })
        : standingBody(of.startMs, codes);
    const scheduled = scheduleCodes(codes, of.startMs);
    return {
      ...{ machineId, group: group.group, plan, orderedCodes: codes },
      get timeMs() {
        return living.timeMs;
      },
      get demand() {
        return living.demand;
      },
      type: { controlUnits: [...new Set([...living.controlUnits, ...codes.map(({ sa }) => sa)])] },
      advanceTo: (timeMs, longestStepMs) => living.advanceTo(timeMs, longestStepMs),
      signals: () => living.signals(),
      codes: () => [...living.codes(), ...scheduled(living.timeMs)],
      faults: () => living.faults(),
      repair: (fault) => living.repair(fault),
    };
  });
}

interface Body
  extends Pick<
    ScenarioMachine,
    "timeMs" | "demand" | "advanceTo" | "signals" | "codes" | "faults" | "repair"
  > {
  readonly controlUnits: readonly number[];
}

function workingBody(
  { plan: id, faults = [] }: ScenarioGroup,
  { plan, seed, startMs }: { readonly plan: Plan; readonly seed: number; readonly startMs: number },
): Body {
  const type = machineTypes[id];
  if (!type) throw new TypeError(`${id} is no type of machine that can be simulated`);
  const { signals } = plan.acquisition;
  const modes = new Map(type.faults.map(({ id, failureMode }) => [id, failureMode]));
  const causes = new Map(
    faults.map(({ fault, cause }) => [fault, cause ?? usualCause(plan, modes.get(fault) ?? "")]),
  );
  const simulation = createSimulation({
    ...{ type, seed, startMs },
    faults: faults.map(({ fault, atHour, lifeHours }) => ({
      ...{ fault, fromMs: startMs + atHour * hourMs },
      ...(lifeHours === undefined ? {} : { lifeHours }),
    })),
    lowestOf: (signal) => signals[signal]?.range[0] ?? 0,
  });
  return {
    get timeMs() {
      return simulation.timeMs;
    },
    get demand() {
      return simulation.demand;
    },
    controlUnits: type.controlUnits,
    advanceTo: (timeMs, longestStepMs) => simulation.advanceTo(timeMs, longestStepMs),
    signals: () => simulation.signals(),
    codes: () => simulation.codes(),
    faults: () =>
      simulation
        .truth()
        .faults.map((fault) => ({ ...fault, cause: causes.get(fault.fault) ?? "" })),
    repair: (fault) => simulation.repair(fault),
  };
}

function standingBody(startMs: number, codes: readonly ScenarioCode[]): Body {
  let timeMs = startMs;
  return {
    get timeMs() {
      return timeMs;
    },
    demand: standing,
    controlUnits: codes.map(({ sa }) => sa),
    advanceTo(toMs) {
      timeMs = Math.max(timeMs, toMs);
    },
    signals: () => ({}),
    codes: () => noCodes,
    faults: () => [],
    repair: () => undefined,
  };
}

/** The codes that are active at a time. */
export function scheduleCodes(
  codes: readonly ScenarioCode[],
  startMs: number,
): (timeMs: number) => readonly ActiveCode[] {
  return (timeMs) => {
    const hour = (timeMs - startMs) / hourMs;
    return codes
      .filter((code) => isActive(code, hour))
      .map(({ sa, spn, fmi, lamp = "amber" }) => ({
        ...{ sa, spn, fmi, lamp },
      }));
  };
}

function isActive(
  { fromHour, untilHour = Number.POSITIVE_INFINITY, flaps }: ScenarioCode,
  hour: number,
) {
  if (hour < fromHour || hour >= untilHour) return false;
  if (!flaps) return true;
  const { onSeconds, offSeconds } = flaps;
  const seconds = Math.round((hour - fromHour) * 3_600);
  return seconds % (onSeconds + offSeconds) < onSeconds;
}
