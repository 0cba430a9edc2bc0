import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type CandumpServer, startCandumpServer } from "../buses/candump-server.ts";
import {
  createJ1939Encoder,
  encodeDm1,
  type SignalValues,
  toCandumpLine,
} from "../buses/j1939-encoder.ts";
import { type ModbusServer, startModbusServer } from "../buses/modbus-server.ts";

/** A machine by its physics alone: it is stepped and asked what its sensors measure. */
export interface SimulatedBody {
  /** Source addresses of the control units that send DM1. */
  readonly controlUnits: readonly number[];
  step(dtSeconds: number): void;
  signals(): SignalValues;
}

/** A running machine: where a gateway can read its buses. */
export interface SimulatedMachine {
  readonly machineId: string;
  readonly plan: Plan;
  /** CAN as candump text over TCP. */
  readonly canUrl: string;
  /** Modbus TCP devices by their name in the plan. */
  readonly modbus: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
  stop(): Promise<void>;
}

const tickMs = 100;
const dm1EveryTicks = 10; // once a second, SAE J1939-73

/** Starts the buses of a machine and lets it live in real time until it is stopped. */
export async function startMachine(
  machineId: string,
  planId: string,
  body: SimulatedBody,
): Promise<SimulatedMachine> {
  const plan = loadPlan(planId);
  const can = await startCandumpServer();
  const modbus = new Map<string, ModbusServer>();
  for (const device of Object.keys(plan.acquisition.modbusDevices ?? {}))
    modbus.set(device, await startModbusServer(plan, device));
  const beat = createBeat(plan, body, can, modbus);
  const timer = setInterval(beat, tickMs);
  return {
    machineId,
    plan,
    canUrl: can.url,
    modbus: Object.fromEntries(
      [...modbus].map(([device, { host, port }]) => [device, { host, port }]),
    ),
    async stop() {
      clearInterval(timer);
      await can.close();
      for (const server of modbus.values()) await server.close();
    },
  };
}

function createBeat(
  plan: Plan,
  body: SimulatedBody,
  can: CandumpServer,
  modbus: ReadonlyMap<string, ModbusServer>,
) {
  const encode = createJ1939Encoder(plan);
  let ticks = 0;
  let lastMs = performance.now();
  return () => {
    const nowMs = performance.now();
    // A paused process catches up with at most a second, as if the machine had been paused too.
    body.step(Math.min(1, (nowMs - lastMs) / 1000));
    lastMs = nowMs;
    const values = body.signals();
    for (const server of modbus.values()) server.update(values);
    const frames = ticks % 5 === 0 ? encode(values) : [];
    if (ticks % dm1EveryTicks === 0) frames.push(...body.controlUnits.map((sa) => encodeDm1(sa)));
    const stampMs = Date.now();
    if (frames.length > 0)
      can.send(frames.map((frame) => toCandumpLine("can0", frame, stampMs)).join(""));
    ticks++;
  };
}
