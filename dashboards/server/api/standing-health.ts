import {
  calibrated,
  calibrateLives,
  fieldEstimate,
} from "@firebreak/rules/health/calibrate-lives.ts";
import { healthConfig } from "@firebreak/rules/health/health-config.ts";
import {
  combineLives,
  type LifeEstimate,
  type LifeOutlook,
} from "@firebreak/rules/health/life-outlook.ts";
import type { HealthFactor } from "@firebreak/rules/health/machine-health.ts";
import {
  historyFactors,
  lifeFactor,
  overdueFactor,
} from "@firebreak/rules/health/standing-factors.ts";
import type { PartStanding, Standing } from "@firebreak/tickets/health/standing.ts";

/** How far the lives of other machines are believed, where parts are alike and their work may not be. Engineering default. */
const fieldConfidence = 0.6;

export interface PartOutlook {
  readonly part: PartStanding;
  readonly outlook: LifeOutlook;
  /** What it was made of. */
  readonly estimates: readonly LifeEstimate[];
  /** Whether lives in the field have corrected what the plan says. */
  readonly isCalibrated: boolean;
}

/** How long each part will last, by all that is known of it; parts of which nothing is are left out. Pure. */
export const outlooksOf = ({ parts }: Pick<Standing, "parts">): PartOutlook[] =>
  parts
    .flatMap((part): PartOutlook[] => {
      const { ageDays, field, past } = part;
      const calibration = calibrateLives(past);
      const estimates = part.estimates.map(
        (one): LifeEstimate =>
          calibration && one.method === "usage_counter"
            ? calibrated(one, ageDays, calibration)
            : one,
      );
      if (field)
        estimates.push(
          fieldEstimate({ shape: field.shape, scale: field.scaleDays }, ageDays, fieldConfidence),
        );
      const outlook = combineLives(estimates, healthConfig.outlookDays);
      const isCalibrated = calibration !== undefined;
      return outlook ? [{ part, outlook, estimates, isCalibrated }] : [];
    })
    .sort((a, b) => a.outlook.p50Days - b.outlook.p50Days);

/** What of a machine's standing lowers its health. Pure. */
export const standingFactors = (standing: Standing, nowMs: number): HealthFactor[] => [
  ...outlooksOf(standing).flatMap(({ part, outlook }) =>
    lifeFactor(outlook, { position: part.position, since: part.judgedSince }),
  ),
  ...standing.overdue.flatMap((work) => overdueFactor(work, nowMs)),
  ...historyFactors(standing.repairs, nowMs),
];
