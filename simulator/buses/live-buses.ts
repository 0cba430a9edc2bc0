import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { BusInput } from "./bus-input.ts";
import type { CanFrame } from "./can/can-frame.ts";
import { MachineBuses } from "./machine-buses.ts";
import { serveModbusRtu } from "./modbus/modbus-rtu.ts";
import { serveModbusTcp } from "./modbus/modbus-tcp.ts";
import type { CanOutput, Hear } from "./outputs/can-output.ts";
import { CandumpServer } from "./outputs/candump-server.ts";
import { openSlcan, type SlcanOutput } from "./outputs/slcan-output.ts";
import { openSocketCan } from "./outputs/socketcan-output.ts";
import type { NetworkOptions } from "./plan-networks.ts";

/** How a gateway reads the CAN buses of a simulated machine. */
export type CanTransport =
  /** As text over TCP; nobody can ask there. */
  | { readonly kind: "candump" }
  /** A serial adapter for each bus. */
  | { readonly kind: "slcan" }
  /** Interfaces of the kernel, by bus. */
  | { readonly kind: "socketcan"; readonly interfaces: Readonly<Record<string, string>> };

/** How a gateway reads the Modbus devices: each at a port of its own, or all on one serial line. */
export type ModbusTransport =
  | { readonly kind: "tcp" }
  | { readonly kind: "rtu"; readonly port?: string; readonly baudRate?: number };

export interface LiveBusOptions extends Omit<NetworkOptions, "isOneWay"> {
  /** Default: candump. */
  readonly can?: CanTransport;
  /** Default: TCP. */
  readonly modbus?: ModbusTransport;
}

/** Where a gateway reads. */
export interface BusAddresses {
  /** CAN as candump text over TCP; empty with another transport. */
  readonly canUrl: string;
  /** Serial port of each CAN bus, with slcan. */
  readonly canPorts: Readonly<Record<string, string>>;
  /** Modbus TCP by device. */
  readonly modbus: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
  /** Serial port of the Modbus RTU line. */
  readonly modbusPort?: string;
}

/** The buses of a machine on real transports. What happens on them is decided by whoever calls `step`. */
export interface LiveBuses {
  readonly buses: MachineBuses;
  readonly addresses: BusAddresses;
  /** Frames that readers did not take in time. */
  readonly dropped: number;
  /**
   * A step should not be longer, ms: what happens in it is sent at its end, and on a bus in real time packets of a
   * broadcast must be 50 ms apart. Text carries its own times.
   */
  readonly longestStepMs: number;
  /**
   * Sends what happens until `untilMs` of the machine's time. `zeroMs`: when the machine's time was 0, milliseconds since
   * 1970; it may move, when the machine was paused.
   */
  step(untilMs: number, zeroMs: number, input: BusInput): void;
  close(): Promise<void>;
}

/** The usual rate. @see SAE J1939-11 */
const usualBitRate = 250_000;

/** @throws CodedError of the transports, with what to do */
export async function startLiveBuses(plan: Plan, options: LiveBusOptions): Promise<LiveBuses> {
  const { can = { kind: "candump" }, modbus = { kind: "tcp" } } = options;
  const buses = new MachineBuses(plan, { ...options, isOneWay: can.kind === "candump" });
  const byBus = new Map(buses.networks.map((network) => [network.bus, network]));
  const hear: Hear = (bus, frame) => byBus.get(bus)?.hear(frame);
  const bitRate = options.bitRate ?? usualBitRate;
  const output = await openCan(can, [...byBus.keys()], { bitRate, hear });
  const registers = await openModbus(modbus, buses);
  let zero = 0;
  const send = (frame: CanFrame, bus: string) => output.can.write(bus, frame, zero + frame.timeMs);
  return {
    buses,
    addresses: { ...output.addresses, ...registers.addresses },
    longestStepMs: can.kind === "candump" ? 1_000 : 50,
    get dropped() {
      return output.can.dropped;
    },
    step(untilMs, zeroMs, input) {
      zero = zeroMs;
      buses.step(untilMs, input, send);
      output.can.flush();
    },
    async close() {
      await output.can.close();
      await registers.close();
    },
  };
}

type CanAddresses = Pick<BusAddresses, "canUrl" | "canPorts">;

async function openCan(
  transport: CanTransport,
  buses: readonly string[],
  { bitRate, hear }: { readonly bitRate: number; readonly hear: Hear },
): Promise<{ readonly can: CanOutput; readonly addresses: CanAddresses }> {
  switch (transport.kind) {
    case "candump": {
      const can = await new CandumpServer().start();
      return { can, addresses: { canUrl: can.url, canPorts: {} } };
    }
    case "slcan": {
      const can: SlcanOutput = await openSlcan(buses, bitRate, hear);
      return { can, addresses: { canUrl: "", canPorts: can.ports } };
    }
    case "socketcan": {
      const can = await openSocketCan(transport.interfaces, hear);
      return { can, addresses: { canUrl: "", canPorts: {} } };
    }
  }
}

type RegisterAddresses = Pick<BusAddresses, "modbus" | "modbusPort">;

async function openModbus(
  transport: ModbusTransport,
  { devices }: MachineBuses,
): Promise<{ readonly addresses: RegisterAddresses; close(): Promise<void> }> {
  if (devices.length === 0) return { addresses: { modbus: {} }, close: async () => {} };
  if (transport.kind === "rtu") {
    const line = await serveModbusRtu(devices, transport);
    return { addresses: { modbus: {}, modbusPort: line.path }, close: () => line.close() };
  }
  const servers = await Promise.all(
    devices.map(async (device) => [device.name, await serveModbusTcp([device])] as const),
  );
  const modbus = Object.fromEntries(
    servers.map(([name, { host, port }]) => [name, { host, port }]),
  );
  return {
    addresses: { modbus },
    async close() {
      for (const [, server] of servers) await server.close();
    },
  };
}
