import type { KnownBeside } from "@firebreak/dashboards/server/api/health.ts";
import { standingFactors } from "@firebreak/dashboards/server/api/standing-health.ts";
import type { StandingReader } from "@firebreak/dashboards/server/ports.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Standing } from "@firebreak/tickets/health/standing.ts";
import { createStandingDesk } from "@firebreak/tickets/health/standing-desk.ts";
import { type PlanSources, planSetting } from "./plan-setting.ts";
import { type Recurring, recurring } from "./recurring.ts";

/** Behind what a start has to do at once. */
const firstMs = 60_000;
const everyMs = 6 * 3_600_000;

export interface HubStandings extends Recurring, StandingReader {
  /** What counts for a machine's health beside what it says; in memory, as it was last read. */
  known(machineId: string): Pick<KnownBeside, "standing" | "isAdvisory">;
}

const nothing = {};

/**
 * What is known of machines beside their own words, for the health of the whole fleet: read for all every six hours, for
 * one whenever its page asks.
 */
export function hubStandings(
  parts: PlanSources & { readonly db: Database; readonly clock: Pick<Clock, "nowMs"> },
  log: Logger,
): HubStandings {
  const { db, clock } = parts;
  const desk = createStandingDesk({ db, clock, ...planSetting(parts) });
  const kept = new Map<string, Pick<KnownBeside, "standing" | "isAdvisory">>();
  const note = (standing: Standing): void => {
    const factors = standingFactors(standing, clock.nowMs());
    const advisory = new Set(standing.advisory);
    if (factors.length + advisory.size === 0) kept.delete(standing.machineId);
    else
      kept.set(standing.machineId, {
        standing: factors,
        isAdvisory: (ruleId) => advisory.has(ruleId),
      });
  };
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    try {
      for await (const some of desk.all()) {
        for (const standing of some) note(standing);
        if (stopping.signal.aborted) return;
      }
    } catch (error) {
      log.error({ err: error }, "the standing of machines could not be read");
    }
  };
  const rounds = recurring({ firstMs, everyMs, run });
  return {
    ...rounds,
    known: (machineId) => kept.get(machineId) ?? nothing,
    async of(machineId) {
      const standing = await desk.of(machineId);
      if (standing) note(standing);
      return standing;
    },
    stop() {
      stopping.abort();
      return rounds.stop();
    },
  };
}
