import { type Static, Type } from "typebox";
import { parsePlace } from "../candump-stream/text-stream.ts";
import { serialSettings } from "../serial/serial-config.ts";
import type { SourceKind } from "../source.ts";
import type { WithDefaults } from "../with-defaults.ts";

const { port: _, ...line } = serialSettings({ baudRate: 4_800 });

export const NmeaConfig = Type.Object(
  {
    kind: Type.Literal("nmea"),
    from: Type.String({
      minLength: 1,
      description: "serial port of the receiver, best /dev/serial/by-id/…, or tcp://host:port",
    }),
    ...line,
  },
  { additionalProperties: false },
);
export type NmeaConfig = WithDefaults<
  Static<typeof NmeaConfig>,
  "baudRate" | "dataBits" | "parity" | "stopBits"
>;

export const nmea: SourceKind<typeof NmeaConfig> = {
  kind: "nmea",
  Config: NmeaConfig,
  check: ({ from }) =>
    parsePlace(from) === undefined
      ? [`"${from}" is neither a serial port nor tcp://host:port`]
      : [],
};
