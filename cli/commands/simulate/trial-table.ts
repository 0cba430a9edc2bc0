import type { FaultTrial, SoundLife } from "./fault-trial.ts";
import { figuresByKind, figuresByMode, summaryOf } from "./trial-summary.ts";

/** Text of Markdown: what was found of all faults, failure mode by failure mode and kind by kind, and what was missed. */
export function trialTable(trials: readonly FaultTrial[], lives: readonly SoundLife[]): string {
  const { foundInTime, medianLeadHours, falseTickets, soundDays, falsePerMonth } = summaryOf(
    trials,
    lives,
  );
  const modes = figuresByMode(trials, lives).map((one) => [
    one.failureMode,
    `${one.inTime} of ${one.trials}`,
    one.leadHours === null ? "–" : `${hours(one.leadHours.median)} (${hours(one.leadHours.least)})`,
    one.foundBy.slice(0, 2).join(", "),
    `${one.wasted}`,
    `${one.aside}`,
  ]);
  const kinds = figuresByKind(trials, lives).map((one) => [
    one.kind,
    `${one.right}`,
    `${one.first}`,
    hours(one.medianLeadHours),
    `${one.wasted}`,
    `${one.aside}`,
    `${Math.round(one.precision * 100)} %`,
  ]);
  const missed = trials.flatMap((trial) =>
    trial.isFoundInTime
      ? []
      : [`- ${trial.machineType}, ${trial.fault}, seed ${trial.seed}: ${why(trial)}`],
  );
  return [
    `Found in time: ${foundInTime} of ${trials.length}, median lead ${hours(medianLeadHours)} h. Sound machines: ${falseTickets} tickets in ${Math.round(soundDays)} days, ${falsePerMonth.toFixed(2)} a machine and month.`,
    table(["failure mode", "in time", "lead h (least)", "told first by", "wasted", "aside"], modes),
    table(["kind", "right", "first", "lead h", "wasted", "aside", "precision"], kinds),
    ["Missed:", ...missed].join("\n"),
  ].join("\n\n");
}

const hours = (value: number | null): string =>
  value === null ? "–" : value < 10 ? value.toFixed(1) : `${Math.round(value)}`;

function why({ visibleAt, failedAt, found, leadHours }: FaultTrial): string {
  if (failedAt === null)
    return found ? "found; it did not fail within the days" : "did not fail within the days";
  if (found)
    return `found ${hours(Math.abs(leadHours ?? 0))} h after the failure, by ${found.rule}`;
  return visibleAt === null ? "showed in no signal" : "no rule spoke";
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
