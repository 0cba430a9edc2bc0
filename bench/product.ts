import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join, resolve } from "node:path";

export const launcher = resolve(import.meta.dirname, "../cli/bin/firebreak.js");
const env = { ...process.env, FIREBREAK_LOG: "error" };

export const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

export interface HubProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly mqtt: string;
  get<Answer>(path: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** A hub in a process of its own, on a fresh data folder. */
export async function startHubProcess(data: string): Promise<HubProcess> {
  const child = spawn(process.execPath, [launcher, "hub", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env,
  });
  let seen = "";
  while (!seen.includes("Firebreak is ready"))
    seen += String((await once(child.stdout, "data"))[0]);
  const file = JSON.parse(readFileSync(join(data, "hub.json"), "utf8")) as {
    http: string;
    mqtt: string;
  };
  const token = execFileSync(process.execPath, [launcher, "token", "--data", data], {
    encoding: "utf8",
  }).trim();
  return {
    child,
    url: file.http,
    mqtt: file.mqtt,
    async get<Answer>(path: string) {
      const answer = await fetch(`${file.http}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return (await (path.startsWith("/api") ? answer.json() : answer.text())) as Answer;
    },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** What a gateway reads besides the bus, and under which plan; default: nothing, that of the loader tractor. */
export interface MoreToRead {
  /** Id, or path from the gateway's folder. */
  readonly plan?: string;
  /** Sources as they stand in a configuration. */
  readonly sources?: readonly object[];
  /** Default: the gateway's own. */
  readonly batchAgeMs?: number;
}

/** A bus as candump text over TCP, and a gateway process that reads it for one machine; enrolled at its first start. */
export async function startLiveGateway(
  folder: string,
  hub: Pick<HubProcess, "mqtt">,
  data: string,
  machine: string,
  { plan = "loader-tractor", sources = [], batchAgeMs }: MoreToRead = {},
) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const connection = once(server, "connection") as Promise<[Socket]>;
  const password = join(folder, "password");
  if (!existsSync(password)) {
    const enroll = [launcher, "enroll", "bench-gateway", "--machine", machine, "--data", data];
    writeFileSync(password, execFileSync(process.execPath, enroll), { mode: 0o600 });
  }
  const config = join(folder, "gateway.yaml");
  const lines = [
    "version: 1",
    "gatewayId: bench-gateway",
    `hub: { url: "${hub.mqtt}", passwordFile: password }`,
    "spool: { folder: spool }",
    ...(batchAgeMs === undefined ? [] : [`batchAgeMs: ${batchAgeMs}`]),
    "machines:",
    `  - machineId: ${machine}`,
    `    plan: ${plan}`,
    "    sources:",
    ...sources.map((source) => `      - ${JSON.stringify(source)}`),
    `      - { kind: candump-stream, from: "tcp://127.0.0.1:${(server.address() as AddressInfo).port}" }`,
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const child = spawn(process.execPath, [launcher, "gateway", "--config", config], {
    stdio: "ignore",
    env,
  });
  const [bus] = await connection;
  return {
    child,
    bus,
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
      server.close();
    },
  };
}

/** Highest resident memory of a process so far; 0 when it has ended. */
export const peakMiB = (pid: number | undefined): number => statusMiB(pid, "VmHWM");
/** Resident memory of a process now; 0 when it has ended. */
export const residentMiB = (pid: number | undefined): number => statusMiB(pid, "VmRSS");

function statusMiB(pid: number | undefined, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
