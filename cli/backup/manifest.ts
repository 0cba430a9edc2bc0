import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";

/** What a backup says of itself, in `backup.json`. */
export interface Manifest {
  readonly format: 1;
  readonly storeId: string;
  /** When the last record of the journal was taken; everything acknowledged before it is in the backup. */
  readonly takenAt: string;
  /** Positions of the copied journal. */
  readonly journal: { readonly oldest: number; readonly end: number };
  /** True when users and tickets are in `postgres.dump`. */
  readonly postgres: boolean;
  /** True when samples lie in an InfluxDB, which is not part of the backup. */
  readonly influx: boolean;
  /** Records that were unreadable in the journal already. */
  readonly damagedRecords: number;
}

const MANIFEST = "backup.json";
/** In the form of `sha256sum`, so that a backup can be checked where there is no Firebreak. */
const SUMS = "SHA256SUMS";
/** The copy of the data folder within a backup. */
export const DATA = "data";
export const POSTGRES_DUMP = "postgres.dump";

/** Every file of a folder, as paths relative to it with `/`, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Makes a folder of files a backup: the sums are written last. */
export async function sealBackup(folder: string, manifest: Manifest): Promise<void> {
  writeFileDurably(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  const lines: string[] = [];
  for (const name of filesIn(folder))
    if (name !== SUMS) lines.push(`${await sha256Of(join(folder, name))}  ${name}\n`);
  writeFileDurably(join(folder, SUMS), lines.join(""));
}

/** What is wrong with the files of a backup, one line each; empty when they are what was written. */
export async function checkSums(
  folder: string,
  onFile: (name: string) => void = () => {},
): Promise<string[]> {
  const problems: string[] = [];
  const named = new Set([SUMS]);
  for (const line of readFileSync(join(folder, SUMS), "utf8").split("\n")) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sum === undefined || name === undefined) {
      if (line !== "") problems.push(`${SUMS}: has a line that is none`);
      continue;
    }
    named.add(name);
    onFile(name);
    if (!existsSync(join(folder, name))) problems.push(`${name}: is missing`);
    else if ((await sha256Of(join(folder, name))) !== sum)
      problems.push(`${name}: is not what was written`);
  }
  for (const name of filesIn(folder))
    if (!named.has(name)) problems.push(`${name}: does not belong`);
  return problems;
}

/** @throws CodedError BACKUP_INCOMPLETE, BACKUP_VERSION */
export function readManifest(folder: string): Manifest {
  if (!existsSync(join(folder, SUMS)) || !existsSync(join(folder, MANIFEST)))
    throw new CodedError("BACKUP_INCOMPLETE", `${folder}: is no backup, or was interrupted`);
  const manifest = parse(readFileSync(join(folder, MANIFEST), "utf8"));
  if (manifest?.format === 1) return manifest;
  throw new CodedError("BACKUP_VERSION", `${folder}/${MANIFEST}: is damaged or of a newer release`);
}

function parse(text: string): Manifest | undefined {
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    return undefined;
  }
}
