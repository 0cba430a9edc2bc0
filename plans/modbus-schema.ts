import { type Static, Type } from "typebox";
import { closed, Id, literals, SignalName } from "./schema-words.ts";

export const Tables = ["holding", "input", "coil", "discrete"] as const;

/** What a raw value can say instead of a number. */
const SentinelMeanings = ["not-available", "error", "reserved", "out-of-range"] as const;

const Table = literals(Tables);
const Address = Type.Integer({
  minimum: 0,
  maximum: 65535,
  description: "0-based PDU address, never 4xxxx",
});
const rawValues = (what: string) =>
  Type.Optional(Type.Array(Type.Number(), { description: `raw values that say ${what}` }));

/** What is the same for most registers of a device, so that a template can say it once. */
export const registerManners = {
  wordOrder: Type.Optional(
    literals(["big", "little"], {
      description: "order of the 16-bit words of a longer value; default big",
    }),
  ),
  byteOrder: Type.Optional(
    literals(["big", "little"], {
      description: "order of the two bytes of each word; default big, as the standard has it",
    }),
  ),
  topCodes: Type.Optional(
    Type.Array(literals(SentinelMeanings), {
      maxItems: 16,
      description: "what the highest codes of the integer type mean, the highest first",
    }),
  ),
};

/** Where a value lies within a device, and how it is read there. */
export const registerPlace = {
  table: Table,
  address: Address,
  type: literals([
    "bool",
    "uint16",
    "int16",
    "uint32",
    "int32",
    "float32",
    "uint64",
    "int64",
    "float64",
  ]),
  ...registerManners,
  bit: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 31,
      description: "lowest bit of a field within an unsigned register; bit 0 is the lowest",
    }),
  ),
  bits: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 31, description: "width of that field; default 1" }),
  ),
  notAvailable: rawValues("not available"),
  error: rawValues("sensor error"),
  outOfRange: rawValues("outside of what can be measured"),
  scaleRegister: Type.Optional(
    Type.Object(
      {
        table: Table,
        address: Address,
        type: literals(["int16", "uint16"]),
      },
      { ...closed, description: "register whose value x multiplies by 10^x" },
    ),
  ),
  unitSwitch: Type.Optional(
    Type.Object(
      {
        table: Table,
        address: Address,
        cases: Type.Record(
          Type.String({ pattern: "^[0-9]{1,5}$" }),
          Type.Object({ scale: Type.Number(), offset: Type.Number() }, closed),
          { ...closed, description: "scale and offset that hold at a value of the register" },
        ),
      },
      { ...closed, description: "register that says in which unit the device speaks now" },
    ),
  ),
};

export const ModbusPosition = Type.Object({ device: Id, ...registerPlace }, closed);

const range = {
  table: Table,
  address: Address,
  count: Type.Integer({ minimum: 1, maximum: 65536 }),
};

/** What a device bears; part of a plan's device and of a template, where the plan's word is the last. */
export const deviceManners = {
  maxRegisters: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 125,
      description: "most registers the device gives in one answer; default 125",
    }),
  ),
  maxGap: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 124,
      description: "so many addresses that no signal names may be read along; default 0",
    }),
  ),
  forbidden: Type.Optional(
    Type.Array(Type.Object(range, closed), {
      description: "addresses that must never be read along",
    }),
  ),
  blocks: Type.Optional(
    Type.Array(Type.Object(range, closed), {
      description: "reads that the device only answers exactly like this",
    }),
  ),
  quietMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000,
      description: "silence the device needs before it is asked again, ms; default 3.5 characters",
    }),
  ),
  timeoutMs: Type.Optional(
    Type.Integer({
      minimum: 50,
      maximum: 60_000,
      description: "how long this device may take to answer, ms; default as the source says",
    }),
  ),
};

export const ModbusDevice = Type.Object(
  {
    unitId: Type.Integer({ minimum: 0, maximum: 255 }),
    pollIntervalMs: Type.Integer({ minimum: 50, maximum: 3_600_000 }),
    template: Type.Optional(
      Type.String({
        minLength: 1,
        description: "id of a device template, or a path to one that counts from the plan's folder",
      }),
    ),
    signals: Type.Optional(
      Type.Array(SignalName, { description: "which signals of the template; absent: all" }),
    ),
    ...deviceManners,
  },
  closed,
);
export type ModbusDevice = Static<typeof ModbusDevice>;
