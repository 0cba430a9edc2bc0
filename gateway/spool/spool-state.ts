import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { makeFolderIfPossible, writeFileDurably } from "@firebreak/kit/files.ts";
import type { NumberRange } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/**
 * What lies beside the log. May be older than the log: the hub says again what it has. Only the store id must never be
 * lost once it was learned, so it is written at once.
 */
export interface SpoolState {
  readonly version: 1;
  /** The store this gateway was enrolled to; null before the first contact. */
  readonly storeId: string | null;
  /** Sparkplug bdSeq of the next connection. */
  readonly bdSeq: number;
  readonly settled: Readonly<Record<string, readonly NumberRange[]>>;
  /** Of each epoch no number from here on has ever left; an epoch that is not named may have sent everything. */
  readonly unsentFrom: Readonly<Record<string, number>>;
}

const emptyState: SpoolState = { version: 1, storeId: null, bdSeq: 0, settled: {}, unsentFrom: {} };
const dictionaryName = /^[0-9a-f]{16}\.json$/;

/** The small files of a spool folder. */
export class SpoolFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    makeFolderIfPossible(join(folder, "dictionaries"));
  }

  /** The state, or that of a new spool where there is none or it cannot be read. */
  readState(): SpoolState {
    try {
      const text = readFileSync(join(this.#folder, "state.json"), "utf8");
      return { ...emptyState, ...(JSON.parse(text) as Partial<SpoolState>) };
    } catch (error) {
      if (error instanceof SyntaxError || errorCode(error) === "ENOENT") return emptyState;
      throw error;
    }
  }

  writeState(state: SpoolState): void {
    writeFileDurably(join(this.#folder, "state.json"), JSON.stringify(state));
  }

  readDictionaries(): SignalDictionary[] {
    const folder = join(this.#folder, "dictionaries");
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => dictionaryName.test(name))
      .flatMap((name) => {
        try {
          return [JSON.parse(readFileSync(join(folder, name), "utf8")) as SignalDictionary];
        } catch (error) {
          if (error instanceof SyntaxError) return [];
          throw error;
        }
      });
  }

  writeDictionary(dictionary: SignalDictionary): void {
    const path = join(this.#folder, "dictionaries", `${dictionary.hash}.json`);
    writeFileDurably(path, JSON.stringify(dictionary));
  }
}
