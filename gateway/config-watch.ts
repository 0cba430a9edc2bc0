import { statSync } from "node:fs";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { GatewaySettings } from "./gateway-settings.ts";
import { type SettingsAnswer, settingsOf } from "./read-settings.ts";

export interface ConfigWatchOptions {
  readonly read: (file: string) => Promise<SettingsAnswer>;
  /** A change that may be used; called at most once per `look`. */
  onChange(settings: GatewaySettings): void;
  /**
   * A change that may not, with every problem and its line, or one that cannot be read at present, which is read again
   * at the next `look`: the configuration in force stays.
   */
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
  /** Undefined: what was seen last could not be read. */
  #seen: string | undefined;

  /**
   * @param files what the configuration in force rests on
   * @param readMs when it was about to be read, ms since 1970: what was written since then may be another
   */
  constructor(
    file: string,
    files: readonly string[],
    options: ConfigWatchOptions,
    readMs = Number.POSITIVE_INFINITY,
  ) {
    this.#file = file;
    this.#options = options;
    this.#files = files;
    this.#seen = seenSince(readMs, files);
  }

  /** @throws the system's error if the files cannot even be looked at; it may be called again */
  async look(): Promise<void> {
    const now = fingerprint(this.#files);
    if (now === this.#seen) return;
    // Before reading: what changes meanwhile is seen at the next look.
    this.#seen = now;
    const beginMs = Date.now();
    try {
      const answer = await this.#options.read(this.#file);
      if (this.#files.join("\n") !== answer.files.join("\n")) {
        this.#files = answer.files;
        this.#seen = seenSince(beginMs, answer.files);
      }
      this.#options.onChange(settingsOf(answer));
    } catch (error) {
      const isRefused = error instanceof CodedError && !error.retryable;
      if (!isRefused) this.#seen = undefined;
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

/** Clocks of files and of programs may differ by so much. */
const aheadMs = 1_000;

/**
 * The fingerprint of what was read since then; undefined where one of the files was written meanwhile, and nobody knows
 * which text was read. One from the time of a clock that was ahead says nothing.
 */
function seenSince(beginMs: number, files: readonly string[]): string | undefined {
  const latestMs = Date.now() + aheadMs;
  const isWritten = files.some((one) => {
    const { mtimeMs = 0 } = statSync(one, { throwIfNoEntry: false }) ?? {};
    return mtimeMs >= beginMs + 1 && mtimeMs < latestMs;
  });
  return isWritten ? undefined : fingerprint(files);
}
