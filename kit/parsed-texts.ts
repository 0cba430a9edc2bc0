import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

/** Remembers what texts were parsed to. */
export interface ParsedTexts {
  /** What the same text, to the byte, was parsed to before; undefined when nobody knows. */
  recall(text: string): { readonly value: unknown } | undefined;
  keep(text: string, value: unknown): void;
}

/** Shorter ones are parsed as fast as they are looked up; engineering default. */
const leastCharacters = 4_096;
/** A file that is edited leaves one behind each time; engineering default. */
const mostTexts = 200;

/**
 * Remembers in a folder, from one start to the next: a hub parses 1 MB of YAML at its start, which takes a third of it.
 * Whoever may write there decides what files say. A folder that cannot be written or read remembers nothing.
 */
export function parsedTextsIn(folderNow: () => string | undefined): ParsedTexts {
  const pathOf = (folder: string, text: string) =>
    join(folder, `${createHash("sha256").update(text).digest("hex")}.json`);
  return {
    recall(text) {
      const folder = folderNow();
      if (folder === undefined || text.length < leastCharacters) return undefined;
      try {
        return { value: JSON.parse(readFileSync(pathOf(folder, text), "utf8")) };
      } catch {
        return undefined;
      }
    },
    keep(text, value) {
      const folder = folderNow();
      if (folder === undefined || text.length < leastCharacters) return;
      const json = JSON.stringify(value);
      // What JSON cannot say, such as `.nan`, is parsed each time.
      if (json === undefined || !isDeepStrictEqual(JSON.parse(json), value)) return;
      try {
        writeAtOnce(folder, pathOf(folder, text), json);
      } catch {
        // Then the next start parses it.
      }
    },
  };
}

function writeAtOnce(folder: string, path: string, json: string): void {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length >= mostTexts) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, json);
  renameSync(unfinished, path);
}

/** Beside the compiled code, which is executed: what may be trusted with that may be trusted with this. */
export const keptParsedTexts = parsedTextsIn(() => {
  const compiled = getCompileCacheDir();
  return compiled === undefined ? undefined : join(compiled, "parsed-texts");
});
