import { existsSync } from "node:fs";
import { join } from "node:path";
import { migrateStore } from "@firebreak/ingest/store/migrate/migrate-store.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type FolderLock, lockFolder } from "@firebreak/kit/file-lock.ts";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { telemetryAccess } from "../hub/hub-telemetry.ts";
import { untilToldToEnd } from "../until-told-to-end.ts";

interface MigrateArguments {
  readonly data: string;
  readonly from?: string;
  readonly fromTokenFile?: string;
  readonly to: string;
  readonly toTokenFile?: string;
}

/** `firebreak migrate-store`: copies telemetry from one store into another, empty one. */
export function create(): Command {
  return new Command("migrate-store")
    .option("--data <folder>", "the hub's data folder; the hub must not run", "./firebreak-data")
    .option("--from <url>", "where telemetry is; default sqlite:<data>/telemetry.sqlite")
    .option("--from-token-file <file>", "its token or password")
    .requiredOption("--to <url>", "where it shall be, as for `hub --telemetry`; must be empty")
    .option("--to-token-file <file>", "its token or password")
    .addHelpText(
      "after",
      `
Interrupt it whenever you like: the same command goes on where it was. What is copied stays in the first store. Start
the hub with \`--telemetry <url>\` when it has ended.`,
    )
    .action(async (args: MigrateArguments) => {
      // To lock a folder makes it.
      if (!existsSync(args.data)) throw noFolder(args.data);
      const lock: FolderLock = lockFolder(args.data);
      try {
        await migrate(args);
      } finally {
        lock.release();
      }
    });
}

const noFolder = (data: string) =>
  new CodedError(
    "BAD_CONFIGURATION",
    `--data ${data}: is not there; name the data folder of the hub`,
  );

async function migrate(args: MigrateArguments): Promise<void> {
  const { data, from = `sqlite:${join(args.data, "telemetry.sqlite")}`, to } = args;
  const interrupting = new AbortController();
  untilToldToEnd().then(
    () => interrupting.abort(),
    () => undefined,
  );
  const shown = showProgress();
  try {
    const samples = await migrateStore({
      from: telemetryAccess(from, args.fromTokenFile),
      to: telemetryAccess(to, args.toTokenFile),
      dataFolder: data,
      onProgress: shown.update,
      onOutage: ({ message }) => shown.say(`waiting for the database: ${message}`),
      signal: interrupting.signal,
    });
    shown.stop();
    process.stdout.write(`${samples} samples are in ${to.split("?")[0]}\n`);
  } finally {
    shown.stop();
  }
}

/** A bar on a terminal; elsewhere a line for every tenth. */
function showProgress() {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: "{bar} {percentage}%  {value} of {total} samples, {eta_formatted} left",
        stream: process.stderr,
      })
    : undefined;
  let tenths = 0;
  let hasBegun = false;
  const say = (text: string) => process.stderr.write(`firebreak migrate-store: ${text}\n`);
  return {
    say,
    update({ samples, total }: { samples: number; total: number }) {
      if (!hasBegun) bar?.start(total, 0);
      hasBegun = true;
      bar?.update(samples);
      const tenth = Math.floor((samples * 10) / Math.max(1, total));
      if (!bar && tenth > tenths) say(`${tenth * 10} %, ${samples} of ${total} samples`);
      tenths = Math.max(tenths, tenth);
    },
    stop: () => bar?.stop(),
  };
}
