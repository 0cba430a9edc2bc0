import { type Static, Type } from "typebox";
import { checkBus } from "../can/signals-of-plan.ts";
import { serialSettings } from "../serial/serial-config.ts";
import type { SourceKind } from "../source.ts";
import type { WithDefaults } from "../with-defaults.ts";

export const SlcanConfig = Type.Object(
  {
    kind: Type.Literal("slcan"),
    ...serialSettings({ baudRate: 115_200 }),
    bitRate: Type.Optional(
      Type.Union(
        [
          Type.Literal(10_000),
          Type.Literal(20_000),
          Type.Literal(50_000),
          Type.Literal(100_000),
          Type.Literal(125_000),
          Type.Literal(250_000),
          Type.Literal(500_000),
          Type.Literal(800_000),
          Type.Literal(1_000_000),
        ],
        { default: 250_000, description: "of the CAN bus, bits per second" },
      ),
    ),
    bus: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        default: "can0",
        description: "name in the plan",
      }),
    ),
    mode: Type.Optional(
      Type.Union([Type.Literal("listen-only"), Type.Literal("requests")], {
        default: "listen-only",
        description: "requests: may ask for the messages that the plan lists; else never sends",
      }),
    ),
  },
  { additionalProperties: false },
);
export type SlcanConfig = WithDefaults<
  Static<typeof SlcanConfig>,
  "baudRate" | "dataBits" | "parity" | "stopBits" | "bitRate" | "bus" | "mode"
>;

export const slcan: SourceKind<typeof SlcanConfig> = {
  kind: "slcan",
  Config: SlcanConfig,
  check: ({ mode }, acquisition) => checkBus(mode, acquisition),
};
