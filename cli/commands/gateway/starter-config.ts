import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { listPlans } from "@firebreak/plans/load-plans.ts";
import type { Claim } from "@firebreak/wire/claim.ts";

/** What of this device an installer would look up by hand. */
export interface DevicePorts {
  /** Serial ports by their lasting names. */
  readonly serial: readonly string[];
  /** CAN interfaces of the kernel. */
  readonly can: readonly string[];
}

const serialFolder = "/dev/serial/by-id";
const netFolder = "/sys/class/net";
/** ARPHRD_CAN, Linux if_arp.h. */
const canType = "280";

/** Serial ports and CAN interfaces that are there now; empty where the system does not say. */
function portsOfDevice(): DevicePorts {
  return {
    serial: namesIn(serialFolder).map((name) => join(serialFolder, name)),
    can: namesIn(netFolder).filter((name) => typeOf(name) === canType),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function typeOf(name: string): string {
  try {
    return readFileSync(join(netFolder, name, "type"), "utf8").trim();
  } catch {
    return "";
  }
}

/**
 * A configuration to be finished by a person; it does not load before a plan and a source of each machine are chosen.
 * `hub`: the lines of the hub's part. `path`: where it will lie.
 */
export function starterConfig(
  { gatewayId, machines }: Claim,
  hub: readonly string[],
  path: string,
  ports: DevicePorts = portsOfDevice(),
): string {
  return [
    "# Written from the hub's claim; gateway/gateway.sample.yaml explains every line.",
    "# To do: for each machine one plan, and its buses: take the # away from those it has.",
    "version: 1",
    `gatewayId: ${JSON.stringify(gatewayId)}`,
    ...hub,
    "spool:",
    `  folder: ${resolve(path).startsWith("/etc/") ? "/var/lib/firebreak/spool" : "spool"}`,
    "# The page for the person beside the machine; 0.0.0.0 shows it to phones in the site's own network.",
    "local: { address: 127.0.0.1, port: 8420 }",
    "machines:",
    ...machines.flatMap((machineId) => [
      `  - machineId: ${JSON.stringify(machineId)}`,
      `    plan: # ${listPlans().join(", ")}`,
      "    sources:",
      ...sourceLines(ports).map((line) => `      # ${line}`),
    ]),
    "",
  ].join("\n");
}

function sourceLines({ serial, can }: DevicePorts): string[] {
  const port = serial[0] ?? `${serialFolder}/...`;
  const found = serial.length > 1 ? [`serial ports here: ${serial.join(" ")}`] : [];
  return [
    ...found,
    "- kind: slcan",
    `  port: ${port}`,
    "  bitRate: 250000",
    "- kind: socketcan",
    `  interface: ${can[0] ?? "can0"}`,
    "- kind: modbus-rtu",
    `  port: ${serial[1] ?? port}`,
    "  baudRate: 9600",
    "  parity: none",
    "- kind: modbus-tcp",
    "  host: 192.168.7.10",
  ];
}
