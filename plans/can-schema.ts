import { Type } from "typebox";
import { Byte, closed, literals } from "./schema-words.ts";

/** Interface name of a CAN bus. */
export const Bus = Type.String({
  minLength: 1,
  maxLength: 32,
  description: "the one bus it is on, by interface name; absent: any bus of the machine",
});

/** The place of a parameter in a J1939 message, as the standard prints it. */
export const J1939Position = Type.Object(
  {
    bus: Type.Optional(Bus),
    spn: Type.Integer({
      minimum: 0,
      maximum: 524287,
      description: "SPN as printed in SAE J1939DA; also names the signal to diagnostics",
    }),
    pgn: Type.Integer({ minimum: 0, maximum: 262143 }),
    sa: Type.Optional(Type.Integer({ ...Byte, description: "source address; absent: any" })),
    startByte: Type.Integer({
      minimum: 1,
      maximum: 1785,
      description: "1-based, as the standard prints it",
    }),
    startBit: Type.Integer({
      minimum: 1,
      maximum: 8,
      description: "1-based, as the standard prints it",
    }),
    bits: Type.Integer({ minimum: 1, maximum: 32 }),
    coding: literals(["analog", "state", "address"], {
      description: "which raw values mean error or not available (SAE J1939-71)",
    }),
  },
  closed,
);

const bitField = {
  startBit: Type.Integer({
    minimum: 0,
    maximum: 14279,
    description:
      "as a DBC prints it, bit 0 is the lowest of the first byte; little: the field's lowest bit, big: its highest",
  }),
  bits: Type.Integer({ minimum: 1, maximum: 64 }),
  byteOrder: literals(["little", "big"], { description: "little = Intel, big = Motorola" }),
};

/** A place in a CAN message that no standard describes, as a DBC has it. */
export const CanPosition = Type.Object(
  {
    bus: Type.Optional(Bus),
    id: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 536870911, description: "whole identifier" }),
    ),
    extended: Type.Optional(
      Type.Boolean({ description: "29-bit identifier; default: only where it is above 2047" }),
    ),
    pgn: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 262143,
        description: "instead of id: a J1939 message, from any source address unless sa is given",
      }),
    ),
    sa: Type.Optional(Type.Integer({ ...Byte, description: "source address; absent: any" })),
    spn: Type.Optional(Type.Integer({ minimum: 0, maximum: 524287 })),
    ...bitField,
    signed: Type.Optional(Type.Boolean({ description: "two's complement; default false" })),
    float: Type.Optional(Type.Boolean({ description: "IEEE 754, 32 or 64 bits; default false" })),
    coding: Type.Optional(
      literals(["plain", "analog", "state", "address"], {
        description: "plain (default): every raw value is a number; else as SAE J1939-71 says",
      }),
    ),
    notAvailable: Type.Optional(
      Type.Array(Type.Number(), { description: "raw values that say not available" }),
    ),
    error: Type.Optional(
      Type.Array(Type.Number(), { description: "raw values that say sensor error" }),
    ),
    mux: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...bitField,
            values: Type.Array(
              Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2, maxItems: 2 }),
              { minItems: 1, description: "[from, to], raw and unsigned, both included" },
            ),
          },
          closed,
        ),
        { description: "other fields that must hold such a value for the signal to be there" },
      ),
    ),
  },
  closed,
);

/** What a CANopen node says of itself. */
export const CanopenPosition = Type.Object(
  {
    bus: Type.Optional(Bus),
    node: Type.Integer({ minimum: 1, maximum: 127 }),
    says: literals(["state", "error-register"], {
      description:
        "state (CiA 301): 0 starts, 4 stopped, 5 operational, 127 pre-operational, from heartbeat or node guarding; or the error register of its emergencies",
    }),
    silenceSeconds: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 3600,
        description: "a state not repeated for so long is stale; default 5",
      }),
    ),
  },
  closed,
);

/** CANopen beside or instead of J1939. */
export const CanopenSettings = Type.Object(
  {
    buses: Type.Optional(
      Type.Array(Bus, {
        minItems: 1,
        maxItems: 100,
        description: "buses that speak it; default: all of the machine",
      }),
    ),
  },
  { ...closed, description: "with it emergencies of CANopen nodes are trouble codes" },
);

const Conversion = Type.Integer({ minimum: 1, maximum: 4 });

/** How this machine's J1939 is to be understood beyond the standard. */
export const J1939Settings = Type.Object(
  {
    conversion: Type.Optional(
      Type.Object(
        {
          default: Type.Optional(Conversion),
          bySa: Type.Optional(
            Type.Record(
              Type.String({ pattern: "^(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-3])$" }),
              Conversion,
              {
                ...closed,
                description: "by source address, 0 to 253",
              },
            ),
          ),
        },
        {
          ...closed,
          description:
            "SPN conversion method (SAE J1939-73) of trouble codes sent with conversion bit 1, as their maker says",
        },
      ),
    ),
    networks: Type.Optional(
      Type.Array(Bus, {
        maxItems: 100,
        description:
          "buses whose source addresses are control units of their own, the main one first; default: all buses are one network",
      }),
    ),
    requests: Type.Optional(
      Type.Object(
        {
          sa: Type.Integer({
            minimum: 128,
            maximum: 253,
            description: "address to ask from; nobody else on the bus may use it",
          }),
          groups: Type.Array(
            Type.Object(
              {
                pgn: Type.Integer({ minimum: 0, maximum: 262143 }),
                da: Type.Optional(
                  Type.Integer({ ...Byte, description: "whom to ask; default 255, everybody" }),
                ),
                everySeconds: Type.Integer({ minimum: 10, maximum: 86_400 }),
              },
              closed,
            ),
            { minItems: 1, maxItems: 32 },
          ),
        },
        {
          ...closed,
          description:
            "messages that are only sent when asked for; nothing is asked without it, nor in listen-only mode",
        },
      ),
    ),
  },
  closed,
);
