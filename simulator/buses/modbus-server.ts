import { createServer } from "node:net";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { ServerTCP } from "modbus-serial";
import type { SignalValues } from "./j1939-encoder.ts";

type Table = "holding" | "input" | "coil" | "discrete";

type Image = Record<Table, Map<number, number>>;

/** Exception code 2, illegal data address: the device has no such register. @see Modbus Application Protocol 7 */
const illegalAddress = { modbusErrorCode: 2 };

/** A controller with the registers that a plan reads from one of its devices, on loopback. */
export interface ModbusServer {
  readonly host: string;
  readonly port: number;
  /** Puts what the machine measures now into the registers. */
  update(values: SignalValues): void;
  close(): Promise<void>;
}

export async function startModbusServer(plan: Plan, device: string): Promise<ModbusServer> {
  const image: Image = {
    holding: new Map(),
    input: new Map(),
    coil: new Map(),
    discrete: new Map(),
  };
  const unitId = plan.acquisition.modbusDevices?.[device]?.unitId ?? 1;
  const host = "127.0.0.1";
  const port = await freePort(host);
  const read = (table: Table, address: number): number => {
    const word = image[table].get(address);
    if (word === undefined) throw illegalAddress;
    return word;
  };
  const server = new ServerTCP(
    {
      getHoldingRegister: (address: number) => read("holding", address),
      getInputRegister: (address: number) => read("input", address),
      getCoil: (address: number) => read("coil", address) !== 0,
      getDiscreteInput: (address: number) => read("discrete", address) !== 0,
    },
    { host, port, unitID: unitId },
  );
  await new Promise<void>((ready, failed) => {
    server.on("initialized", () => ready());
    server.on("serverError", failed);
  });
  server.on("socketError", () => undefined); // a gateway that goes away is none of the device's business
  const update = (values: SignalValues) => {
    for (const [name, signal] of Object.entries(plan.acquisition.signals))
      if (signal.modbus?.device === device) writeRegisters(image, signal, values[name]);
  };
  update({});
  return { host, port, update, close: () => new Promise((closed) => server.close(() => closed())) };
}

function writeRegisters(image: Image, signal: Signal, value: number | null | undefined): void {
  const position = signal.modbus;
  if (!position) return;
  if (position.table === "coil" || position.table === "discrete") {
    image[position.table].set(position.address, value ? 1 : 0);
    return;
  }
  const bytes = new DataView(new ArrayBuffer(byteLength[position.type] ?? 2));
  const missing = value === null || value === undefined;
  const raw = missing
    ? (position.notAvailable?.[0] ?? 0)
    : Number.isNaN(value)
      ? (position.error?.[0] ?? 0)
      : (value - signal.offset) / signal.scale;
  writers[position.type]?.(bytes, raw);
  const words = bytes.byteLength / 2;
  for (let word = 0; word < words; word++) {
    const at = position.wordOrder === "little" ? words - 1 - word : word;
    image[position.table].set(position.address + at, bytes.getUint16(word * 2));
  }
}

const byteLength: Record<string, number> = {
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
};

/** Within a register the high byte comes first. @see Modbus Application Protocol 4.2 */
const writers: Record<string, (into: DataView, raw: number) => void> = {
  bool: (into, raw) => into.setUint16(0, raw ? 1 : 0),
  uint16: (into, raw) => into.setUint16(0, clamp(raw, 0, 0xffff)),
  int16: (into, raw) => into.setInt16(0, clamp(raw, -0x8000, 0x7fff)),
  uint32: (into, raw) => into.setUint32(0, clamp(raw, 0, 0xffffffff)),
  int32: (into, raw) => into.setInt32(0, clamp(raw, -0x80000000, 0x7fffffff)),
  float32: (into, raw) => into.setFloat32(0, raw),
  uint64: (into, raw) => into.setBigUint64(0, BigInt(clamp(raw, 0, Number.MAX_SAFE_INTEGER))),
  int64: (into, raw) =>
    into.setBigInt64(0, BigInt(clamp(raw, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))),
  float64: (into, raw) => into.setFloat64(0, raw),
};

const clamp = (raw: number, min: number, max: number) =>
  Math.min(max, Math.max(min, Math.round(raw)));

/** modbus-serial's server does not tell which port it got, so one is chosen before. */
function freePort(host: string): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, host, () => {
      const address = probe.address();
      const port = address && typeof address === "object" ? address.port : 0;
      probe.close(() => found(port));
    });
  });
}
