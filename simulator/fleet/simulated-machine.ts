import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { ActiveCode, ActiveEmergency, BusInput, SignalValues } from "../buses/bus-input.ts";
import {
  type BusAddresses,
  type CanTransport,
  type LiveBuses,
  type ModbusTransport,
  startLiveBuses,
} from "../buses/live-buses.ts";
import type { MachineBuses } from "../buses/machine-buses.ts";

/** A machine by its physics alone: it is stepped and asked what its sensors measure. */
export interface SimulatedBody {
  /** Source addresses of control units that tell trouble codes, beside those of which the plan has signals. */
  readonly controlUnits: readonly number[];
  step(dtSeconds: number): void;
  signals(): SignalValues;
  /** Trouble codes that are active; the same array as long as nothing changes. */
  codes?(): readonly ActiveCode[];
  /** Emergencies of CANopen nodes; the same array as long as nothing changes. */
  emergencies?(): readonly ActiveEmergency[];
}

/** A running machine: where a gateway can read its buses, and what can happen to its control units. */
export interface SimulatedMachine extends BusAddresses {
  readonly machineId: string;
  readonly plan: Plan;
  /** Its nodes and devices, for faults. */
  readonly buses: MachineBuses;
  /** Nothing of it moves or speaks any more; its buses stay where they are. */
  switchOff(): void;
  stop(): Promise<void>;
}

/** The transports of a machine's buses. */
export interface MachineTransports {
  readonly can?: CanTransport;
  readonly modbus?: ModbusTransport;
  /** How often the buses send what has come due, ms. Text carries its own times, so that it may be seldom. */
  readonly tickMs?: number;
}

/** The buses need a finer step than the physics. Engineering defaults. */
const busTickMs = 10;
const bodyTickMs = 100;
/** So far the stamps may be from the clock before they are set to it. */
const clockSlackMs = 200;

/** Starts the buses of a machine and lets it live in real time until it is stopped. */
export async function startMachine(
  machineId: string,
  planId: string,
  body: SimulatedBody,
  { tickMs = busTickMs, ...transports }: MachineTransports = {},
): Promise<SimulatedMachine> {
  const plan = loadPlan(planId);
  const { controlUnits } = body;
  const live = await startLiveBuses(plan, { machineId, controlUnits, ...transports });
  const timer = setInterval(createBeat(body, live), tickMs);
  return {
    machineId,
    plan,
    buses: live.buses,
    ...live.addresses,
    switchOff() {
      clearInterval(timer);
      for (const device of live.buses.modbusDevices) device.silence();
    },
    async stop() {
      clearInterval(timer);
      await live.close();
    },
  };
}

function createBeat(body: SimulatedBody, live: LiveBuses) {
  let lastMs = performance.now();
  let machineMs = 0;
  let bodyMs = 0;
  let zeroMs = Date.now();
  let input = inputOf(body);
  return () => {
    const nowMs = performance.now();
    // When the process was held up for longer, so was the machine.
    machineMs += Math.min(live.longestStepMs, nowMs - lastMs);
    lastMs = nowMs;
    if (machineMs - bodyMs >= bodyTickMs) {
      body.step((machineMs - bodyMs) / 1_000);
      bodyMs = machineMs;
      input = inputOf(body);
    }
    const presentZeroMs = Date.now() - machineMs;
    if (Math.abs(presentZeroMs - zeroMs) > clockSlackMs) zeroMs = presentZeroMs;
    live.step(machineMs, zeroMs, input);
  };
}

const inputOf = (body: SimulatedBody): BusInput => ({
  values: body.signals(),
  ...(body.codes ? { codes: body.codes() } : {}),
  ...(body.emergencies ? { emergencies: body.emergencies() } : {}),
});
