import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const lists = "/proc/net/can";

/** How many sockets the kernel hands the frames of an interface to; undefined where it does not tell. */
function listenersOn(name: string): number | undefined {
  try {
    return readdirSync(lists)
      .filter((file) => file.startsWith("rcvlist_"))
      .flatMap((file) => readFileSync(join(lists, file), "utf8").split("\n"))
      .filter((line) => line.trimStart().startsWith(`${name} `)).length;
  } catch {
    return undefined;
  }
}

/** Starts a program and waits until it listens: an emulated processor may take seconds to come so far. */
export async function startListener<Program>(name: string, start: () => Program): Promise<Program> {
  const before = listenersOn(name);
  const program = start();
  for (let tries = 0; tries < 1_000 && (listenersOn(name) ?? 0) <= (before ?? 0); tries++)
    await pause(20);
  return program;
}
