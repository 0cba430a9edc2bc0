import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import { type Static, Type } from "typebox";
import { serialSettings } from "../serial/serial-config.ts";
import type { SourceKind } from "../source.ts";
import type { WithDefaults } from "../with-defaults.ts";

const devices = Type.Optional(
  Type.Array(Type.String({ minLength: 1 }), {
    description: "devices of the plan on this connection; absent: all",
  }),
);
const timeoutMs = (defaultMs: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: defaultMs,
      description: "how long a device may take to answer, ms",
    }),
  );
const retries = (count: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 3,
      default: count,
      description: "how often a lost or spoilt answer is asked for again",
    }),
  );
const closed = { additionalProperties: false } as const;

export const TcpConfig = Type.Object(
  {
    kind: Type.Literal("modbus-tcp"),
    host: Type.String({
      minLength: 1,
      description: "name or address of the device or its gateway",
    }),
    port: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65535, default: 502, description: "TCP port" }),
    ),
    devices,
    timeoutMs: timeoutMs(1_000),
    retries: retries(0),
  },
  closed,
);
export type TcpConfig = WithDefaults<Static<typeof TcpConfig>, "port" | "timeoutMs" | "retries">;

export const RtuConfig = Type.Object(
  {
    kind: Type.Literal("modbus-rtu"),
    ...serialSettings({ baudRate: 9_600 }),
    devices,
    timeoutMs: timeoutMs(500),
    retries: retries(2),
  },
  closed,
);
export type RtuConfig = WithDefaults<
  Static<typeof RtuConfig>,
  "baudRate" | "dataBits" | "parity" | "stopBits" | "timeoutMs" | "retries"
>;

/** What is wrong with a connection's devices. */
function checkDevices(
  { devices: wanted = [] }: { readonly devices?: readonly string[] },
  acquisition: Acquisition,
): string[] {
  const known = Object.keys(acquisition.modbusDevices ?? {});
  if (known.length === 0) return ["the plan has no Modbus device"];
  return wanted
    .filter((device) => !known.includes(device))
    .map((device) => `the plan has no Modbus device "${device}", only ${known.join(", ")}`);
}

/** A line has one unit of a number, and none of number 0: that calls them all. */
function checkLine(
  config: { readonly devices?: readonly string[]; readonly dataBits?: number },
  acquisition: Acquisition,
): string[] {
  const problems = checkDevices(config, acquisition);
  if (config.dataBits === 7) problems.push("Modbus RTU needs 8 data bits");
  const seen = new Map<number, string>();
  for (const [name, { unitId }] of Object.entries(acquisition.modbusDevices ?? {})) {
    if (!(config.devices?.includes(name) ?? true)) continue;
    if (unitId < 1 || unitId > 247)
      problems.push(`unit ${unitId} of "${name}" cannot be on a serial line, only 1 to 247`);
    const other = seen.get(unitId);
    if (other !== undefined) problems.push(`"${other}" and "${name}" are both unit ${unitId}`);
    seen.set(unitId, name);
  }
  return problems;
}

export const modbusTcp: SourceKind<typeof TcpConfig> = {
  kind: "modbus-tcp",
  Config: TcpConfig,
  check: checkDevices,
};

export const modbusRtu: SourceKind<typeof RtuConfig> = {
  kind: "modbus-rtu",
  Config: RtuConfig,
  check: checkLine,
};
