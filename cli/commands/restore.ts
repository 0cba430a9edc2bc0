import { Command } from "commander";
import { restoreHub } from "../backup/restore-hub.ts";
import { showSteps } from "../backup/show-steps.ts";
import { postgresAccess } from "./backup.ts";

interface RestoreArguments {
  readonly from: string;
  readonly data: string;
  readonly database?: string;
  readonly databasePasswordFile?: string;
}

/** `firebreak restore`: makes a data folder of a backup. */
export function create(): Command {
  return new Command("restore")
    .requiredOption("--from <folder>", "what `firebreak backup` has made")
    .requiredOption("--data <folder>", "the data folder to make; must be absent or empty")
    .option("--database <url>", "an empty database, where the backup is of postgres://…")
    .option("--database-password-file <file>", "its password, instead of in the URL")
    .addHelpText(
      "after",
      `
Every file is compared with its checksum before anything is written. Then start the hub on the new folder, and never
again on the old one: gateways send it what came after the backup.`,
    )
    .action(async ({ from, data, database, databasePasswordFile }: RestoreArguments) => {
      const steps = showSteps("restore");
      const { takenAt, influx } = await restoreHub({
        from,
        data,
        ...(database === undefined
          ? {}
          : { postgres: postgresAccess(database, databasePasswordFile) }),
        onStep: steps.update,
      }).finally(steps.stop);
      if (influx)
        steps.say(
          "samples lie in an InfluxDB: restore it by its own means before you start the hub",
        );
      process.stdout.write(`${data} is as it was at ${takenAt}\n`);
    });
}
