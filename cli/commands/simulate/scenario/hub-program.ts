/**
 * The program of the hub that a scenario runs against: the whole hub, with a clock that stands still and goes on when it
 * is told to. It takes a folder that is empty or that it made itself, on this computer alone and with its own broker; no
 * option of any command leads here. Takes {@link HubCommand}s by IPC, tells {@link HubMessage}s.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import type { Hub } from "../../../hub/hub-options.ts";
import { startHub } from "../../../hub/start-hub.ts";

export type HubCommand =
  | {
      readonly kind: "start";
      readonly data: string;
      readonly nowMs: number;
      /** Plans beside those that come along. */
      readonly plansFolder?: string | undefined;
    }
  /** The clock goes on to this time, and what has come due is done. */
  | { readonly kind: "pass"; readonly nowMs: number }
  | { readonly kind: "stop" };

export type HubMessage =
  | { readonly kind: "ready"; readonly url: string; readonly mqttUrl: string }
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** Says of a data folder that everything in it is simulated. */
const markFile = "simulated.json";

let hub: Hub | undefined;
let claimed: string | undefined;
let nowMs = 0;
/** How long an answer may take is measured in real time. */
const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now() };

const tell = (message: HubMessage) =>
  new Promise((told) => process.send?.(message, undefined, undefined, told));

/** @throws CodedError NOT_SIMULATED for the data of a hub that is in use */
function claimFolder(data: string): void {
  const mark = join(data, markFile);
  if (!existsSync(mark)) markFolder(data, mark);
  claimed = data;
}

function markFolder(data: string, mark: string): void {
  if (existsSync(data) && readdirSync(data).length > 0)
    throw new CodedError(
      "NOT_SIMULATED",
      `${data} holds something that no scenario made: a simulated clock would spoil it. Name an empty folder.`,
    );
  writeFileDurably(mark, `${JSON.stringify({ simulated: true }, null, 2)}\n`, 0o644);
}

async function obey(command: HubCommand): Promise<void> {
  switch (command.kind) {
    case "start": {
      nowMs = command.nowMs;
      const { data, plansFolder } = command;
      claimFolder(data);
      const log = createLogger(process.env.FIREBREAK_LOG ?? "silent");
      const own = plansFolder === undefined ? {} : { plansFolder };
      const at = { host: "127.0.0.1", port: 0, mqttPort: 0 };
      hub = await startHub({ data, ...at, clock, log, isSimulated: true, ...own });
      await tell({ kind: "ready", url: hub.url, mqttUrl: hub.mqttUrl });
      break;
    }
    case "pass":
      nowMs = command.nowMs;
      await hub?.turn();
      await tell({ kind: "passed" });
      break;
    case "stop":
      await hub?.stop();
      process.disconnect();
      break;
  }
}

process.on("message", (command: HubCommand) =>
  obey(command).catch((error: unknown) => {
    const code = error instanceof CodedError ? error.code : "HUB_FAILED";
    void tell({ kind: "failed", code, message: String((error as Error).message) });
  }),
);
// Whoever started it has ended it or is gone: nobody will look at this any more.
process.on("disconnect", () => {
  if (claimed !== undefined) rmSync(claimed, { recursive: true, force: true });
  process.exit(0);
});
// When it ends is the word of whoever started it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
