import type { LoadOrder } from "@firebreak/simulator/load/load-order.ts";
import type { LoadCourse } from "@firebreak/simulator/load/run-load.ts";
import { safeSampleCount } from "@firebreak/wire/batch-block.ts";
import { checkId } from "@firebreak/wire/topics.ts";
import { type Problem, ValueReader } from "./value-reader.ts";

/** As they stand on the command line. */
export interface LoadArguments {
  readonly gateways: string;
  readonly signals: string;
  readonly interval: string;
  readonly batch?: string;
  readonly duration?: string;
  readonly ramp?: string;
  readonly lose?: string;
  readonly storm?: readonly string[];
  readonly settle: string;
  readonly processes: string;
  readonly name: string;
  readonly seed: string;
  readonly data: string;
  readonly mtls?: boolean;
  readonly hub?: readonly string[];
  readonly credentials?: string;
  readonly enroll?: string;
  readonly report: string;
}

/** What the computer allows; undefined where it does not tell. */
export interface SystemLimits {
  readonly openFiles: number | undefined;
  /** Ports that connections to one address can leave from. */
  readonly ports: number | undefined;
}

export interface LoadOptions {
  readonly order: Omit<LoadOrder, "urls" | "access">;
  readonly course: LoadCourse;
}

export interface LoadBounds {
  /** Signals of the plan. */
  readonly signals: number;
  readonly system: SystemLimits;
}

/** Kept free of a process's files for everything but connections. Engineering default. */
const otherFiles = 200;
const maxGateways = 99_999;
/** Below the 300 that the embedded broker lets in each second. */
const rampPerSecond = 200;
const namePattern = /^[a-z0-9][a-z0-9._-]{0,39}$/;

/** Reads and checks all options of a load; all mistakes at once. */
export function readLoadOptions(
  args: LoadArguments,
  bounds: LoadBounds,
): { readonly options: LoadOptions } | { readonly problems: readonly Problem[] } {
  const read = new ValueReader();
  const gateways = read.whole("--gateways", args.gateways, { min: 1, max: maxGateways });
  const processes = read.whole("--processes", args.processes, { min: 1, max: 64 });
  const data = readData(read, args, bounds);
  const rampMs =
    args.ramp === undefined
      ? (gateways / rampPerSecond) * 1_000
      : read.time("--ramp", args.ramp, { canBeZero: true });
  const course = readCourse(read, args, gateways);
  const seed = read.whole("--seed", args.seed, { min: 0, max: 2 ** 32 - 1 });
  if (!namePattern.test(args.name) || checkId(args.name) !== undefined)
    read.fail("--name", `"${args.name}": use small letters, digits and . _ -`);
  if (!["text", "json"].includes(args.report))
    read.fail("--report", `"${args.report}" is neither text nor json`);
  checkPlaces(read, args);
  if (read.problems.length === 0)
    checkLimits(read, { gateways, processes, addresses: args.hub?.length ?? 1 }, bounds.system);
  if (read.problems.length > 0) return { problems: read.problems };
  return {
    options: { order: { name: args.name, gateways, processes, rampMs, data, seed }, course },
  };
}

function readData(read: ValueReader, args: LoadArguments, bounds: LoadBounds) {
  const signals = read.whole("--signals", args.signals, { min: 1, max: bounds.signals });
  const intervalMs = read.time("--interval", args.interval);
  const batchEveryMs = args.batch === undefined ? intervalMs : read.time("--batch", args.batch);
  const rounds = batchEveryMs / intervalMs;
  if (rounds < 1 || !Number.isInteger(rounds)) {
    if (Number.isFinite(rounds))
      read.fail("--batch", `${args.batch} is no multiple of the interval, ${args.interval}`);
  } else if (signals * rounds > safeSampleCount)
    read.fail(
      "--batch",
      `${signals * rounds} samples do not fit into one batch, ${safeSampleCount} do`,
    );
  return { signals, samplesPerBatch: signals * rounds, batchEveryMs };
}

function readCourse(read: ValueReader, args: LoadArguments, gateways: number): LoadCourse {
  const { duration, lose } = args;
  const storms = (args.storm ?? []).map((text) => {
    const [at = "", who = "100%", ...more] = text.split("/");
    if (more.length > 0) read.fail("--storm", `"${text}": write 60s, 60s/1000 or 60s/10%`);
    const atMs = read.time("--storm", at, { canBeZero: true });
    return { atMs, gateways: read.part("--storm", who, gateways) };
  });
  const durationMs = duration === undefined ? undefined : read.time("--duration", duration);
  for (const { atMs } of storms)
    if (durationMs !== undefined && atMs >= durationMs)
      read.fail("--storm", `${atMs / 1_000} s lies behind the end, ${duration}`);
  return {
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(lose === undefined ? {} : { losses: readLosses(read, lose) }),
    storms,
    settleMs: read.time("--settle", args.settle, { canBeZero: true }),
  };
}

function readLosses(read: ValueReader, text: string) {
  const [share = "", every, ...more] = text.split("/");
  if (every === undefined || more.length > 0) {
    read.fail("--lose", `"${text}": write a share and a time, such as 5%/60s`);
    return { share: 0, everyMs: 1 };
  }
  return { share: read.share("--lose", share), everyMs: read.time("--lose", every) };
}

function checkPlaces(read: ValueReader, { hub, credentials, enroll, mtls }: LoadArguments): void {
  for (const url of hub ?? [])
    if (!isBrokerUrl(url))
      read.fail("--hub", `"${url}": write mqtt://host:port or mqtts://host:port`);
  if (hub && credentials === undefined)
    read.fail(
      "--hub",
      "a hub elsewhere needs --credentials; --enroll makes that file on the hub's computer",
    );
  if (enroll !== undefined && (hub || credentials !== undefined))
    read.fail("--enroll", "makes credentials, and takes neither --hub nor --credentials");
  if (mtls && credentials !== undefined)
    read.fail("--mtls", "the file of --credentials says it already");
}

function isBrokerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, host } = new URL(text);
  return ["mqtt:", "mqtts:"].includes(protocol) && username + password === "" && host !== "";
}

function checkLimits(
  read: ValueReader,
  { gateways, processes, addresses }: { gateways: number; processes: number; addresses: number },
  { openFiles, ports }: SystemLimits,
): void {
  const each = Math.ceil(gateways / processes);
  if (openFiles !== undefined && each + otherFiles > openFiles)
    read.fail(
      "--processes",
      `${each} connections in each of ${processes} are more open files than a process may have ` +
        `(${openFiles}): name ${Math.ceil(gateways / (openFiles - otherFiles))} or more, or raise the limit`,
    );
  if (ports !== undefined && Math.ceil(gateways / Math.min(processes, addresses)) > ports)
    read.fail(
      "--hub",
      `at most ${ports} connections can go from here to one address: name several addresses of the hub`,
    );
}
