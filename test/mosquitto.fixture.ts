import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually, temporaryFolder } from "./product.fixture.ts";
import { quietPort } from "./quiet-port.fixture.ts";

const program = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"].find(
  (path) => existsSync(path),
);

/** Whether there is a Mosquitto; where not, says so once, and on CI that is an error. */
export function hasMosquitto(): boolean {
  if (program !== undefined) return true;
  const reason = "the Debian package mosquitto is not installed";
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`skipped, ${reason}\n`);
  return false;
}

/** A Mosquitto on a port of its own that keeps nothing on disk: killed, it forgets every session and message. */
export class Mosquitto {
  readonly port: number;
  readonly #config: string;
  #process: ChildProcess | undefined;

  private constructor(
    port: number,
    rights: readonly string[] | undefined,
    rules: readonly string[],
  ) {
    this.port = port;
    const folder = temporaryFolder("mosquitto");
    this.#config = join(folder, "mosquitto.conf");
    const lines = [`listener ${port} 127.0.0.1`, "log_dest stderr", ...rules, ""];
    if (rights !== undefined) {
      const file = join(folder, "acl");
      writeFileSync(file, [...rights, ""].join("\n"));
      // It reads this file as a user of its own.
      chmodSync(folder, 0o755);
      lines.unshift(`acl_file ${file}`);
    }
    writeFileSync(this.#config, lines.join("\n"));
  }

  /**
   * `rights`: lines of its ACL file; absent: everybody may do everything. `rules`: lines of its configuration; whoever it
   * is, is believed unless they say else.
   */
  static async start(
    rights?: readonly string[],
    rules: readonly string[] = ["allow_anonymous true", "persistence false"],
  ): Promise<Mosquitto> {
    const broker = new Mosquitto(await quietPort(), rights, rules);
    await broker.restart();
    return broker;
  }

  /** On the same port as before. Resolves when it says itself that it runs: who answers there might be another. */
  async restart(): Promise<void> {
    await eventually("mosquitto to run", () => this.#launch(), 60_000);
  }

  /** False when it ended instead, as where its port is not free again yet. */
  #launch(): Promise<boolean> {
    const child = spawn(program ?? "mosquitto", ["-c", this.#config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stderr }).on("line", (line) => {
        if (/mosquitto version \S+ running/.test(line)) resolve(true);
      });
      child.once("error", reject);
      child.once("exit", () => resolve(false));
    });
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** SIGKILL goes out before this returns; the promise waits for the end of the process. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}
