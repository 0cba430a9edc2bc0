import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ConfigProblem } from "@firebreak/kit/load-config.ts";
import type { GatewaySettings } from "./gateway-settings.ts";

/** What a configuration comes to, and every file that it rests on, whether it may be used or not. */
export interface SettingsAnswer {
  readonly files: readonly string[];
  readonly settings?: GatewaySettings;
  readonly refused?: {
    readonly code: string;
    readonly message: string;
    /** Of what a hub laid over the file (BAD_LAYER). */
    readonly problems?: readonly ConfigProblem[];
  };
}

const program = fileURLToPath(new URL("./settings-process.ts", import.meta.url));
const timeoutMs = 60_000;

/**
 * Reads a configuration and its plans in a process of their own, which ends with that. Schemas, YAML and what checks
 * plans take more memory than all of a gateway's work, and are needed for a second. `layer`: what a hub lays over it.
 * @throws CodedError SETTINGS_NOT_READ (retryable) when the process came to nothing, or could not be had
 */
export function readSettings(file: string, layer?: string): Promise<SettingsAnswer> {
  return new Promise((resolve, reject) => {
    let answered: SettingsAnswer | undefined;
    let errors = "";
    const child = started(file);
    child.stderr?.on("data", (piece) => {
      errors = `${errors}${piece}`.slice(-2_000);
    });
    child.on("message", (message) => {
      answered = message as SettingsAnswer;
    });
    child.on("error", (cause) => reject(notRead(file, "failed", cause)));
    child.send(layer === undefined ? {} : { layer }, () => {
      // A process that is gone already is told by its end.
    });
    child.on("close", (code, signal) => {
      if (answered) resolve(answered);
      else reject(notRead(file, `ended with ${signal ?? code}. ${errors}`));
    });
  });
}

function started(file: string): ChildProcess {
  try {
    return fork(program, [file], {
      env: environment(),
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
      timeout: timeoutMs,
    });
  } catch (cause) {
    // Some of the system's refusals are thrown here, others come as an event.
    throw notRead(file, "could not be started", cause);
  }
}

/** Compiled code is kept where this process keeps it; Node names the folder below, of its version. */
const environment = (): NodeJS.ProcessEnv => {
  const folder = getCompileCacheDir();
  return folder === undefined
    ? process.env
    : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) };
};

const notRead = (file: string, why: string, cause?: unknown): CodedError =>
  new CodedError("SETTINGS_NOT_READ", `${file} could not be read: its process ${why}`.trim(), {
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });

/** @throws CodedError the refusal, as `readGatewaySettings` */
export function settingsOf({ settings, refused }: SettingsAnswer): GatewaySettings {
  if (settings) return settings;
  throw new CodedError(refused?.code ?? "SETTINGS_NOT_READ", refused?.message ?? "no settings");
}
