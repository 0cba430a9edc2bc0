import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { eventually, temporaryFolder } from "../product.fixture.ts";

const launcher = resolve(import.meta.dirname, "../../cli/bin/firebreak.js");

test("a hub whose npm shell was ended by a signal ends cleanly too", async () => {
  const data = temporaryFolder("orphan");
  // `; true` keeps the shell in between, as npm's does.
  const command = `"${process.execPath}" "${launcher}" hub --data "${data}" --port 0; true`;
  const shell = spawn("sh", ["-c", command], {
    stdio: "ignore",
    env: { ...process.env, npm_command: "exec", FIREBREAK_LOG: "error" },
  });
  const hubFile = join(data, "hub.json");
  await eventually("the hub to be ready", async () => existsSync(hubFile));
  shell.kill("SIGTERM");
  await once(shell, "exit");
  await eventually("the hub to end", async () => !existsSync(hubFile));
  expect(existsSync(hubFile)).toBe(false);
});
