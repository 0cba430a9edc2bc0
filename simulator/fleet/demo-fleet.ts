import type { FaultOrder, MachineType } from "../machine/machine-model.ts";
import { machineTypes } from "../machine/registry.ts";
import { createSimulation } from "../run/simulation.ts";
import type { Demand } from "../surroundings/duty.ts";
import type { DemoDuty, DemoMachine } from "./demo-machines.ts";
import { type SimulatedBody, type SimulatedMachine, startMachine } from "./simulated-machine.ts";

/** Seconds after the start at which `PUMP-002` begins to fail, unless told otherwise. */
export const demoFaultAfterSeconds = 35;

/**
 * Weeks of leaking nitrogen in minutes, so that a newcomer sees a ticket arise: some of it is over when it begins to
 * show, and the rule has a minute to see it before the machine stops.
 */
const leakHours = 180 / 3600;
const leakedMs = 75_000;
const leaking = { machineId: "PUMP-002", fault: "accumulator-loses-nitrogen" } as const;
/** Of work before the start: nobody waits for a cold machine to warm up. */
const warmUpMs = 2 * 3_600_000;
const hourMs = 3_600_000;
/** What a gateway needs to read everything once, with some to spare. */
export const shiftEndsAfterMs = 25_000;

const demands: Readonly<Record<DemoDuty, Demand>> = {
  work: { activity: "work", effort: 0.6, roughness: 0.3 },
  idle: { activity: "idle", effort: 0, roughness: 0.3 },
  off: { activity: "idle", effort: 0, roughness: 0.3 },
  offline: { activity: "idle", effort: 0, roughness: 0.3 },
};

function bodyOf(machine: DemoMachine, type: MachineType, faults: readonly FaultOrder[]) {
  const nowMs = Date.now();
  const { seed, hours, province, duty } = machine;
  const grown = faults.reduce((first, { fromMs }) => Math.min(first, fromMs), nowMs);
  const startMs = Math.min(grown, nowMs - warmUpMs);
  const simulation = createSimulation({
    ...{ type, seed, province, faults, startMs },
    hours: hours - (nowMs - startMs) / hourMs,
    demandAt: () => demands[duty],
  });
  simulation.advanceTo(nowMs);
  let codes = simulation.codes();
  return {
    controlUnits: type.controlUnits,
    step: (dt) => simulation.advanceTo(simulation.timeMs + dt * 1000),
    signals: () => simulation.signals(),
    codes() {
      const now = simulation.codes();
      if (JSON.stringify(now) !== JSON.stringify(codes)) codes = now;
      return codes;
    },
  } satisfies SimulatedBody;
}

/** A fault that its type does not have grows on nobody. */
function faultsOf(
  { machineId, fault }: DemoMachine,
  type: MachineType,
  faultAfterSeconds: number,
): FaultOrder[] {
  const nowMs = Date.now();
  const leak = {
    fault: leaking.fault,
    fromMs: nowMs + faultAfterSeconds * 1000 - leakedMs,
    lifeHours: leakHours,
  };
  const orders = [
    ...(machineId === leaking.machineId && Number.isFinite(leak.fromMs) ? [leak] : []),
    ...(fault
      ? [
          {
            fault: fault.fault,
            fromMs: nowMs - fault.sinceHours * hourMs,
            lifeHours: fault.lifeHours,
          },
        ]
      : []),
  ];
  return orders.filter((order) => type.faults.some(({ id }) => id === order.fault));
}

/**
 * Lets a machine of the demonstration live. One that is off shift idles for a moment, so that its last values and its
 * health are known, and is then switched off: its buses are there and silent.
 * Undefined for a type that nobody simulates. `tickMs`: how often its buses send what has come due.
 * @throws CodedError of the transports
 */
export async function startDemoMachine(
  machine: DemoMachine,
  of: { readonly faultAfterSeconds: number; readonly tickMs?: number },
): Promise<SimulatedMachine | undefined> {
  const { machineId, machineType, duty, silentUnit } = machine;
  const type = machineTypes[machineType];
  if (!type) return undefined;
  const body = bodyOf(machine, type, faultsOf(machine, type, of.faultAfterSeconds));
  const started = await startMachine(machineId, machineType, body, {
    ...(of.tickMs === undefined ? {} : { tickMs: of.tickMs }),
  });
  for (const unit of started.buses.controlUnits)
    if (unit.homeAddress === silentUnit) unit.silence();
  if (duty === "work" || duty === "idle") return started;
  const ending = setTimeout(started.switchOff, shiftEndsAfterMs);
  return {
    ...started,
    stop() {
      clearTimeout(ending);
      return started.stop();
    },
  };
}
