import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { copySqlite } from "@firebreak/kit/copy-sqlite.ts";
import { diskSpace } from "@firebreak/kit/disk-space.ts";
import { makeFolder, syncFolder } from "@firebreak/kit/files.ts";
import { dumpPostgres } from "@firebreak/kit/postgres-dump.ts";
import type { PostgresAccess } from "@firebreak/kit/postgres-url.ts";
import { copyLog } from "@firebreak/log/copy-log.ts";
import { RESTORING, readOrCreateStoreId, STORE_FILE } from "../hub/hub-files.ts";
import { bytesIn, copyFolder, sizeOf } from "./copy-files.ts";
import { DATA, type Manifest, POSTGRES_DUMP, sealBackup } from "./manifest.ts";

export interface BackupOptions {
  readonly data: string;
  /** Made; must be absent or empty. */
  readonly to: string;
  /** Where users and tickets are, if not in the data folder. */
  readonly database?: { readonly sqlite: string } | { readonly postgres: PostgresAccess };
  /** The file with the samples, if it is not in the data folder. */
  readonly telemetry?: string;
  readonly onStep?: (what: string, share: number) => void;
}

export interface Backup {
  readonly manifest: Manifest;
  readonly bytes: number;
}

const TELEMETRY = "telemetry.sqlite";
const DATABASE = "firebreak.sqlite";
const JOURNAL = "journal";
const JOURNAL_PASS_MS = 2_000;
/** The delivery index and the stores first: what they have passed must be in the journal's copy, which ends last. */
const first = ["delivery.sqlite", TELEMETRY, DATABASE];

/**
 * Copies a hub's state while it runs, or while it does not. Each reader of the journal is copied as of one instant of its
 * own and the journal last, so the copy is like a hub that was killed when its journal was taken: the readers go on from
 * their places. Nothing waits for the backup. What is there is written to `<to>.partial` and renamed when it is whole.
 * @throws CodedError BACKUP_TARGET, BACKUP_SOURCE, NO_ROOM, LOG_OVERTAKEN, COPY_DAMAGED, POSTGRES_DUMP
 */
export async function backupHub(options: BackupOptions): Promise<Backup> {
  const { data, onStep = () => {} } = options;
  const to = resolve(options.to);
  checkPlaces(options, to);
  const partial = `${to}.partial`;
  rmSync(partial, { recursive: true, force: true });
  try {
    makeFolder(join(partial, DATA));
    const state = await copyState(options, partial);
    const manifest: Manifest = {
      format: 1,
      storeId: readOrCreateStoreId(data),
      takenAt: new Date().toISOString(),
      ...state,
    };
    onStep("checksums", 0);
    await sealBackup(partial, manifest);
    if (existsSync(to)) rmSync(to, { recursive: true });
    renameSync(partial, to);
    syncFolder(dirname(to));
    return { manifest, bytes: bytesIn(to) };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

async function copyState(options: BackupOptions, partial: string) {
  const { data, database, onStep = () => {} } = options;
  const target = join(partial, DATA);
  onStep(JOURNAL, 0);
  const journal = copyLog(join(data, JOURNAL), join(target, JOURNAL));
  let overtaken: unknown;
  const pass = () => {
    try {
      journal.take();
    } catch (error) {
      overtaken ??= error;
    }
  };
  const passing = setInterval(pass, JOURNAL_PASS_MS);
  try {
    journal.take();
    for (const [from, name] of databasesOf(options)) {
      await copySqlite(from, join(target, name), (share) => onStep(name, share));
      if (overtaken) throw overtaken;
    }
    const postgres = database && "postgres" in database ? database.postgres : undefined;
    if (postgres) {
      onStep("PostgreSQL", 0);
      await dumpPostgres(postgres, join(partial, POSTGRES_DUMP));
    }
    onStep("files", 0);
    copyFolder(data, target, isLeftOut);
    if (overtaken) throw overtaken;
    onStep(JOURNAL, 1);
    const { oldest, end, damagedRecords } = journal.take();
    return {
      journal: { oldest, end },
      postgres: postgres !== undefined,
      influx: readdirSync(target).some(isInfluxState),
      damagedRecords,
    };
  } finally {
    clearInterval(passing);
    journal.close();
  }
}

const isInfluxState = (name: string) => /^telemetry-influxdb-.*\.sqlite$/.test(name);

/** Files of SQLite with their names in the backup, in the order in which they must be copied. */
function databasesOf({ data, database, telemetry }: BackupOptions): [string, string][] {
  const names = readdirSync(data).filter((name) => name.endsWith(".sqlite"));
  const found = new Map(names.map((name) => [name, join(data, name)]));
  if (telemetry !== undefined) found.set(TELEMETRY, telemetry);
  if (database && "sqlite" in database) found.set(DATABASE, database.sqlite);
  if (database && "postgres" in database) found.delete(DATABASE);
  const order = (name: string) => (first.indexOf(name) + first.length + 1) % (first.length + 1);
  return [...found]
    .map(([name, path]): [string, string] => [path, name])
    .sort(([, one], [, other]) => order(one) - order(other) || one.localeCompare(other));
}

/**
 * Locks and addresses of the running process, what SQLite copies itself, files made anew when asked
 * for, and spools, which are their gateways'.
 */
function isLeftOut(path: string): boolean {
  const name = basename(path);
  if (/\.sqlite(-wal|-shm|-journal)?$/.test(path) && path === name) return true;
  return (
    [
      JOURNAL,
      "exports",
      "models",
      "simulator",
      "replay",
      "hub.json",
      "lost+found",
      RESTORING,
    ].includes(path) ||
    /^lock\.\d/.test(name) ||
    name.endsWith(".tmp")
  );
}

function checkPlaces(options: BackupOptions, to: string): void {
  const { data, database, telemetry } = options;
  if (isDisk(to))
    throw new CodedError(
      "BACKUP_TARGET",
      `${to}: is a disk of its own, which cannot be put in place as a whole; name a folder on it that is not there`,
    );
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new CodedError("BACKUP_TARGET", `${to}: is there already; name a folder that is not`);
  if (`${to}/`.startsWith(`${resolve(data)}/`))
    throw new CodedError("BACKUP_TARGET", `${to}: lies within the data folder`);
  if (!existsSync(join(data, STORE_FILE)))
    throw new CodedError("BACKUP_SOURCE", `${data}: is no hub's data folder`);
  if (database === undefined && !existsSync(join(data, DATABASE)))
    throw missing(data, "users and tickets", "--database");
  const hasSamples = existsSync(join(data, TELEMETRY)) || readdirSync(data).some(isInfluxState);
  if (telemetry === undefined && !hasSamples) throw missing(data, "samples", "--telemetry");
  checkRoom(options, to);
}

/** What is mounted can be neither removed nor renamed, and `<to>.partial` would be on another disk. */
const isDisk = (to: string): boolean =>
  existsSync(to) && statSync(to).dev !== statSync(dirname(to)).dev;

const missing = (data: string, what: string, option: string) =>
  new CodedError(
    "BACKUP_SOURCE",
    `${data}: holds no ${what}; say with ${option} where they are, as for the hub`,
  );

/** What would be copied now: the files, the journal, and the databases wherever they lie. */
function bytesWanted(options: BackupOptions): number {
  const { data } = options;
  const databases = databasesOf(options).map(([path]) => sizeOf(path) + sizeOf(`${path}-wal`));
  return (
    bytesIn(data, isLeftOut) +
    bytesIn(join(data, JOURNAL)) +
    databases.reduce((sum, size) => sum + size, 0)
  );
}

function checkRoom(options: BackupOptions, to: string): void {
  makeFolder(dirname(to));
  const free = diskSpace(dirname(to))?.free ?? Number.POSITIVE_INFINITY;
  const wanted = bytesWanted(options);
  if (free >= wanted) return;
  const inMb = (bytes: number) => Math.ceil(bytes / 1_000_000);
  throw new CodedError(
    "NO_ROOM",
    `${dirname(to)}: has room for ${inMb(free)} MB, the backup takes up to ${inMb(wanted)} MB`,
  );
}
