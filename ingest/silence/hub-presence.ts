import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Absence } from "./silence.ts";

/** When the hub was there to hear its fleet: it was off, it stood still, or it had lost its broker. */
export interface HubPresence {
  readonly absences: readonly Absence[];
  readonly isAway: boolean;
  /** To be called often; `hears`: it is connected to its broker now. */
  beat(hears: boolean): void;
}

export const presenceFile = (dataFolder: string): string => join(dataFolder, "presence.json");

interface Options {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const mostKept = 100;
const writeEveryMs = 10_000;
/** A process that was not run for so long stood still. */
const stoodStillMs = 60_000;

/** Goes on from the file of the run before: what lies between its last sign of life and now was an absence. */
export function openHubPresence({ path, clock, log }: Options): HubPresence {
  const start = clock.nowMs();
  const before = read(path, log);
  const absences = before.absences.filter(({ fromMs, toMs }) => fromMs <= toMs && toMs <= start);
  // Without a file nobody knows since when machines were not heard: they have the time of a start to come.
  const aliveMs = Math.min(before.aliveMs ?? start, start);
  let awaySinceMs: number | undefined = aliveMs;
  let lastMs = start;
  let writtenMs = Number.NEGATIVE_INFINITY;

  const end = (fromMs: number, toMs: number) => {
    absences.push({ fromMs, toMs });
    // The shortest say least of how long a machine was not heard; the newest says who may still be on the way back.
    while (absences.length > mostKept) absences.splice(shortestOf(absences.slice(0, -1)), 1);
  };
  const write = (nowMs: number) => {
    if (Math.abs(nowMs - writtenMs) < writeEveryMs) return;
    writtenMs = nowMs;
    // While it hears nobody, the sign of life stays where it was.
    const sign = awaySinceMs ?? nowMs;
    try {
      const temporary = `${path}.tmp`;
      writeFileSync(temporary, JSON.stringify({ aliveMs: sign, absences }), { mode: 0o600 });
      renameSync(temporary, path);
    } catch (error) {
      log.warn({ err: error, code: errorCode(error) }, "the hub's sign of life was not written");
    }
  };

  return {
    absences,
    get isAway() {
      return awaySinceMs !== undefined;
    },
    beat(hears) {
      const nowMs = clock.nowMs();
      const stood = nowMs - lastMs > stoodStillMs;
      if (stood && awaySinceMs === undefined) end(lastMs, nowMs);
      lastMs = nowMs;
      if (!hears) awaySinceMs ??= nowMs;
      else if (awaySinceMs !== undefined) {
        end(Math.min(awaySinceMs, nowMs), nowMs);
        awaySinceMs = undefined;
        writtenMs = Number.NEGATIVE_INFINITY;
      }
      write(nowMs);
    },
  };
}

/** When the hub of this data folder was there last, ms since 1970; undefined where nobody knows. */
export const hubAliveMs = (dataFolder: string, log: Logger): number | undefined =>
  read(presenceFile(dataFolder), log).aliveMs;

/** Its place; of two the older one's. */
function shortestOf(absences: readonly Absence[]): number {
  const lengths = absences.map(({ fromMs, toMs }) => toMs - fromMs);
  return lengths.indexOf(Math.min(...lengths));
}

function read(
  path: string,
  log: Logger,
): { readonly aliveMs: number | undefined; readonly absences: Absence[] } {
  const nothing = { aliveMs: undefined, absences: [] };
  try {
    const { aliveMs, absences } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    if (!Number.isFinite(aliveMs) || !Array.isArray(absences)) return nothing;
    const isAbsence = (one: unknown): one is Absence =>
      typeof one === "object" &&
      one !== null &&
      Number.isFinite((one as Absence).fromMs) &&
      Number.isFinite((one as Absence).toMs);
    return { aliveMs: Number(aliveMs), absences: absences.filter(isAbsence) };
  } catch (error) {
    if (errorCode(error) !== "ENOENT")
      log.warn({ err: error }, "when the hub was there before cannot be read");
    return nothing;
  }
}
