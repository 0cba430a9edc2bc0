import type { DatabaseSync } from "node:sqlite";
import type { Logger } from "@firebreak/kit/logger.ts";
import { describeTarget, type InfluxTarget } from "../telemetry-url.ts";
import type { InfluxClient } from "./influx-client.ts";
import { type SendAgainParts, sendAgain } from "./send-again.ts";
import { mayBeAnother, serverStart } from "./server-start.ts";
import type { WaitCode } from "./write-failure.ts";

interface RestartsParts extends SendAgainParts {
  readonly client: Pick<InfluxClient, "call">;
  readonly target: InfluxTarget;
  readonly log: Pick<Logger, "warn">;
  readonly nowMs?: () => number;
  /** How often the server is asked since when it runs: one that was away between two writes is missed by nobody. */
  readonly lookEveryMs: number;
}

type Reason = WaitCode | "look";

/**
 * An InfluxDB of 1.x that was killed in the middle of a write goes on behind the torn end of its write-ahead log; killed
 * once more before that log became a file of data, it throws away all behind the tear, though it had confirmed it. So
 * after each restart of the server what may have been in the log alone is sent again. 3.x keeps no such log.
 */
export function createRestarts(parts: RestartsParts) {
  const { database, client, target, log, nowMs = Date.now, lookEveryMs } = parts;
  const known = knownStart(database);
  const mayLose = target.version !== 3;
  /** Of a hub's own start nobody knows what was before. */
  let suspected: Reason | undefined = mayLose ? "STORE_UNREACHABLE" : undefined;
  let lookedMs = Number.NEGATIVE_INFINITY;

  const mendOnce = async (why: Reason) => {
    suspected = undefined;
    lookedMs = performance.now();
    const found = await serverStart(client, target, nowMs);
    if (!mayBeAnother(known.read(), found, target)) return;
    // One that is busy or full, and does not say since when it runs, is not given more to do.
    if (found === undefined && why !== "STORE_UNREACHABLE") return;
    const samples = await sendAgain(parts).catch((error: unknown) => {
      suspected = "STORE_UNREACHABLE";
      throw error;
    });
    if (samples > 0)
      log.warn(
        { samples },
        `${describeTarget(target)} was away: its newest samples were sent again`,
      );
    if (found !== undefined) known.write(found);
  };

  return {
    /** Something went wrong that a restart may explain. */
    suspect(code: WaitCode): void {
      if (mayLose && suspected !== "STORE_UNREACHABLE") suspected = code;
    },
    /** Between two chunks. @throws CodedError STORE_STOPPED */
    async mend(): Promise<void> {
      if (mayLose && performance.now() - lookedMs >= lookEveryMs) suspected ??= "look";
      while (suspected !== undefined) await mendOnce(suspected);
    },
  };
}

/** Of the process that was written to last. */
function knownStart(database: DatabaseSync) {
  const find = database.prepare("select value from meta where name = 'server-start'");
  const put = database.prepare("insert or replace into meta values ('server-start', ?)");
  return {
    read(): number | undefined {
      const value = find.get()?.value;
      return typeof value === "number" ? value : undefined;
    },
    write: (startMs: number) => void put.run(startMs),
  };
}
