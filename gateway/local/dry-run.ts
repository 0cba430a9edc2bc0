import { X509Certificate } from "node:crypto";
import { connect } from "node:net";
import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { merge } from "rxjs";
import { GatewayTime } from "../clock/gateway-time.ts";
import type { GatewayMachine } from "../gateway-options.ts";
import { readIdentity } from "../identity/identity-files.ts";
import { runSource, type SourceRunner } from "../pipeline/source-runner.ts";
import type { CanHearing, Intake } from "../sources/source.ts";
import type { Inspectable, InspectedMachine, InspectedStatus } from "./facts.ts";
import { lookAtDisk } from "./look-at-disk.ts";
import { SignalWatch } from "./signal-watch.ts";

export interface DryRunOptions {
  readonly gatewayId: string;
  readonly machines: readonly GatewayMachine[];
  /** Broker addresses; whether anybody listens there is tried, nothing is said to them. */
  readonly hubUrls: readonly string[];
  /** Where the spool will be; looked at, not touched. */
  readonly spoolFolder?: string;
  /** Where the certificate is, for a gateway that has one. */
  readonly identityFolder?: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface DryRun extends Inspectable {
  stop(): void;
}

const reopen = { minMs: 1_000, capMs: 5_000 };
const connectMs = 5_000;
const tickMs = 200;
const msPerDay = 86_400_000;

/** Reads the buses as a gateway does, and keeps and sends nothing: to see what comes, before or without a gateway. */
export async function startDryRun(options: DryRunOptions): Promise<DryRun> {
  const { gatewayId, clock, log } = options;
  const time = new GatewayTime({ clock, log });
  const started = options.machines.map((machine) => startMachine(machine, options, time));
  const runners = started.flatMap((machine) => machine.runners);
  const running = merge(...runners.map(({ states$ }) => states$)).subscribe();
  const ticking = setInterval(() => time.tick(), tickMs);
  time.tick();
  const link = await tryHub(options.hubUrls);
  const certificate = certificateOf(options);
  return {
    status: (): InspectedStatus => ({
      gatewayId,
      sources: runners.map(({ status }) => status),
      time: time.status(),
      ...(options.spoolFolder === undefined ? {} : { disk: lookAtDisk(options.spoolFolder) }),
      ...(certificate ? { certificate } : {}),
      ...(link ? { link } : {}),
    }),
    inspect: () => started.map(({ inspected }) => inspected),
    stop() {
      clearInterval(ticking);
      running.unsubscribe();
    },
  };
}

function startMachine(
  { machineId, plan, sources }: GatewayMachine,
  { clock, log }: DryRunOptions,
  time: GatewayTime,
): { readonly inspected: InspectedMachine; readonly runners: readonly SourceRunner[] } {
  const { acquisition } = plan;
  const dictionary = dictionaryOfPlan(plan);
  const watch = new SignalWatch(dictionary.signals.length);
  const intake: Intake = {
    deliver: (samples) => watch.note(samples, clock.monotonicMs()),
    whenRoom: () => Promise.resolve(),
  };
  const can: CanHearing[] = [];
  const known = { machineId, acquisition, dictionary, clock, log };
  const made = sources({ ...known, onTime: time.offer, onCan: (heard) => can.push(heard) });
  return {
    inspected: { machineId, acquisition, dictionary, watch, sources: made, can },
    runners: made.map((source) => runSource({ machineId, source, intake, reopen, log })),
  };
}

function certificateOf({ identityFolder, clock }: DryRunOptions): InspectedStatus["certificate"] {
  if (identityFolder === undefined) return null;
  try {
    const { certificate } = readIdentity(identityFolder).current;
    const endsMs = Date.parse(new X509Certificate(certificate).validTo);
    return { daysLeft: Math.floor((endsMs - clock.nowMs()) / msPerDay), problem: "" };
  } catch (error) {
    return { daysLeft: -1, problem: error instanceof Error ? error.message : errorCode(error) };
  }
}

/** The first address that takes a connection; else why the last does not. */
async function tryHub(urls: readonly string[]): Promise<InspectedStatus["link"]> {
  let detail = "";
  for (const url of urls) {
    const { hostname, port, protocol } = new URL(url);
    const usual = protocol === "mqtts:" ? 8883 : 1883;
    const problem = await tryConnect(hostname.replace(/^\[|\]$/g, ""), Number(port) || usual);
    if (problem === undefined) return { link: "reachable", detail: "" };
    detail = `${url}: ${problem}`;
  }
  return urls.length === 0 ? undefined : { link: "disconnected", detail };
}

function tryConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectMs });
    const end = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end("no answer in time"));
    socket.once("error", (error) => end(errorCode(error)));
  });
}
