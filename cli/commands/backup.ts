import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Command } from "commander";
import { type BackupOptions, backupHub } from "../backup/backup-hub.ts";
import { checkBackup } from "../backup/restore-hub.ts";
import { showSteps } from "../backup/show-steps.ts";
import { readSecret } from "./hub.ts";

interface BackupArguments {
  readonly data: string;
  readonly to?: string;
  readonly check?: string;
  readonly database?: string;
  readonly databasePasswordFile?: string;
  readonly telemetry?: string;
}

/** `firebreak backup`: copies a hub's state while it runs, or checks such a copy. */
export function create(): Command {
  return new Command("backup")
    .option("--data <folder>", "the hub's data folder; the hub may run", "./firebreak-data")
    .option("--to <folder>", "where the backup goes; must not be there yet")
    .option("--check <folder>", "only compare a backup with its checksums")
    .option("--database <url>", "as for the hub, if it is not in the data folder")
    .option("--database-password-file <file>", "its password, instead of in the URL")
    .option("--telemetry <url>", "as for the hub, if it is sqlite:<path> outside the data folder")
    .addHelpText(
      "after",
      `
The backup holds the hub's keys and everybody's passwords as hashes: keep it as safe as the hub. Samples in an InfluxDB
are not part of it.`,
    )
    .action(async (args: BackupArguments) => {
      if (args.check !== undefined) {
        const { takenAt } = await checkBackup(args.check);
        process.stdout.write(`${args.check} is whole, taken at ${takenAt}\n`);
        return;
      }
      if (args.to === undefined)
        throw new CodedError("BAD_CONFIGURATION", "say with --to <folder> where the backup goes");
      const steps = showSteps("backup");
      const { manifest, bytes } = await backupHub({
        data: args.data,
        to: args.to,
        ...databaseOf(args),
        ...telemetryOf(args),
        onStep: steps.update,
      }).finally(steps.stop);
      if (manifest.damagedRecords > 0)
        steps.say(
          `the journal has ${manifest.damagedRecords} unreadable records; copied as they are`,
        );
      if (manifest.influx)
        steps.say("samples lie in an InfluxDB: back it up by its own means now, after this");
      const size = (bytes / 1_000_000).toFixed(1);
      process.stdout.write(`${args.to} is whole: ${size} MB, taken at ${manifest.takenAt}\n`);
    });
}

function databaseOf({ database: url, databasePasswordFile: file }: BackupArguments) {
  if (url === undefined) return {};
  const sqlite = sqlitePath(url);
  const database: BackupOptions["database"] =
    sqlite === undefined ? { postgres: postgresAccess(url, file) } : { sqlite };
  return { database };
}

function telemetryOf({ telemetry: url }: BackupArguments) {
  const telemetry = url === undefined ? undefined : sqlitePath(url);
  return telemetry === undefined ? {} : { telemetry };
}

const sqlitePath = (url: string): string | undefined =>
  url.startsWith("sqlite:") ? url.slice("sqlite:".length) : undefined;

/** @throws CodedError BAD_CONFIGURATION; it never repeats the URL, which may hold a password */
export function postgresAccess(url: string, passwordFile: string | undefined) {
  if (!/^postgres(ql)?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new CodedError(
      "BAD_CONFIGURATION",
      "--database is not sqlite:<path> or postgres://user@host:port/database",
    );
  if (passwordFile === undefined) return { url };
  return { url, password: readSecret("--database-password-file", passwordFile) };
}
