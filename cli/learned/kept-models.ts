import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import type { LifeModel } from "@firebreak/rules/prognosis/remaining-life/train-life-model.ts";

const sumBytes = 32;
/** Of some 1 MB each; the oldest go first. Engineering default. */
const mostKept = 20;

const fileOf = (folder: string, key: string) => join(folder, `${key}.life`);
const sumOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** What was kept under a key; undefined where there is none, or none that is whole. */
export function keptModel(folder: string, key: string): LifeModel | undefined {
  try {
    const bytes = readFileSync(fileOf(folder, key));
    const body = bytes.subarray(sumBytes);
    if (!sumOf(body).equals(bytes.subarray(0, sumBytes))) return undefined;
    // Bytes that pass the sum are those that were written below.
    const model: LifeModel = deserialize(body);
    return model;
  } catch {
    // Whatever hinders: it can be learned again.
    return undefined;
  }
}

/** Keeps a model under its key, in place of the oldest where there are many. */
export function keepModel(folder: string, key: string, model: LifeModel): void {
  mkdirSync(folder, { recursive: true });
  const body = serialize(model);
  writeFileDurably(fileOf(folder, key), Buffer.concat([sumOf(body), body]), 0o644);
  const newestFirst = readdirSync(folder)
    .filter((name) => name.endsWith(".life"))
    .map((name) => ({ path: join(folder, name), ms: statSync(join(folder, name)).mtimeMs }))
    .sort((one, other) => other.ms - one.ms);
  for (const { path } of newestFirst.slice(mostKept)) rmSync(path, { force: true });
}
