#!/usr/bin/env node
// Plain JavaScript, so that it runs under the host's Node too: Firebreak's own code needs Node 24 and type stripping.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const major = Number(process.versions.node.split(".")[0]);
const pinned = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));

if (major >= 24) {
  // Stripped and compiled code is kept between starts: faster, and without the 20 MiB of the stripper. Only in our own
  // folder: what lies there is executed. Where that cannot be written, nothing is kept.
  nodeModule.enableCompileCache?.(
    fileURLToPath(new URL("../../node_modules/.cache/firebreak", import.meta.url)),
  );
  // A gateway lives on a small computer and makes little garbage; larger young generations only cost memory there.
  if (process.argv[2] === "gateway") {
    setFlagsFromString("--max-semi-space-size=2");
    setFlagsFromString("--semi-space-growth-factor=1");
  }
  await import("../main.ts");
} else if (existsSync(pinned)) {
  // The channel ties the two together: when this process dies, even by kill -9, the child sees it closed and ends.
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, FIREBREAK_TIED: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
} else {
  process.stderr.write(
    "Firebreak needs Node 24 or newer. Run `npm ci` in the project's folder first.\n",
  );
  process.exit(1);
}
