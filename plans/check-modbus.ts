import type { PlanMistake } from "./plan-mistake.ts";
import { unknownName } from "./plan-mistake.ts";
import type { Acquisition, Signal } from "./plan-schema.ts";

type Modbus = NonNullable<Signal["modbus"]>;
type Register = Omit<Modbus, "device">;
type Devices = NonNullable<Acquisition["modbusDevices"]>;

const wordsOf: Readonly<Record<Modbus["type"], number>> = {
  bool: 1,
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  float32: 2,
  uint64: 4,
  int64: 4,
  float64: 4,
};

/** What is wrong with a register beyond its form; `key` is the part of it to point at. */
export function checkRegister(register: Register): { key: string; message: string }[] {
  const { table, type, bit, bits, address, topCodes = [] } = register;
  const found: { key: string; message: string }[] = [];
  const say = (key: string, message: string) => found.push({ key, message });
  const isBits = table === "coil" || table === "discrete";
  if (isBits && type !== "bool") say("type", `a ${table} is one bit; use type bool`);
  if (isBits && bit !== undefined) say("bit", `a ${table} is one bit; leave "bit" out`);
  if (!isBits && type === "bool" && bit === undefined)
    say("type", 'a bool in a register needs "bit", 0 to 15');
  if (bits !== undefined && bit === undefined)
    say("bits", '"bits" needs "bit", the lowest bit of the field');
  if (bit !== undefined && !isBits) {
    if (!["bool", "uint16", "uint32"].includes(type))
      say("bit", `bits are taken from a bool, uint16 or uint32, not from ${type}`);
    else if (bit + (bits ?? 1) > wordsOf[type] * 16)
      say("bit", `the field ends beyond bit ${wordsOf[type] * 16 - 1} of its register`);
  }
  if (topCodes.length > 0 && type.startsWith("float"))
    say("topCodes", "only integers have highest codes");
  if (register.scaleRegister && register.unitSwitch)
    say("unitSwitch", 'give only one of "scaleRegister" and "unitSwitch"');
  if (address + wordsOf[type] > 65536) say("address", `a ${type} here ends beyond register 65535`);
  return found;
}

/** What is wrong with a signal's place in its device, and with its neighbours. `path` is that of the signal. */
export function checkModbus(
  modbus: Modbus,
  {
    path,
    devices,
    earlier,
  }: {
    readonly path: PlanMistake["path"];
    readonly devices: Devices;
    readonly earlier: readonly (readonly [string, Signal])[];
  },
): PlanMistake[] {
  const at = (key: string, message: string): PlanMistake => ({
    path: [...path, "modbus", key],
    message,
    at: "value",
  });
  const found = unknownName("Modbus device", modbus.device, {
    known: Object.keys(devices),
    path: [...path, "modbus", "device"],
  });
  found.push(...checkRegister(modbus).map(({ key, message }) => at(key, message)));
  const taken = earlier.find(([, other]) => other.modbus && overlaps(modbus, other.modbus));
  if (taken)
    found.push(
      at("address", `overlaps "${taken[0]}", which reads the same ${modbus.table} register`),
    );
  const device = devices[modbus.device];
  const width = wordsOf[modbus.type];
  if (device?.maxRegisters !== undefined && width > device.maxRegisters)
    found.push(at("type", `has ${width} registers, and the device gives ${device.maxRegisters}`));
  const banned = device?.forbidden?.find((range) => touches(modbus, range));
  if (banned) found.push(at("address", "the device forbids reading here"));
  const split = device?.blocks?.find(
    (range) => touches(modbus, range) && !isWithin(modbus, width, range),
  );
  if (split) found.push(at("address", "reaches over the edge of a block of the device"));
  return found;
}

type Range = NonNullable<Devices[string]["blocks"]>[number];

const touches = ({ table, address, type }: Register, range: Range): boolean =>
  table === range.table &&
  address < range.address + range.count &&
  range.address < address + wordsOf[type];

const isWithin = ({ address }: Register, width: number, range: Range): boolean =>
  address >= range.address && address + width <= range.address + range.count;

function overlaps(one: Modbus, other: Modbus): boolean {
  if (one.device !== other.device || one.table !== other.table) return false;
  const apart =
    one.address + wordsOf[one.type] <= other.address ||
    other.address + wordsOf[other.type] <= one.address;
  if (apart) return false;
  if (one.bit === undefined || other.bit === undefined) return true;
  // Fields of one register; of unlike registers nothing can be said.
  if (one.address !== other.address || one.type !== other.type) return true;
  return one.bit < other.bit + (other.bits ?? 1) && other.bit < one.bit + (one.bits ?? 1);
}
