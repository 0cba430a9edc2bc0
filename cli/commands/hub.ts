import { readFileSync } from "node:fs";
import { loadAempSources } from "@firebreak/ingest/aemp/source-config.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { createLogger, type Logger } from "@firebreak/kit/logger.ts";
import { auditConfig } from "@firebreak/tickets/audit/trim-audit.ts";
import { checkId, defaultGroup } from "@firebreak/wire/topics.ts";
import { Command, InvalidArgumentError } from "commander";
import type { DatabaseAccess } from "../hub/hub-database.ts";
import { type BrokerAccess, parseBrokerUrl } from "../hub/hub-files.ts";
import type { Hub, HubOptions } from "../hub/hub-options.ts";
import { TOKEN_VARIABLE, telemetryAccess } from "../hub/hub-telemetry.ts";
import { startHub } from "../hub/start-hub.ts";
import { untilToldToEnd } from "../until-told-to-end.ts";

export interface HubArguments {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly mqttPort?: number;
  readonly mqttsPort?: number;
  readonly tlsName?: string[];
  readonly certificateDays: number;
  readonly broker?: string;
  readonly brokerPasswordFile?: string;
  readonly sparkplugGroup?: string[];
  readonly reorderMs: number;
  readonly database?: string;
  readonly databasePasswordFile?: string;
  readonly telemetry?: string;
  readonly telemetryTokenFile?: string;
  readonly telemetryDays?: number;
  readonly channels?: string;
  readonly plans?: string;
  readonly aempSources?: string;
  readonly auditDays?: number;
}

/** The options that `hub` and `up` share. */
export function withHubOptions(command: Command): Command {
  return command
    .option("--data <folder>", "all state is kept here", "./firebreak-data")
    .option("--port <port>", "of pages and API; 0 lets every port be chosen freely", toPort, 8080)
    .option(
      "--mqtt-port <port>",
      "of the embedded broker (default 1883, or free-chosen with --port 0)",
      toPort,
    )
    .option(
      "--mqtts-port <port>",
      "a second port of the embedded broker, with TLS and certificates (8883, say)",
      toPort,
    )
    .option("--tls-name <name...>", "names and addresses gateways reach that port by")
    .option("--certificate-days <days>", "life of gateways' certificates", toDays, 365)
    .option("--host <address>", "address to listen on; 0.0.0.0 for all", "127.0.0.1")
    .option(
      "--broker <url>",
      "an external broker instead of the embedded one, mqtt(s)://user@host:port",
    )
    .option("--broker-password-file <file>", "its password, instead of in the URL")
    .option("--sparkplug-group <group...>", "further Sparkplug groups to listen to", toGroup)
    .option(
      "--reorder-ms <ms>",
      "how long missing Sparkplug messages may take before a rebirth is asked for",
      toReorderMs,
      5_000,
    )
    .option(
      "--database <url>",
      "sqlite:<path> or postgres://user@host:port/database (default: a file in the data folder)",
    )
    .option("--database-password-file <file>", "its password, instead of in the URL")
    .option(
      "--telemetry <url>",
      "sqlite:<path>, influxdb1://host:port/<database>, influxdb2://host:port/<org>/<bucket> or influxdb3://host:port/<database>, each with ?tls=1&user= (default: a file in the data folder)",
    )
    .option(
      "--telemetry-token-file <file>",
      `its token or password (or in the environment: ${TOKEN_VARIABLE})`,
    )
    .option(
      "--telemetry-days <days>",
      "how long samples are kept in SQLite (default: for good); InfluxDB has rules of its own",
      toDays,
    )
    .option("--channels <file>", "where notices go: webhooks, e-mail, robots, SMS")
    .option(
      "--aemp-sources <file>",
      "servers of other makers to read over ISO 15143-3 (docs/iso15143.md)",
    )
    .option("--plans <folder>", "service plans of your own, each as <id>/plan.yaml")
    .option(
      "--audit-days <days>",
      `how long lines of the audit log are kept (default ${auditConfig.keepDays}, at least ${auditConfig.leastDays})`,
      toAuditDays,
    );
}

/** `firebreak hub`: ingest, rules, tickets and dashboards in one process. */
export function create(): Command {
  return withHubOptions(new Command("hub"))
    .option("--no-simulator", "accepted for symmetry with `up`; a hub has none")
    .addHelpText("after", "\nThe first start prints the password of the user `admin` once.")
    .action(async (args: HubArguments) => {
      const hub = await startHub(toHubOptions(args, createLogger()));
      // Whoever waits for its word may tell it to end as soon as that is out.
      const end = untilToldToEnd();
      announce(hub);
      await end;
      await hub.stop();
    });
}

export function toHubOptions(args: HubArguments, log: Logger): HubOptions {
  const { data, host, port, mqttPort, mqttsPort } = args;
  const broker = brokerOf(args);
  const database = databaseOf(args);
  return {
    data,
    host,
    port,
    mqttPort: mqttPort ?? (port === 0 ? 0 : 1883),
    ...(mqttsPort === undefined ? {} : { tls: tlsOf(args, mqttsPort) }),
    ...(broker ? { broker } : {}),
    sparkplug: {
      groups: [defaultGroup, ...(args.sparkplugGroup ?? [])],
      reorderTimeoutMs: args.reorderMs,
    },
    ...(database ? { database } : {}),
    ...telemetryOf(args),
    ...(args.channels === undefined ? {} : { channelsFile: args.channels }),
    ...(args.aempSources === undefined ? {} : { aempSources: loadAempSources(args.aempSources) }),
    ...(args.plans === undefined ? {} : { plansFolder: args.plans }),
    ...(args.auditDays === undefined ? {} : { auditDays: args.auditDays }),
    log,
  };
}

function toAuditDays(text: string): number {
  const days = Number(text);
  if (!/^\d{1,6}$/.test(text) || days < auditConfig.leastDays)
    throw new InvalidArgumentError(`must be whole days, at least ${auditConfig.leastDays}`);
  return days;
}

const tlsOf = ({ tlsName, certificateDays }: HubArguments, port: number) => ({
  port,
  lifeMs: certificateDays * 24 * 3_600_000,
  ...(tlsName ? { names: tlsName } : {}),
});

function brokerOf({ broker, brokerPasswordFile: file }: HubArguments): BrokerAccess | undefined {
  if (broker === undefined) return undefined;
  if (file === undefined) return parseBrokerUrl(broker);
  return parseBrokerUrl(broker, readSecret("--broker-password-file", file));
}

function databaseOf(args: HubArguments): DatabaseAccess | undefined {
  const { database: url, databasePasswordFile: file } = args;
  if (url === undefined) return undefined;
  if (file === undefined) return { url };
  return { url, password: readSecret("--database-password-file", file) };
}

function telemetryOf(args: HubArguments): Pick<HubOptions, "telemetry" | "telemetryDays"> {
  const { telemetry: url, telemetryTokenFile: file, telemetryDays } = args;
  const telemetry = url === undefined ? undefined : telemetryAccess(url, file);
  if (telemetry?.target.kind === "influx" && telemetryDays !== undefined)
    throw new CodedError(
      "BAD_CONFIGURATION",
      "--telemetry-days is for SQLite; how long an InfluxDB keeps samples is said there",
    );
  return {
    ...(telemetry ? { telemetry } : {}),
    ...(telemetryDays === undefined ? {} : { telemetryDays }),
  };
}

/** @throws CodedError BAD_CONFIGURATION */
export function readSecret(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw unreadable(`${option} ${file}`, error);
  }
}

const unreadable = (what: string, cause: unknown) =>
  new CodedError("BAD_CONFIGURATION", `${what}: cannot be read (${errorCode(cause)})`, { cause });

/** The one line that scripts wait for comes last. */
export function announce({ url, adminPassword }: Hub): void {
  if (adminPassword !== undefined)
    process.stdout.write(
      `First start: sign in as admin with the password ${adminPassword} (shown once)\n`,
    );
  process.stdout.write(`Firebreak is ready: ${url}\n`);
}

function toDays(text: string): number {
  const days = Number(text);
  if (!/^\d{1,4}$/.test(text) || days < 1)
    throw new InvalidArgumentError("must be whole days, at least 1");
  return days;
}

function toGroup(text: string, before: string[] = []): string[] {
  const problem = text.includes(":") ? "contains :" : checkId(text);
  if (problem !== undefined || text === defaultGroup || text === "STATE")
    throw new InvalidArgumentError(problem ?? "is listened to anyway");
  return [...before, text];
}

function toReorderMs(text: string): number {
  const ms = Number(text);
  if (!/^\d{1,6}$/.test(text) || ms < 10 || ms > 600_000)
    throw new InvalidArgumentError("must be whole milliseconds, 10 to 600000");
  return ms;
}

function toPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError("a port is a whole number from 0 to 65535");
  return port;
}
