import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../shared/data/", import.meta.url));

/**
 * Path of a file of the shared test data, which lies beside the clone and is never part of it. Where it is absent the
 * answer is undefined and the reason is printed once per file, so that a test can skip; on CI its absence is an error.
 */
export function sharedData(path: string): string | undefined {
  const file = `${folder}${path}`;
  if (existsSync(file)) return file;
  const reason = `shared test data is absent: ../shared/data/${path}`;
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`skipped, ${reason}\n`);
  return undefined;
}
