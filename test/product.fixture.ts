import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const launcher = resolve(import.meta.dirname, "../cli/bin/firebreak.js");

const temporaryFolders: string[] = [];

/** An empty folder; it and what lies beside it under its name are removed when the test process ends. */
export function temporaryFolder(name: string): string {
  if (temporaryFolders.length === 0) process.once("exit", removeTemporaryFolders);
  const folder = mkdtempSync(join(tmpdir(), `firebreak-${name}-`));
  temporaryFolders.push(folder, `${folder}-gateways`);
  return folder;
}

function removeTemporaryFolders(): void {
  for (const folder of temporaryFolders)
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Whoever still writes there ends with it; an error here would be one of the whole test process.
    }
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts `firebreak <args>` as a process of its own, as a user would. */
export function startCli(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FIREBREAK_LOG: "warn", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((done) => {
    child.on("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { child, finished };
}

export const runCli = (
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> => startCli(args, env).finished;

export interface Hub {
  readonly url: string;
  readonly data: string;
  readonly process: Running;
  readonly token: string;
  /** GET of /api/v1/<path>, parsed; throws with the answer's text unless it is 200. */
  get<Answer>(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Response>;
  kill(): Promise<void>;
  stop(): Promise<Finished>;
}

/** Starts `firebreak hub` (or `up`) and waits until it says that it is ready. */
export async function startHub(options: {
  data: string;
  command?: "hub" | "up";
  args?: readonly string[];
  env?: Record<string, string>;
}): Promise<Hub> {
  const { data, command = "hub", args = [], env } = options;
  const running = startCli([command, "--data", data, "--port", "0", ...args], env);
  const url = await new Promise<string>((ready, failed) => {
    let seen = "";
    running.child.stdout?.on("data", (text: string) => {
      seen += text;
      const match = /^Firebreak is ready: (http:\S+)\n/m.exec(seen);
      if (match?.[1]) ready(match[1]);
    });
    void running.finished.then(({ code, stderr }) =>
      failed(new Error(`${command} ended with ${code}: ${stderr}`)),
    );
  });
  const token = (await runCli(["token", "--data", data])).stdout.trim();
  const headers = { authorization: `Bearer ${token}` };
  return {
    url,
    data,
    process: running,
    token,
    async get<Answer>(path: string) {
      const answer = await fetch(`${url}/api/v1/${path}`, { headers });
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Answer;
    },
    post: (path, body) =>
      fetch(`${url}/api/v1/${path}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    async kill() {
      running.child.kill("SIGKILL");
      await running.finished;
    },
    stop() {
      running.child.kill("SIGTERM");
      return running.finished;
    },
  };
}

/** Polls until `read` gives something; fails with `what` after `timeoutMs`. */
export async function eventually<Value>(
  what: string,
  read: () => Promise<Value | undefined | false>,
  timeoutMs = 60_000,
): Promise<Value> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (performance.now() > end) throw new Error(`gave up waiting: ${what}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}
