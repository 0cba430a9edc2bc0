import {
  eventually,
  type Finished,
  type Running,
  runCli,
  startCli,
  temporaryFolder,
} from "../product.fixture.ts";

export interface DemoFleet {
  readonly url: string;
  /** What `up` printed at its first start; nobody can ask for it again. */
  readonly adminPassword: string;
  /** A token of that role, as `firebreak token` prints it. */
  token(role: "admin" | "viewer"): Promise<string>;
  /** GET of /api/v1/<path> as admin, parsed; throws with the answer's text unless it is 200. */
  get<Answer>(path: string): Promise<Answer>;
  stop(): Promise<Finished>;
}

/** Starts `firebreak up` with three simulated machines and without invented tickets, and reads what it prints. */
export async function startDemoFleet(args: readonly string[] = []): Promise<DemoFleet> {
  const data = temporaryFolder("pages");
  const running = startCli(["up", "--fleet", "small", "--data", data, "--port", "0", ...args]);
  const { url, adminPassword } = await announced(running);
  const token = async (role: string): Promise<string> =>
    (await runCli(["token", "--data", data, "--role", role])).stdout.trim();
  const authorization = `Bearer ${await token("admin")}`;
  return {
    url,
    adminPassword,
    token,
    async get<Answer>(path: string) {
      const answer = await fetch(`${url}/api/v1/${path}`, { headers: { authorization } });
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Answer;
    },
    stop() {
      running.child.kill("SIGTERM");
      return running.finished;
    },
  };
}

const passwordLine = /^First start: sign in as admin with the password (\S+) \(shown once\)$/m;
const readyLine = /^Firebreak is ready: (http:\S+)\n/m;

async function announced(running: Running): Promise<{ url: string; adminPassword: string }> {
  let said = "";
  running.child.stdout?.on("data", (text: string) => {
    said += text;
  });
  let ended: Finished | undefined;
  void running.finished.then((how) => {
    ended = how;
  });
  return eventually(
    "up to be ready",
    async () => {
      if (ended) throw new Error(`up ended with ${ended.code}: ${ended.stderr}`);
      const url = readyLine.exec(said)?.[1];
      const adminPassword = passwordLine.exec(said)?.[1];
      return url !== undefined && adminPassword !== undefined && { url, adminPassword };
    },
    120_000,
  );
}
