import { statSync } from "node:fs";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { GatewaySettings } from "./gateway-settings.ts";
import { type SettingsAnswer, settingsOf } from "./read-settings.ts";

export interface ConfigWatchOptions {
  readonly read: (file: string) => Promise<SettingsAnswer>;
  /** A change that may be used; called at most once per `look`. */
  onChange(settings: GatewaySettings): void;
  /** A change that may not: the configuration in force stays. The message has every problem with its line. */
  onRefused(error: CodedError): void;
}

/**
 * Looks after the configuration of a running gateway, its plans, and the files that these import. What is broken never
 * comes into force and is told once, with line; what is whole again is taken. Call `look` every few seconds: it asks
 * for the times of the files only, and reads when one has changed.
 */
export class ConfigWatch {
  readonly #file: string;
  readonly #options: ConfigWatchOptions;
  #files: readonly string[];
  #seen: string;

  /** @param files what the configuration in force rests on */
  constructor(file: string, files: readonly string[], options: ConfigWatchOptions) {
    this.#file = file;
    this.#options = options;
    this.#files = files;
    this.#seen = fingerprint(files);
  }

  async look(): Promise<void> {
    const now = fingerprint(this.#files);
    if (now === this.#seen) return;
    // Before reading: what changes meanwhile is seen at the next look.
    this.#seen = now;
    try {
      const answer = await this.#options.read(this.#file);
      if (this.#files.join("\n") !== answer.files.join("\n")) {
        this.#files = answer.files;
        this.#seen = fingerprint(answer.files);
      }
      this.#options.onChange(settingsOf(answer));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#options.onRefused(error);
    }
  }
}

/** Changes when one of the files does, or comes, or goes. */
const fingerprint = (files: readonly string[]): string =>
  files
    .map((one) => {
      const stats = statSync(one, { throwIfNoEntry: false });
      return stats ? `${one} ${stats.mtimeMs} ${stats.size} ${stats.ino}` : `${one} absent`;
    })
    .join("\n");
