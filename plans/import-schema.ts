import { Type } from "typebox";
import { Bus } from "./can-schema.ts";
import { Sampling } from "./sampling-schema.ts";
import { closed, SignalName, Text } from "./schema-words.ts";
import { Unit } from "./signal-words.ts";

const File = Type.String({
  minLength: 1,
  description: "beside the plan, or in a folder below it",
});

/** What a plan says otherwise than the file, for one of its signals. */
export const Adjusted = Type.Object(
  {
    as: Type.Optional(SignalName),
    title: Type.Optional(Text),
    unit: Type.Optional(Unit),
    scale: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Number()),
    range: Type.Optional(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
    sampling: Type.Optional(Sampling),
  },
  closed,
);

const common = {
  bus: Type.Optional(Bus),
  prefix: Type.Optional(
    Type.String({ pattern: "^[a-z][A-Za-z0-9]*$", description: "before every signal's name" }),
  ),
  sampling: Type.Optional(Sampling),
  units: Type.Optional(
    Type.Record(Type.String(), Unit, { description: "units as the file writes them" }),
  ),
  signals: Type.Optional(
    Type.Record(Type.String(), Adjusted, {
      description:
        "only these, by the file's own names (Message.Signal where a name is there twice), with what differs from the file; absent: all",
    }),
  ),
};

const DbcImport = Type.Object(
  {
    dbc: File,
    anySource: Type.Optional(
      Type.Boolean({
        description:
          "29-bit identifiers name J1939 groups from any source; default: as the file says",
      }),
    ),
    ...common,
  },
  closed,
);

const SpnListImport = Type.Object(
  {
    spnList: File,
    sa: Type.Optional(Type.Integer({ minimum: 0, maximum: 255, description: "absent: any" })),
    ...common,
  },
  closed,
);

const EdsImport = Type.Object(
  {
    eds: File,
    node: Type.Integer({ minimum: 1, maximum: 127, description: "CANopen node id" }),
    ...common,
  },
  closed,
);

/** A file that describes signals; they become signals of the plan when it is loaded. */
export const SignalImport = Type.Union([DbcImport, SpnListImport, EdsImport]);
