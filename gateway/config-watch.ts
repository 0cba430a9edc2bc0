import { statSync } from "node:fs";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { filesOfConfig, readGatewayConfig } from "./config.ts";

type Config = ReturnType<typeof readGatewayConfig>;

export interface ConfigWatchOptions {
  /** A change that may be used; called at most once per `look`. */
  onChange(config: Config): void;
  /** A change that may not: the configuration in force stays. The message has every problem with its line. */
  onRefused(error: CodedError): void;
}

/**
 * Looks after the configuration of a running gateway, its plans, and the files that these import. What is broken never
 * comes into force and is told once, with line; what is whole again is taken. Call `look` every few seconds.
 */
export class ConfigWatch {
  readonly #file: string;
  readonly #options: ConfigWatchOptions;
  #seen: string;

  constructor(file: string, options: ConfigWatchOptions) {
    this.#file = file;
    this.#options = options;
    this.#seen = fingerprint(file);
  }

  look(): void {
    const now = fingerprint(this.#file);
    if (now === this.#seen) return;
    this.#seen = now;
    try {
      this.#options.onChange(readGatewayConfig(this.#file));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#options.onRefused(error);
    }
  }
}

/** Changes when one of the files does, or comes, or goes. */
const fingerprint = (file: string): string =>
  filesOfConfig(file)
    .map((one) => {
      const stats = statSync(one, { throwIfNoEntry: false });
      return stats ? `${one} ${stats.mtimeMs} ${stats.size} ${stats.ino}` : `${one} absent`;
    })
    .join("\n");
