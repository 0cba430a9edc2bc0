import { join } from "node:path";
import { type Gateway, startGateway } from "@firebreak/gateway/main.ts";
import { openRecording } from "@firebreak/gateway/sources/can/recording.ts";
import {
  type ColumnMap,
  parseColumns,
} from "@firebreak/gateway/sources/can/recordings/column-map.ts";
import {
  createReplay,
  replay as replayKind,
} from "@firebreak/gateway/sources/replay/replay-kind.ts";
import type { ReplaySource } from "@firebreak/gateway/sources/replay/replay-source.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { type FolderLock, lockFolder } from "@firebreak/kit/file-lock.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { Command, InvalidArgumentError } from "commander";
import { exitCodes } from "../exit-codes.ts";
import { untilToldToEnd } from "../until-told-to-end.ts";
import {
  findHub,
  followHub,
  replayFolder,
  replayGatewayId,
  setOtherStoreAside,
} from "./replay/replay-access.ts";
import { followReplay } from "./replay/replay-progress.ts";

interface Options {
  readonly plan: string;
  readonly machine: string;
  readonly data: string;
  readonly speed: number | "max";
  readonly repeat: number;
  readonly endsAt?: string;
  readonly columns?: ColumnMap;
  readonly hub?: string;
  readonly user?: string;
  readonly passwordFile?: string;
}

const help = `
The last frame of the recording gets the time of the start, so that everything lies in the past; spacing is kept.
With --repeat the runs lie end to end, two seconds apart, and the last frame of the last run gets that time. --ends-at gives
another time than that of the start.
Ends with 0 only when the hub has everything, and prints one line:
  {"machine":"JD5055E-1","epoch":"…","frames":1702,"samples":3120,"batches":4,"acknowledged":4,"firstStamp":"…","lastStamp":"…"}
While the hub is away it waits; what is not delivered when it is stopped goes out with the next replay of the machine.

Examples:
  firebreak replay drive.log --plan loader-tractor --machine JD5055E-1 --speed max
  firebreak replay idle.log --plan loader-tractor --machine JD5055E-1 --speed max --repeat 6
  firebreak replay drive.log --plan ./plan.yaml --machine P7 --hub mqtt://hub.example:1883 --user gw --password-file pw
`;

/** `firebreak replay`: a recording through a real gateway, with spool, delivery contract and all. */
export function create(): Command {
  return new Command("replay")
    .argument("<recording>", "recording of a CAN bus: candump text, Vector ASC, PCAN TRC or CSV")
    .requiredOption("--plan <id or path>", "plan of the machine's type")
    .requiredOption("--machine <id>", "machine it is played as")
    .option(
      "--data <folder>",
      "the hub's data folder; the spool lies beside it",
      "./firebreak-data",
    )
    .option("--speed <N|max>", "1 = as recorded, max = as fast as it goes", parseSpeed, 1)
    .option("--repeat <n>", "how often it is played, end to end", parseCount, 1)
    .option(
      "--ends-at <instant>",
      "time of the last frame, such as 2026-03-02T08:00:00Z",
      parsePast,
    )
    .option("--columns <map>", "columns of a CSV, as for firebreak decode", parseColumns)
    .option("--hub <url>", "a hub elsewhere, mqtt://host:port")
    .option("--user <name>", "user name for --hub (default: replay-<machine>)")
    .option("--password-file <file>", "file with the password for --hub")
    .addHelpText("after", help)
    .action(run);
}

function parseSpeed(text: string): number | "max" {
  if (text === "max") return "max";
  const speed = Number(text);
  if (text.trim() === "" || !Number.isFinite(speed) || speed <= 0)
    throw new InvalidArgumentError("It is a number above 0, or max.");
  return speed;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 100_000)
    throw new InvalidArgumentError("It is a whole number from 1 to 100000.");
  return count;
}

function parsePast(text: string): string {
  const atMs = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError("It is an instant like 2026-03-02T08:00:00Z.");
  if (atMs > Date.now()) throw new InvalidArgumentError("It is still to come; a replay is past.");
  return new Date(atMs).toISOString();
}

async function run(recording: string, options: Options): Promise<void> {
  const { data, machine } = options;
  const gatewayId = replayGatewayId(machine);
  const plan = loadPlan(options.plan);
  const [problem] = replayKind.check({ kind: "replay", file: recording }, plan.acquisition);
  if (problem) throw new CodedError("REPLAY_IMPOSSIBLE", `${problem}.`);
  await (await openRecording(recording)).close();
  const access = { ...options, gatewayId };
  const hub = await findHub(access);
  const folder = replayFolder(data, machine);
  const lock = lockMachine(folder, machine);
  try {
    if (options.hub === undefined) reportAside(machine, setOtherStoreAside(data, machine));
    const player = createPlayer(recording, options, plan);
    const gateway = await startGateway({
      gatewayId,
      hub: followHub(access, hub),
      spoolFolder: join(folder, "spool"),
      machines: [player.machine],
      isNewEpoch: true,
      batchAgeMs: 500,
      syncIntervalMs: 200,
      reconnect: { minMs: 200, capMs: 5_000 },
      // A recording is past as a whole: what began in it must be judged in its order.
      window: { smallBacklogBytes: Number.POSITIVE_INFINITY },
      log: createLogger(process.env.FIREBREAK_LOG ?? "warn"),
    });
    await play(gateway, player, options);
  } finally {
    lock.release();
  }
}

function reportAside(machine: string, aside: string | undefined): void {
  if (aside !== undefined)
    process.stderr.write(
      `firebreak replay: earlier replays of ${machine} went to another hub; their spool was put aside as ${aside}\n`,
    );
}

/** Two replays of one machine would mix their time lines. */
function lockMachine(folder: string, machine: string): FolderLock {
  try {
    return lockFolder(folder);
  } catch (error) {
    if (errorCode(error) !== "FOLDER_IN_USE") throw error;
    throw inUse(machine, error);
  }
}

const inUse = (machine: string, cause: unknown) =>
  new CodedError("REPLAY_RUNNING", `Another replay of ${machine} is running. Wait for its end.`, {
    retryable: true,
    cause,
  });

interface Player {
  readonly machine: Parameters<typeof startGateway>[0]["machines"][number];
  /** Undefined until the gateway has made it. */
  readonly source: () => ReplaySource | undefined;
}

function createPlayer(file: string, options: Options, plan: Plan): Player {
  const { machine: machineId, speed, repeat, endsAt, columns } = options;
  const config = {
    kind: "replay",
    file,
    speed,
    repeat,
    ...(endsAt ? { endsAt } : {}),
    ...(columns ? { columns } : {}),
  } as const;
  let source: ReplaySource | undefined;
  return {
    machine: {
      machineId,
      plan,
      sources: (context) => {
        source = createReplay(config, context);
        return [source];
      },
    },
    source: () => source,
  };
}

async function play(gateway: Gateway, player: Player, options: Options): Promise<void> {
  const progress = followReplay(gateway, player.source);
  const delivered = gateway.ended().then(() => gateway.drained());
  const told = untilToldToEnd().then(() => "told" as const);
  try {
    const outcome = await Promise.race([delivered, told, otherStore(gateway, options)]);
    progress.stop();
    const result = summaryOf(gateway, player, options);
    if (outcome === "told") reportUndelivered(gateway, options);
    await gateway.stop();
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } catch (error) {
    delivered.catch(() => {}); // it has been told to end below and says so
    progress.stop();
    await gateway.stop();
    throw error;
  }
}

/** Fails once the hub turns out to be another one than this machine's replays were delivered to before. */
async function otherStore(gateway: Gateway, { data, machine }: Options): Promise<never> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500).unref());
    if (gateway.status().link.link !== "other-store") continue;
    throw new CodedError(
      "OTHER_STORE",
      `Earlier replays of ${machine} went to another hub, and this one must not free what that one lacks. ` +
        `Use another --data folder, or delete ${replayFolder(data, machine)}.`,
    );
  }
}

function reportUndelivered(gateway: Gateway, { data, machine }: Options): void {
  const { pendingBatches } = gateway.status().spool;
  const what = pendingBatches === 1 ? "1 batch is" : `${pendingBatches} batches are`;
  process.stderr.write(
    `firebreak replay: stopped before the end of the recording was acknowledged. ${what} not acknowledged yet, ` +
      `kept in ${join(replayFolder(data, machine), "spool")}, and sent with the next replay of ${machine}.\n`,
  );
  process.exitCode = exitCodes.failed;
}

function summaryOf(gateway: Gateway, { source }: Player, { machine }: Options) {
  const { spool } = gateway.status();
  const progress = source()?.progress();
  return {
    machine,
    epoch: spool.epoch,
    frames: progress?.frames ?? 0,
    samples: spool.machines[machine]?.produced ?? 0,
    batches: spool.epochBatches,
    acknowledged: spool.epochSettled,
    firstStamp: isoNs(progress?.firstNs),
    lastStamp: isoNs(progress?.lastNs),
  };
}

/** ISO 8601 UTC with nine decimals; null where there is no time. */
function isoNs(timeNs: bigint | undefined): string | null {
  if (timeNs === undefined) return null;
  const fraction = ((timeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const second = new Date(Number((timeNs - fraction) / 1_000_000n)).toISOString();
  return `${second.slice(0, 19)}.${String(fraction).padStart(9, "0")}Z`;
}
