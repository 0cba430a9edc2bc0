import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import {
  badConfiguration,
  type ConfigProblem,
  type LoadedConfig,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { filesOfPlan } from "@firebreak/plans/files-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { checkId } from "@firebreak/wire/topics.ts";
import { type Static, Type } from "typebox";
import { blackBoxDefaults } from "./blackbox/black-box.ts";
import { gatewayDefaults } from "./gateway-options.ts";
import {
  type GatewaySettings,
  type LocalConfig,
  type MachineSettings,
  type OptionsOfSettings,
  optionsOf,
} from "./gateway-settings.ts";
import type { HubAccess } from "./hub-access.ts";
import { checkSource, completeSource, SourceConfig } from "./sources/registry.ts";
import { withDefaults } from "./sources/with-defaults.ts";

const closed = { additionalProperties: false } as const;

const Machine = Type.Object(
  {
    machineId: Type.String({ minLength: 1, description: "as the hub knows the machine" }),
    plan: Type.String({ minLength: 1, description: "id of a plan, or a path to one" }),
    sources: Type.Array(SourceConfig, { minItems: 1, description: "buses it is read from" }),
    dataBudget: Type.Optional(
      Type.Object(
        {
          megabytesPerMonth: Type.Number({
            exclusiveMinimum: 0,
            description: "what this machine may send in a calendar month (UTC), MB",
          }),
          warnAtPercent: Type.Optional(
            Type.Number({
              minimum: 1,
              maximum: 100,
              default: 80,
              description: "warns when the forecast reaches so much of it, percent",
            }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);

const BrokerUrl = Type.String({ pattern: "^mqtts?://[^/\\s]+$" });

/** The whole configuration of a gateway. Secrets are never in it, only where they lie. */
export const GatewayConfig = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    version: Type.Literal(1, { description: "version of this file's format" }),
    gatewayId: Type.String({ minLength: 1, description: "as enrolled at the hub" }),
    hub: Type.Object(
      {
        url: Type.Union([BrokerUrl, Type.Array(BrokerUrl, { minItems: 1, maxItems: 8 })], {
          description: "broker, mqtts://host:port or mqtt://host:port; several are tried in turn",
        }),
        username: Type.Optional(Type.String({ description: "default: the gateway's id" })),
        passwordFile: Type.Optional(
          Type.String({
            minLength: 1,
            description: "file that holds the password and nothing else",
          }),
        ),
        identity: Type.Optional(
          Type.String({
            minLength: 1,
            description: "folder of the certificate that `gateway --claim` has fetched",
          }),
        ),
        caFile: Type.Optional(
          Type.String({
            minLength: 1,
            description: "the only authority whose servers are trusted, PEM; with a password",
          }),
        ),
      },
      closed,
    ),
    spool: Type.Optional(
      Type.Object(
        {
          folder: Type.Optional(
            Type.String({ minLength: 1, default: "spool", description: "belongs to it alone" }),
          ),
          maxBytes: Type.Optional(
            Type.Integer({
              minimum: 8 * 1024 * 1024,
              default: gatewayDefaults.spoolBytes,
              description: "bound on disk, bytes",
            }),
          ),
          memoryBytes: Type.Optional(
            Type.Integer({
              minimum: 256 * 1024,
              default: gatewayDefaults.memoryBytes,
              description: "bound of what is kept in memory while the disk takes nothing, bytes",
            }),
          ),
          syncIntervalMs: Type.Optional(
            Type.Integer({
              minimum: 10,
              maximum: 1_000,
              default: gatewayDefaults.syncIntervalMs,
              description: "at most so much of the newest data is lost in a power cut, ms",
            }),
          ),
        },
        { ...closed, default: {} },
      ),
    ),
    local: Type.Optional(
      Type.Object(
        {
          address: Type.Optional(
            Type.String({
              minLength: 1,
              default: "127.0.0.1",
              description: "0.0.0.0 for everybody in the site's own network; default: this device",
            }),
          ),
          port: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 65535, default: 8420, description: "TCP port" }),
          ),
        },
        { ...closed, description: "the page for the installer; absent: none" },
      ),
    ),
    blackBox: Type.Optional(
      Type.Object(
        {
          memoryBytes: Type.Optional(
            Type.Integer({
              minimum: 22_000,
              default: blackBoxDefaults.memoryBytes,
              description: "memory for raw CAN frames, bytes per machine; 22 a frame",
            }),
          ),
          preSeconds: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 600,
              default: blackBoxDefaults.preSeconds,
              description: "stored from before a trouble code begins, s",
            }),
          ),
          postSeconds: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 600,
              default: blackBoxDefaults.postSeconds,
              description: "stored from after it, s",
            }),
          ),
          maxCaptures: Type.Optional(
            Type.Integer({
              minimum: 1,
              default: blackBoxDefaults.maxCaptures,
              description: "files kept per machine; the oldest make room",
            }),
          ),
          maxPerHour: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 60,
              default: blackBoxDefaults.maxPerHour,
              description:
                "recordings of trouble codes in an hour, at most one for each code; as many again on request",
            }),
          ),
          modbusMemoryBytes: Type.Optional(
            Type.Integer({
              minimum: 4_096,
              default: blackBoxDefaults.modbusMemoryBytes,
              description: "memory for raw Modbus requests and replies, bytes per machine",
            }),
          ),
        },
        closed,
      ),
    ),
    batchAgeMs: Type.Optional(
      Type.Integer({
        minimum: 50,
        maximum: 60_000,
        default: gatewayDefaults.batchAgeMs,
        description: "a batch is closed at this age, ms; longer costs less on the wire",
      }),
    ),
    machines: Type.Array(Machine, { minItems: 1 }),
  },
  closed,
);
type GatewayConfig = Static<typeof GatewayConfig>;

interface ResolvedConfig extends GatewayConfig {
  readonly spool: { folder: string; maxBytes: number; memoryBytes: number; syncIntervalMs: number };
  readonly batchAgeMs: number;
  readonly local?: LocalConfig;
}

/** As `readGatewaySettings`, with the sources that they mean. */
export const readGatewayConfig = (file: string): OptionsOfSettings =>
  optionsOf(readGatewaySettings(file));

/**
 * Reads a gateway's configuration file, and the plans in it. Paths in it count from its own folder.
 * @throws CodedError BAD_CONFIGURATION with every problem at once
 */
export function readGatewaySettings(file: string): GatewaySettings {
  const text = readText(file, file);
  const loaded = loadConfig(text, GatewayConfig);
  if ("problems" in loaded) throw badConfiguration(file, loaded.problems);
  const folder = dirname(resolve(file));
  const problems: ConfigProblem[] = [];
  const plans = loaded.value.machines.map(({ plan }, at) =>
    tryLoadPlan(plan, folder, (message) =>
      problems.push(loaded.problemAt(["machines", at, "plan"], message)),
    ),
  );
  problems.push(...findMistakes(loaded, plans));
  if (problems.length > 0) throw badConfiguration(file, problems);
  const config = withDefaults<ResolvedConfig>(GatewayConfig, loaded.value);
  return {
    gatewayId: config.gatewayId,
    hub: hubAccessOf(config, folder, file),
    spoolFolder: resolve(folder, config.spool.folder),
    spoolBytes: config.spool.maxBytes,
    memoryBytes: config.spool.memoryBytes,
    syncIntervalMs: config.spool.syncIntervalMs,
    batchAgeMs: config.batchAgeMs,
    ...(config.blackBox ? { blackBox: config.blackBox } : {}),
    ...(config.local ? { local: config.local } : {}),
    machines: config.machines.flatMap((machine, at) => machineOf(machine, plans[at], folder)),
  };
}

function hubAccessOf({ hub, gatewayId }: GatewayConfig, folder: string, file: string): HubAccess {
  const { url, username, passwordFile, identity, caFile } = hub;
  const read = (path: string) => readText(resolve(folder, path), file);
  const urls = typeof url === "string" ? [url] : url;
  if (identity !== undefined) return { urls, identityFolder: resolve(folder, identity) };
  return {
    urls,
    username: username ?? gatewayId,
    ...(passwordFile === undefined ? {} : { password: read(passwordFile).trim() }),
    ...(caFile === undefined ? {} : { tls: { ca: read(caFile) } }),
  };
}

/** The configuration file and everything that it rests on, to be watched; of a broken one what can be made out. */
export function filesOfConfig(file: string): readonly string[] {
  const folder = dirname(resolve(file));
  try {
    const loaded = loadConfig(readFileSync(file, "utf8"), GatewayConfig);
    const config = "value" in loaded ? loaded.value : (loaded.draft as Partial<GatewayConfig>);
    const plans = (config?.machines ?? []).map(({ plan }) => planPathOf(plan, folder));
    return [file, ...plans.flatMap(filesOfPlan)];
  } catch {
    // Gone, or too odd to name its plans: the file itself is watched all the same.
    return [file];
  }
}

function machineOf(
  { machineId, sources, dataBudget }: GatewayConfig["machines"][number],
  plan: Plan | undefined,
  folder: string,
): MachineSettings[] {
  if (plan === undefined) return [];
  return [
    {
      machineId,
      plan,
      ...(dataBudget ? { dataBudget: { warnAtPercent: 80, ...dataBudget } } : {}),
      sources: sources.map((source) => completeSource(source as SourceConfig, folder)),
    },
  ];
}

/** What the schema cannot say. */
function findMistakes(
  { value, problemAt }: LoadedConfig<GatewayConfig>,
  plans: readonly (Plan | undefined)[],
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const idProblem = checkId(value.gatewayId);
  if (idProblem) problems.push(problemAt(["gatewayId"], idProblem));
  const { identity, passwordFile } = value.hub;
  if (identity !== undefined && passwordFile !== undefined)
    problems.push(
      problemAt(["hub", "passwordFile"], "a gateway with an identity needs no password"),
    );
  const isPlain = [value.hub.url].flat().some((url) => url.startsWith("mqtt://"));
  if (identity !== undefined && isPlain)
    problems.push(problemAt(["hub", "url"], "a certificate is shown over mqtts:// only"));
  const seen = new Set<string>();
  for (const [at, { machineId, sources }] of value.machines.entries()) {
    const problem = seen.has(machineId) ? "is there twice" : checkId(machineId);
    if (problem) problems.push(problemAt(["machines", at, "machineId"], problem));
    seen.add(machineId);
    const acquisition = plans[at]?.acquisition;
    if (acquisition === undefined) continue;
    for (const [index, source] of sources.entries())
      for (const message of checkSource(source as SourceConfig, acquisition))
        problems.push(problemAt(["machines", at, "sources", index], message));
  }
  return problems;
}

function tryLoadPlan(
  plan: string,
  folder: string,
  report: (message: string) => void,
): Plan | undefined {
  try {
    return loadPlan(planPathOf(plan, folder));
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    report(error.message);
    return undefined;
  }
}

/** An id stays one; a path counts from the folder of the configuration. */
const planPathOf = (plan: string, folder: string): string =>
  /^[a-z][a-z0-9-]*$/.test(plan) ? plan : resolve(folder, plan);

function readText(path: string, configFile: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const message = `cannot read ${path} (${errorCode(error)})`;
    throw badConfiguration(configFile, [{ path: "", line: 1, column: 1, message }]);
  }
}
