import { type Static, Type } from "typebox";
import { Byte, closed, Id, literals, SignalName, Text } from "./schema-words.ts";

/** Where a failure mode is proved otherwise than the plan says for all. */
const VerificationOverride = Type.Object(
  {
    method: Type.Optional(
      literals(["telemetry", "checklist"], {
        description: "checklist: no signal can show it; telemetry when left out",
      }),
    ),
    context: Type.Optional(Id),
    minOperatingMinutes: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    minHealth: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  },
  closed,
);

const Priority = literals(["emergency", "major", "general", "planned"]);

const PartLine = Type.Object(
  {
    partNo: Type.String({ minLength: 1 }),
    quantity: Type.Integer({ minimum: 1 }),
    probability: Type.Number({
      minimum: 0,
      maximum: 1,
      description: "that the repair needs it; 0.5 or more is reserved at once",
    }),
  },
  closed,
);

/** What is done about one cause. */
export const Remedy = Type.Object(
  {
    kind: literals(["repair", "replace"]),
    procedureId: Type.String({
      ...Id,
      description: "kebab-case id of a procedure of the workshop manual",
    }),
    text: Text,
    partNo: Type.Optional(
      Type.String({ minLength: 1, description: "of a replacement: one of service.parts" }),
    ),
    quantity: Type.Optional(
      Type.Integer({ minimum: 1, description: "of a replacement; 1 when left out" }),
    ),
    standardHours: Type.Number({ exclusiveMinimum: 0 }),
  },
  closed,
);

/** An entry of the fault catalogue; its key is the fault code. @see domain.md §3.5 */
export const FailureMode = Type.Object(
  {
    title: Text,
    component: Id,
    /** `sensor` when the measuring chain is broken, not what it measures. */
    nature: literals(["component", "sensor", "operation"]),
    faultClass: literals(["electrical", "mechanical", "hydraulic", "other"]),
    ticket: literals(["inspection", "repair"]),
    priority: Priority,
    safetyRelated: Type.Boolean(),
    origin: literals(["rnd", "field"], {
      description: "who wrote it: development, or reports of the field",
    }),
    reviewState: literals(["draft", "approved", "retired"], {
      description: "only approved ones open tickets; their codes are unknown otherwise",
    }),
    dtcs: Type.Optional(
      Type.Array(
        Type.Object(
          {
            spn: Type.Integer({ minimum: 0, maximum: 524287 }),
            fmis: Type.Array(Type.Integer({ minimum: 0, maximum: 31 }), { minItems: 1 }),
            sa: Type.Optional(Type.Integer(Byte)),
          },
          closed,
        ),
      ),
    ),
    emergencies: Type.Optional(
      Type.Array(
        Type.Object(
          {
            code: Type.Integer({
              minimum: 1,
              maximum: 65535,
              description: "CANopen emergency error code (CiA 301), such as 0x2310",
            }),
            node: Type.Optional(Type.Integer({ minimum: 1, maximum: 127 })),
          },
          closed,
        ),
      ),
    ),
    symptom: Text,
    causes: Type.Array(
      Type.Object(
        {
          id: Id,
          text: Text,
          category: literals(["operator_misuse", "part_damage", "other"]),
          observedCount: Type.Integer({ minimum: 0 }),
          remedies: Type.Array(Remedy, { minItems: 1, description: "the usual one first" }),
        },
        closed,
      ),
      { minItems: 1, description: "ranked, most likely first" },
    ),
    checks: Type.Array(
      Type.Object({ check: Text, expected: Text, signal: Type.Optional(SignalName) }, closed),
      { minItems: 1 },
    ),
    parts: Type.Array(PartLine),
    skill: Id,
    standardHours: Type.Number({ exclusiveMinimum: 0 }),
    verification: Type.Optional(VerificationOverride),
  },
  closed,
);

export type Remedy = Static<typeof Remedy>;
export type FailureMode = Static<typeof FailureMode>;
