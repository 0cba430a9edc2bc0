import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import {
  badConfiguration,
  type ConfigProblem,
  formatProblems,
  type LoadedConfig,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { filesOfPlan } from "@firebreak/plans/files-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { checkId } from "@firebreak/wire/topics.ts";
import { GatewayConfig } from "./config-schema.ts";
import {
  type GatewaySettings,
  type LocalConfig,
  type MachineSettings,
  type OptionsOfSettings,
  optionsOf,
  type RemoteConfig,
} from "./gateway-settings.ts";
import type { HubAccess } from "./hub-access.ts";
import { type FileMachine, layOver } from "./remote/lay-over.ts";
import { checkSource, completeSource, type SourceConfig } from "./sources/registry.ts";
import { withDefaults } from "./sources/with-defaults.ts";

interface ResolvedConfig extends GatewayConfig {
  readonly spool: { folder: string; maxBytes: number; memoryBytes: number; syncIntervalMs: number };
  readonly batchAgeMs: number;
  readonly local?: LocalConfig;
  readonly remote: RemoteConfig;
}

/** As `readGatewaySettings`, with the sources that they mean. */
export const readGatewayConfig = (file: string): OptionsOfSettings =>
  optionsOf(readGatewaySettings(file));

/** The mistakes of what a hub laid over a gateway's own file; lines and columns are those of the hub's text. */
export class LayerError extends CodedError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super("BAD_LAYER", formatProblems("configuration of the hub", problems));
    this.problems = problems;
  }
}

/**
 * Reads a gateway's configuration file, and the plans in it. Paths in it count from its own folder. `layer`: what a hub
 * lays over it.
 * @throws CodedError BAD_CONFIGURATION with every problem of the file at once; LayerError
 */
export function readGatewaySettings(file: string, layer?: string): GatewaySettings {
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
  const own = config.machines.flatMap((machine, at) => fileMachineOf(machine, plans[at]));
  const laid = layer === undefined ? { machines: own, settings: {} } : layOver(own, layer);
  if ("problems" in laid) throw new LayerError(laid.problems);
  const blackBox = { ...config.blackBox, ...laid.settings.blackBox };
  return {
    gatewayId: config.gatewayId,
    hub: hubAccessOf(config, folder, file),
    spoolFolder: resolve(folder, config.spool.folder),
    spoolBytes: config.spool.maxBytes,
    memoryBytes: config.spool.memoryBytes,
    syncIntervalMs: laid.settings.syncIntervalMs ?? config.spool.syncIntervalMs,
    batchAgeMs: laid.settings.batchAgeMs ?? config.batchAgeMs,
    ...(Object.keys(blackBox).length > 0 ? { blackBox } : {}),
    ...(config.local ? { local: config.local } : {}),
    remote: config.remote,
    machines: laid.machines.map((machine) => machineOf(machine, folder)),
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

function fileMachineOf(
  { machineId, sources, dataBudget }: GatewayConfig["machines"][number],
  plan: Plan | undefined,
): FileMachine[] {
  if (plan === undefined) return [];
  const own = { machineId, plan, sources: sources as SourceConfig[] };
  return [dataBudget === undefined ? own : { ...own, dataBudget }];
}

const machineOf = (
  { machineId, plan, sources, dataBudget }: FileMachine,
  folder: string,
): MachineSettings => ({
  machineId,
  plan,
  ...(dataBudget ? { dataBudget: { warnAtPercent: 80, ...dataBudget } } : {}),
  sources: sources.map((source) => completeSource(source, folder)),
});

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
