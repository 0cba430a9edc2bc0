import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

const column = (what: string) =>
  Type.String({
    minLength: 1,
    description: `${what}: name in the head line, or number from 1`,
  });

/** Which column of a CSV recording holds what. */
export const ColumnMap = Type.Object(
  {
    time: Type.Optional(column("time")),
    timeUnit: Type.Optional(
      Type.Union([Type.Literal("s"), Type.Literal("ms"), Type.Literal("us")], {
        default: "s",
        description: "unit of the time",
      }),
    ),
    id: column("identifier"),
    idBase: Type.Optional(
      Type.Union([Type.Literal("hex"), Type.Literal("dec")], {
        default: "hex",
        description: "how identifiers are written; 0x… is hexadecimal in any case",
      }),
    ),
    data: column("data; D1-D8 where every byte has its own"),
    dataCoding: Type.Optional(
      Type.Union([Type.Literal("hex"), Type.Literal("base64")], {
        default: "hex",
        description: "how data are written",
      }),
    ),
    extended: Type.Optional(column("1 or true for 29 bits; absent: by the size of the identifier")),
    length: Type.Optional(column("number of data bytes")),
    bus: Type.Optional(column("bus; a number n means can<n>")),
    remote: Type.Optional(column("1 or true for a remote frame")),
    error: Type.Optional(column("1 or true for an error frame")),
  },
  {
    additionalProperties: false,
    description: "columns of a CSV recording; default: by the head line",
  },
);
export type ColumnMap = Static<typeof ColumnMap>;

/**
 * A map from a command line, `time=Time,id=ID,data=D1-D8`.
 * @throws CodedError BAD_COLUMNS
 */
export function parseColumns(text: string): ColumnMap {
  const entries = text.split(",").map((part) => {
    const [key = "", ...rest] = part.split("=");
    return [key.trim(), rest.join("=").trim()] as const;
  });
  const map: unknown = Object.fromEntries(entries);
  if (Value.Check(ColumnMap, map)) return map;
  throw new CodedError(
    "BAD_COLUMNS",
    `"${text}" is no map of columns; it takes id=…,data=… and may have ${Object.keys(ColumnMap.properties).join(", ")}.`,
  );
}
