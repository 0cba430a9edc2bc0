import { addDays, daysBetween } from "../sla/zone-time.ts";
import {
  both,
  endOfDay,
  hoursOf,
  isHandled,
  type Peak,
  type PlannedMachine,
  startOfDay,
  todayOf,
} from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import type { TicketProposal } from "./proposal.ts";

type Side = "before" | "after";

/** AS-5: an inspection before a peak period, with wear parts put ready, and another after it. */
export function peakSource(
  machine: PlannedMachine,
  nowMs: number,
  config: PlannerConfig = plannerConfig,
): TicketProposal[] {
  const { peak: entitled } = machine.program;
  if (entitled === undefined) return [];
  const today = todayOf(machine, nowMs);
  return joined(machine.peaks).flatMap((peak) => {
    const toStart = daysBetween(today, peak.from);
    const sinceEnd = daysBetween(peak.to, today);
    const isBefore = toStart > 0 && toStart <= entitled.leadDays;
    const isAfter = sinceEnd > 0 && sinceEnd <= Math.max(entitled.afterDays, config.catchUpDays);
    return [
      ...(isBefore
        ? proposalOf(machine, peak, { side: "before", days: entitled.leadDays, config })
        : []),
      ...(isAfter
        ? proposalOf(machine, peak, { side: "after", days: entitled.afterDays, config })
        : []),
    ];
  });
}

/** Machine and site may tell of the same season: periods that overlap or touch are one. */
function joined(peaks: readonly Peak[]): Peak[] {
  const all: Peak[] = [];
  for (const peak of peaks.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = all.at(-1);
    if (last === undefined || peak.from > addDays(last.to, 1)) all.push(peak);
    else if (peak.to > last.to) all[all.length - 1] = { from: last.from, to: peak.to };
  }
  return all;
}

function proposalOf(
  machine: PlannedMachine,
  peak: Peak,
  {
    side,
    days,
    config,
  }: { readonly side: Side; readonly days: number; readonly config: PlannerConfig },
): TicketProposal[] {
  const day = side === "before" ? peak.from : peak.to;
  const dedupeKey = `${machine.machineId}:peak:${side}:${day}`;
  if (isHandled(machine, dedupeKey) || isMoved(machine, { side, day, config })) return [];
  const dueWindow =
    side === "before"
      ? { from: startOfDay(machine, addDays(day, -days)), to: startOfDay(machine, day) }
      : { from: endOfDay(machine, day), to: endOfDay(machine, addDays(day, days)) };
  const { checklist } = machine.program;
  return [
    {
      dedupeKey,
      machineId: machine.machineId,
      trigger: "peak_season",
      kind: "inspection",
      priority: "planned",
      dueWindow,
      title:
        side === "before"
          ? both("Inspection before the peak season", "旺季前例行检查")
          : both("Inspection after the peak season", "旺季后例行检查"),
      evidence: both(
        `Peak season from ${peak.from} to ${peak.to}, as surveyed.`,
        `施工旺季 ${peak.from} 至 ${peak.to}（来自用户信息调查）。`,
      ),
      ...(checklist === undefined ? {} : { checklist }),
      standardHours: hoursOf(machine, checklist),
      parts: side === "before" ? wearParts(machine, dueWindow.to, config) : [],
    },
  ];
}

/** A season told anew with other days is the same season: its inspection is there already. */
function isMoved(
  { machineId, handled }: PlannedMachine,
  {
    side,
    day,
    config,
  }: { readonly side: Side; readonly day: string; readonly config: PlannerConfig },
): boolean {
  const prefix = `${machineId}:peak:${side}:`;
  return handled.some(
    ({ dedupeKey }) =>
      dedupeKey.startsWith(prefix) &&
      Math.abs(daysBetween(dedupeKey.slice(prefix.length), day)) < config.catchUpDays,
  );
}

/** Wear parts of which little is left, or of which nobody knows how much; one line for each part number. */
function wearParts(
  { plan, installedParts }: PlannedMachine,
  neededBy: string,
  { peakWearSharePct }: PlannerConfig,
): TicketProposal["parts"] {
  const wanted = new Map<string, number>();
  for (const { isWearPart, position, partNo, quantity } of plan?.service.parts ?? []) {
    const left = installedParts.find((part) => part.position === position)?.remainingLifePct;
    if (isWearPart && (left === undefined || left <= peakWearSharePct))
      wanted.set(partNo, (wanted.get(partNo) ?? 0) + quantity);
  }
  return [...wanted].map(([partNo, quantity]) => ({ partNo, quantity, neededBy }));
}
