import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { makeFolder, syncFolder } from "@firebreak/kit/files.ts";
import { restorePostgres } from "@firebreak/kit/postgres-dump.ts";
import type { PostgresAccess } from "@firebreak/kit/postgres-url.ts";
import { RESTORING, STORE_FILE } from "../hub/hub-files.ts";
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
 * Makes a data folder of a backup, after every file of it was checked. All of it is copied before anything is there under
 * its name, and the file that makes it a hub's comes last; PostgreSQL before that, in one transaction. A folder that is
 * there is filled where it is: a mounted one can be neither replaced nor has to have a folder above that can be written.
 * @throws CodedError RESTORE_TARGET, BACKUP_DAMAGED, BACKUP_INCOMPLETE, BAD_CONFIGURATION, POSTGRES_DUMP
 */
export async function restoreHub(options: RestoreOptions): Promise<Manifest> {
  const { from, postgres, onStep = () => {} } = options;
  const data = resolve(options.data);
  const isThere = existsSync(data);
  if (isThere && readdirSync(data).some((name) => !ofNobody.has(name)))
    throw new CodedError("RESTORE_TARGET", `${data}: is not empty; name a folder that is`);
  const manifest = await checkBackup(from, onStep);
  if (manifest.postgres !== (postgres !== undefined))
    throw new CodedError("BAD_CONFIGURATION", otherDatabase(manifest));
  const partial = isThere ? join(data, RESTORING) : `${data}${RESTORING}`;
  try {
    begin(partial);
    onStep("copying");
    copyFolder(join(from, DATA), partial, () => false);
    if (postgres) await restorePostgres(postgres, join(from, POSTGRES_DUMP));
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  if (isThere) moveUp(partial, data);
  else renameSync(partial, data);
  syncFolder(dirname(data));
  return manifest;
}

/** What an earlier try left, and what a new disk has of its own. */
const ofNobody: ReadonlySet<string> = new Set([RESTORING, "lost+found"]);

/** @throws CodedError RESTORE_TARGET */
function begin(partial: string): void {
  try {
    rmSync(partial, { recursive: true, force: true });
    makeFolder(partial);
  } catch (error) {
    throw notMade(partial, error);
  }
}

const notMade = (partial: string, cause: unknown) =>
  new CodedError(
    "RESTORE_TARGET",
    `${partial}: cannot be made (${errorCode(cause)}); make the data folder first, where this can write`,
    { cause },
  );

function moveUp(partial: string, data: string): void {
  const names = readdirSync(partial).filter((name) => name !== STORE_FILE);
  for (const name of names) renameSync(join(partial, name), join(data, name));
  syncFolder(data);
  renameSync(join(partial, STORE_FILE), join(data, STORE_FILE));
  syncFolder(data);
  rmSync(partial, { recursive: true });
}

const otherDatabase = ({ postgres }: Manifest): string =>
  postgres
    ? "users and tickets of this backup are in PostgreSQL: name an empty database with --database"
    : "users and tickets of this backup are in the data folder: restore it without --database";
