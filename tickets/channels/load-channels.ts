import { readFileSync } from "node:fs";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import {
  badConfiguration,
  type ConfigPath,
  type ConfigProblem,
  inFileOrder,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import {
  ChannelsFile,
  type EmailTarget,
  type SecretRef,
  type TargetConfig,
  type TemplateTarget,
  type WebhookTarget,
} from "./channels-config.ts";
import { messageKinds } from "./messages.ts";
import { parseRange } from "./safe-address.ts";
import { placeholdersIn, unknownPlaceholders } from "./template.ts";

/** Where secrets are looked up, so that a test can pass its own. */
export interface SecretSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
}

export const processSecrets: SecretSource = {
  env: process.env,
  readFile: (path) => readFileSync(path, "utf8"),
};

/** A target with its secrets; never to be logged or shown. */
export type Target =
  | { readonly config: WebhookTarget; readonly secret: string }
  | { readonly config: EmailTarget; readonly password: string | undefined }
  | {
      readonly config: TemplateTarget;
      readonly signSecret: string | undefined;
      readonly secrets: Readonly<Record<string, string>>;
    };

export interface Channels {
  readonly site: string | undefined;
  readonly allowAddresses: readonly string[];
  readonly targets: readonly Target[];
  /** Folder for CSV files of closed tickets and parts movements. */
  readonly csvFolder?: string;
}

export const noChannels: Channels = { site: undefined, allowAddresses: [], targets: [] };

type Report = (path: ConfigPath, message: string) => void;

/**
 * Reads the targets' file. A secret is the value of an environment variable or the text of a file without the line
 * break at its end.
 * @throws CodedError BAD_CONFIGURATION with every mistake at once, each with line and column
 */
export function loadChannels(file: string, source: SecretSource = processSecrets): Channels {
  return parseChannels({ file, text: readText(file) }, source);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

const unreadable = (file: string, cause: unknown) =>
  new CodedError("BAD_CONFIGURATION", `${file}: cannot be read (${errorCode(cause)})`, { cause });

/** The same of a text; `file` only names it in mistakes. */
export function parseChannels(
  { file, text }: { readonly file: string; readonly text: string },
  source: SecretSource,
): Channels {
  const loaded = loadConfig(text, ChannelsFile);
  if ("problems" in loaded) throw badConfiguration(file, loaded.problems);
  const { value, problemAt } = loaded;
  const problems: ConfigProblem[] = [];
  const report: Report = (path, message) => void problems.push(problemAt(path, message));
  for (const [index, range] of (value.allowAddresses ?? []).entries())
    if (!parseRange(range))
      report(["allowAddresses", index], `"${range}" is no address and no range like 10.0.0.0/8`);
  const names = new Map<string, number>();
  const targets = value.targets.map((config, index) => {
    const path: ConfigPath = ["targets", index];
    const first = names.get(config.id);
    if (first !== undefined)
      report([...path, "id"], `"${config.id}" is the id of target ${first + 1} too`);
    else names.set(config.id, index);
    checkCommon(config, path, report);
    return withSecrets(config, path, { source, report });
  });
  if (problems.length > 0) throw badConfiguration(file, inFileOrder(problems));
  const { site, allowAddresses = [], csvDrop } = value;
  return { site, allowAddresses, targets, ...(csvDrop ? { csvFolder: csvDrop.folder } : {}) };
}

function checkCommon(config: TargetConfig, path: ConfigPath, report: Report): void {
  for (const [index, kind] of (config.notices ?? []).entries())
    if (!messageKinds.includes(kind))
      report([...path, "notices", index], `there is no notice "${kind}"`);
  if (config.kind === "email") return;
  checkUrl(config.url, [...path, "url"], report);
  if (config.kind === "template") checkTemplate(config, path, report);
}

function checkUrl(text: string, path: ConfigPath, report: Report): void {
  // The host is fixed: what a placeholder brings in may choose a path, never a machine.
  const [, host] = /^https?:\/\/([^/?#]*)/.exec(text) ?? [];
  if (host === undefined || placeholdersIn(host).length > 0) {
    report(path, "the host may hold no placeholder");
    return;
  }
  if (host.includes("@")) report(path, "a name or password does not belong into an address");
  if (!URL.canParse(text)) report(path, "this is not an address");
}

function checkTemplate(config: TemplateTarget, path: ConfigPath, report: Report): void {
  const secrets = Object.keys(config.secrets ?? {});
  const parts: [string, unknown][] = [
    ["url", config.url],
    ["headers", config.headers],
    ["body", config.body],
  ];
  for (const [name, part] of parts)
    for (const unknown of unknownPlaceholders(part, secrets))
      report([...path, name], `there is no placeholder {{${unknown}}}`);
  if (config.sign && !config.signSecret) report([...path, "sign"], "a signature needs signSecret");
  if (config.format === "form" && !isFlat(config.body))
    report([...path, "body"], "a form is a group of keys with one text each");
  if (config.sign === "feishu" && config.format === "form")
    report([...path, "sign"], "this signature is a part of a JSON body");
  for (const [name, text] of Object.entries(config.headers ?? {}))
    if (!/^[A-Za-z0-9-]+$/.test(name) || /[\r\n]/.test(text))
      report([...path, "headers", name], "this is no header");
}

const isFlat = (body: unknown): boolean =>
  typeof body === "object" &&
  body !== null &&
  !Array.isArray(body) &&
  Object.values(body).every((value) => typeof value === "string");

function withSecrets(
  config: TargetConfig,
  path: ConfigPath,
  { source, report }: { readonly source: SecretSource; readonly report: Report },
): Target {
  const read = (ref: SecretRef | undefined, ...where: string[]): string | undefined => {
    if (!ref) return undefined;
    const found = readSecret(ref, source);
    if (typeof found === "string") return found;
    report([...path, ...where], found.problem);
    return "";
  };
  switch (config.kind) {
    case "webhook":
      return { config, secret: read(config.secret, "secret") ?? "" };
    case "email":
      return { config, password: read(config.password, "password") };
    case "template": {
      const secrets = Object.entries(config.secrets ?? {}).map(
        ([name, ref]) => [name, read(ref, "secrets", name) ?? ""] as const,
      );
      return {
        config,
        signSecret: read(config.signSecret, "signSecret"),
        secrets: Object.fromEntries(secrets),
      };
    }
  }
}

function readSecret(ref: SecretRef, source: SecretSource): string | { readonly problem: string } {
  if ("env" in ref) {
    const value = source.env[ref.env];
    return value ? value : { problem: `the environment variable ${ref.env} is not set` };
  }
  try {
    const text = source.readFile(ref.file).replace(/\r?\n$/, "");
    return text === "" ? { problem: `the file ${ref.file} is empty` } : text;
  } catch {
    return { problem: `the file ${ref.file} cannot be read` };
  }
}
