import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PostgresServer } from "./postgres-server.fixture.ts";

/** One PostgreSQL for a whole run of the tests, started when the first test asks for it and ended with the run. */
const VARIABLE = "FIREBREAK_TEST_POSTGRES";

/** Runs in the process of the runner; a test asks by a file in a folder that only the two know. */
export function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-shared-"));
  process.env[VARIABLE] = folder;
  let starting: Promise<PostgresServer> | undefined;
  const watcher = watch(folder, () => {
    if (starting !== undefined || !existsSync(join(folder, "wanted"))) return;
    starting = PostgresServer.start();
    starting.then(
      (server) => writeFileSync(join(folder, "started"), server.folder),
      (error) => writeFileSync(join(folder, "failed"), String(error)),
    );
  });
  return async () => {
    watcher.close();
    const server = await starting?.catch(() => undefined);
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** The folder of the shared server's socket; starts it at the first call. */
export async function sharedPostgres(): Promise<string> {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error(`${VARIABLE} is not set: is this an integration test?`);
  writeFileSync(join(folder, "wanted"), "");
  for (;;) {
    const read = (name: string) => {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, "utf8") : "";
    };
    const socket = read("started");
    if (socket !== "") return socket;
    const failure = read("failed");
    if (failure !== "") throw new Error(failure);
    await sleep(20);
  }
}
