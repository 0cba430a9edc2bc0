import { type Static, Type } from "typebox";
import { checkBus } from "../can/signals-of-plan.ts";
import type { SourceKind } from "../source.ts";
import type { WithDefaults } from "../with-defaults.ts";

export const SocketCanConfig = Type.Object(
  {
    kind: Type.Literal("socketcan"),
    interface: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z0-9_.-]{1,15}$",
        default: "can0",
        description:
          "interface of the kernel, as ip link shows it; set up before, best listen-only",
      }),
    ),
    bus: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: "name in the plan; default: the interface's",
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
export type SocketCanConfig = WithDefaults<Static<typeof SocketCanConfig>, "interface" | "mode">;

export const socketCan: SourceKind<typeof SocketCanConfig> = {
  kind: "socketcan",
  Config: SocketCanConfig,
  check: ({ mode }, acquisition) => checkBus(mode, acquisition),
};
