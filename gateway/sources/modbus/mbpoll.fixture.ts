import { spawnSync } from "node:child_process";

/** Whether mbpoll is here; says why not, once, and fails when `CI` is set. */
export function hasMbpoll(): boolean {
  if (spawnSync("mbpoll", ["-h"]).error === undefined) return true;
  if (process.env.CI) throw new Error("mbpoll is missing; CI must run its tests");
  process.stdout.write("Skipped: tests against libmodbus need mbpoll (apt-get install mbpoll)\n");
  return false;
}
