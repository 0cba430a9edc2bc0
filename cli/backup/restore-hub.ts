import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { makeFolder, syncFolder } from "@firebreak/kit/files.ts";
import { type PostgresAccess, restorePostgres } from "@firebreak/kit/postgres-dump.ts";
import { copyFolder } from "./copy-files.ts";
import { checkSums, DATA, type Manifest, POSTGRES_DUMP, readManifest } from "./manifest.ts";

export interface RestoreOptions {
  readonly from: string;
  /** Made; must be absent or empty. */
  readonly data: string;
  /** An empty database, where the backup was of one in PostgreSQL. */
  readonly postgres?: PostgresAccess;
  readonly onStep?: (what: string) => void;
}

/** @throws CodedError BACKUP_DAMAGED naming every file that is not as it was written; BACKUP_INCOMPLETE */
export async function checkBackup(
  folder: string,
  onFile?: (name: string) => void,
): Promise<Manifest> {
  const manifest = readManifest(folder);
  const problems = await checkSums(folder, onFile);
  if (problems.length === 0) return manifest;
  throw new CodedError("BACKUP_DAMAGED", `${folder} is damaged:\n  ${problems.join("\n  ")}`);
}

/**
 * Makes a data folder of a backup, after every file of it was checked. Nothing is there under its name before all of it
 * is; PostgreSQL comes first, in one transaction.
 * @throws CodedError RESTORE_TARGET, BACKUP_DAMAGED, BACKUP_INCOMPLETE, BAD_CONFIGURATION, POSTGRES_DUMP
 */
export async function restoreHub(options: RestoreOptions): Promise<Manifest> {
  const { from, postgres, onStep = () => {} } = options;
  const data = resolve(options.data);
  if (existsSync(data) && readdirSync(data).length > 0)
    throw new CodedError("RESTORE_TARGET", `${data}: is not empty; name a folder that is`);
  const manifest = await checkBackup(from, onStep);
  if (manifest.postgres !== (postgres !== undefined))
    throw new CodedError("BAD_CONFIGURATION", otherDatabase(manifest));
  const partial = `${data}.restoring`;
  rmSync(partial, { recursive: true, force: true });
  makeFolder(dirname(partial));
  onStep("copying");
  copyFolder(join(from, DATA), partial, () => false);
  if (postgres) await restorePostgres(postgres, join(from, POSTGRES_DUMP));
  if (existsSync(data)) rmdirSync(data);
  renameSync(partial, data);
  syncFolder(dirname(data));
  return manifest;
}

const otherDatabase = ({ postgres }: Manifest): string =>
  postgres
    ? "users and tickets of this backup are in PostgreSQL: name an empty database with --database"
    : "users and tickets of this backup are in the data folder: restore it without --database";
