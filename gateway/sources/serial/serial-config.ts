import { type Static, Type } from "typebox";

/**
 * How a serial port is set up; part of every source that has one. Defaults of speed differ by protocol, so each source
 * gives its own.
 */
export const serialSettings = (defaults: { readonly baudRate: number }) => ({
  port: Type.String({
    minLength: 1,
    description: "device of the serial port, best by its lasting name /dev/serial/by-id/…",
  }),
  baudRate: Type.Optional(
    Type.Integer({
      minimum: 300,
      maximum: 4_000_000,
      default: defaults.baudRate,
      description: "bits per second",
    }),
  ),
  dataBits: Type.Optional(
    Type.Union([Type.Literal(7), Type.Literal(8)], { default: 8, description: "data bits" }),
  ),
  parity: Type.Optional(
    Type.Union([Type.Literal("none"), Type.Literal("even"), Type.Literal("odd")], {
      default: "none",
      description: "parity",
    }),
  ),
  stopBits: Type.Optional(
    Type.Union([Type.Literal(1), Type.Literal(2)], { default: 1, description: "stop bits" }),
  ),
});

const Settings = Type.Object(serialSettings({ baudRate: 9_600 }));
/** With every default filled in. */
export type SerialSettings = Required<Static<typeof Settings>>;
