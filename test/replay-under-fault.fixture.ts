import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { startCli } from "./product.fixture.ts";
import { pause } from "./seeded.fixture.ts";
import type { WireTap } from "./wire-tap.fixture.ts";

/** Enrols the gateway that replays a machine, as the hub of a data folder does for `replay --data`. */
export async function enrolReplay(data: string, machine: string): Promise<string> {
  const { password } = await createCredential(data, `replay-${machine}`, [machine]);
  const folder = join(data, "replay", machine);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "password");
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return file;
}

export interface ReplaySummary {
  readonly epoch: string;
  readonly samples: number;
  readonly batches: number;
  readonly acknowledged: number;
}

/** A replay as a process of its own. */
export interface ReplayProcess {
  readonly isRunning: boolean;
  kill(): Promise<void>;
  /** Waits for its end. @throws unless it exits with 0 and everything is acknowledged */
  done(): Promise<ReplaySummary>;
}

export function startReplay(options: {
  readonly file: string;
  readonly machine: string;
  readonly data: string;
  readonly speed: number | "max";
  /** Through this, else straight to the hub of the data folder. */
  readonly tap?: WireTap;
  readonly passwordFile?: string;
}): ReplayProcess {
  const { file, machine, data, speed, tap, passwordFile } = options;
  const { child, finished } = startCli([
    "replay",
    file,
    ...["--plan", "loader-tractor", "--machine", machine, "--data", data],
    ...["--speed", String(speed)],
    ...(tap ? ["--hub", tap.url] : []),
    ...(passwordFile === undefined ? [] : ["--password-file", passwordFile]),
  ]);
  return {
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    async kill() {
      child.kill("SIGKILL");
      await finished;
    },
    async done() {
      const { code, signal, stdout, stderr } = await finished;
      if (code !== 0)
        throw new Error(`replay of ${machine} ended with ${code ?? signal}: ${stderr}`);
      const summary = JSON.parse(stdout) as ReplaySummary;
      if (summary.acknowledged !== summary.batches)
        throw new Error(`replay of ${machine} ended early: ${stdout}`);
      return summary;
    },
  };
}

/**
 * Calls `strike` at a random moment at which batches are under way: sent, and no acknowledgement back. Every other time
 * the network swallows everything for a while before, so that some batches have left and never arrived. Gives how many
 * were under way; undefined if the replay came to its end before. `strike` must send its signal before it returns.
 */
export async function strikeInFlight(options: {
  readonly tap: WireTap;
  readonly random: () => number;
  readonly replay: ReplayProcess;
  readonly strike: () => void;
  /** The moment lies up to so long behind the first batch. */
  readonly withinMs?: number;
}): Promise<number | undefined> {
  const { tap, random, replay, strike, withinMs = 1_500 } = options;
  const first = tap.nextBatch();
  while (replay.isRunning && !(await Promise.race([first.then(() => true), pause(20)])));
  await pause(random() * withinMs);
  if (random() < 0.5) {
    tap.swallow();
    await pause(random() * 1_500);
  }
  while (replay.isRunning) {
    await Promise.race([tap.nextBatch(), pause(500)]);
    await pause(random() * 30); // from just sent to just acknowledged
    const { inFlight } = tap;
    if (inFlight === 0 || !replay.isRunning) continue;
    strike();
    return inFlight;
  }
  return undefined;
}

/**
 * The replay, or undefined where the last acknowledgement was on its way when the strike came and it has ended well.
 * @throws when the strike ended it
 */
export async function stillThere(replay: ReplayProcess): Promise<ReplayProcess | undefined> {
  if (replay.isRunning) return replay;
  await replay.done();
  return undefined;
}
