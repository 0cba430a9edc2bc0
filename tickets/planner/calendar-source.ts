import { addDays, addMonths, daysBetween, type LocalDate } from "../sla/zone-time.ts";
import {
  both,
  endOfDay,
  hoursOf,
  isHandled,
  type PlannedMachine,
  startOfDay,
  todayOf,
} from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import type { CoveredPoint, TicketProposal } from "./proposal.ts";

interface Point {
  readonly key: string;
  readonly months: number;
  readonly title: TicketProposal["title"];
  readonly why?: TicketProposal["evidence"];
}

export interface Planned {
  readonly proposals: readonly TicketProposal[];
  readonly covered: readonly CoveredPoint[];
}

/**
 * Inspections so many months after handover: month 1 for every machine, further points by its plan. One for each point;
 * a point near an open service by hours is done with it. `services`: proposals of the same run that such a point may
 * share.
 */
export function calendarSource(
  machine: PlannedMachine,
  nowMs: number,
  services: readonly TicketProposal[] = [],
  config: PlannerConfig = plannerConfig,
): Planned {
  const { handoverAt, program } = machine;
  if (handoverAt === undefined) return { proposals: [], covered: [] };
  const today = todayOf(machine, nowMs);
  const proposals: TicketProposal[] = [];
  const covered: CoveredPoint[] = [];
  for (const point of pointsOf(machine)) {
    const due = addMonths(handoverAt, point.months);
    const dedupeKey = `${machine.machineId}:calendar:${point.key}`;
    const isTime =
      daysBetween(today, due) <= program.leadDays && daysBetween(due, today) <= config.catchUpDays;
    if (!isTime || isHandled(machine, dedupeKey)) continue;
    const proposal = proposalOf(machine, point, { due, dedupeKey, handoverAt });
    const by = sharedWith(proposal, machine, services, config);
    if (by === undefined) proposals.push(proposal);
    else {
      const { trigger, dueWindow, machineId } = proposal;
      covered.push({ dedupeKey, machineId, trigger, dueTo: dueWindow.to, by });
    }
  }
  return { proposals, covered };
}

function pointsOf({ program }: PlannedMachine): Point[] {
  return [
    ...program.months.map((months) => ({
      key: `m${months}`,
      months,
      title: both(
        `Inspection ${months} month${months === 1 ? "" : "s"} after handover`,
        `交付后第 ${months} 个月例行检查`,
      ),
    })),
    ...program.hazardPoints.flatMap(({ id, atMonths, reason }) =>
      atMonths === undefined
        ? []
        : [
            {
              key: id,
              months: atMonths,
              title: both(
                `Inspection at ${atMonths} months: ${reason.en}`,
                `第 ${atMonths} 个月隐患检查：${reason["zh-CN"]}`,
              ),
              why: reason,
            },
          ],
    ),
  ];
}

const noPlan = both(
  " No service plan fits this machine: month 1 by the general checklist, and nothing else.",
  "该机型没有匹配的服务方案：仅按通用检查表进行首月检查。",
);

function proposalOf(
  machine: PlannedMachine,
  { months, title, why }: Point,
  {
    due,
    dedupeKey,
    handoverAt,
  }: { readonly due: LocalDate; readonly dedupeKey: string; readonly handoverAt: LocalDate },
): TicketProposal {
  const { program, machineId, plan } = machine;
  const because = why ? both(` ${why.en}.`, `${why["zh-CN"]}。`) : plan ? both("", "") : noPlan;
  return {
    dedupeKey,
    machineId,
    trigger: "calendar",
    kind: "inspection",
    priority: "planned",
    dueWindow: {
      from: startOfDay(machine, addDays(due, -program.leadDays)),
      to: endOfDay(machine, due),
    },
    title,
    evidence: both(
      `Handed over on ${handoverAt}; due on ${due}, ${months} months later.${because.en}`,
      `交付日期 ${handoverAt}；应于 ${due}（${months} 个月后）前完成。${because["zh-CN"]}`,
    ),
    ...(program.checklist === undefined ? {} : { checklist: program.checklist }),
    standardHours: hoursOf(machine, program.checklist),
    parts: [],
  };
}

/** §3.10: a service by hours that is open, or opens now, within 14 days of the point. */
function sharedWith(
  proposal: TicketProposal,
  { handled }: PlannedMachine,
  services: readonly TicketProposal[],
  { sharedDays }: PlannerConfig,
): CoveredPoint["by"] | undefined {
  const isNear = (dueTo: string) =>
    Math.abs(Date.parse(dueTo) - Date.parse(proposal.dueWindow.to)) <= sharedDays * 86_400_000;
  const open = handled.find(
    ({ trigger, isOpen, dueTo }) => trigger === "service_hours" && isOpen && isNear(dueTo),
  );
  if (open) return { ticketId: open.ticketId };
  const service = services.find(({ dueWindow }) => isNear(dueWindow.to));
  return service && { dedupeKey: service.dedupeKey };
}
