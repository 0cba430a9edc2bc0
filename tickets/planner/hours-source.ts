import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { I18nText } from "../evidence.ts";
import { addDays, addMonths, daysBetween } from "../sla/zone-time.ts";
import {
  both,
  endOfDay,
  hoursOf,
  isHandled,
  type PlannedMachine,
  startOfDay,
  todayOf,
  type Usage,
} from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import type { TicketProposal } from "./proposal.ts";

type Interval = NonNullable<Plan["service"]["intervals"]>[number];

interface Due {
  readonly dedupeKey: string;
  readonly title: I18nText;
  readonly why: I18nText;
  /** Local day. */
  readonly from: string;
  readonly to: string;
  readonly checklist: string | undefined;
  readonly kit: Interval["kit"];
}

/**
 * Services every so many operating hours or months, and hazard points by hours. One for each interval and index; hours
 * are those of the machine over all its meters, so a new meter triggers nothing again.
 */
export function hoursSource(
  machine: PlannedMachine,
  nowMs: number,
  config: PlannerConfig = plannerConfig,
): TicketProposal[] {
  const { plan, program } = machine;
  const look = { nowMs, config };
  const dues = [
    ...(plan?.service.intervals ?? []).flatMap((interval) => [
      ...byHours(machine, interval, look),
      ...byMonths(machine, interval, look),
    ]),
    ...program.hazardPoints.flatMap((point) => byHazard(machine, point, look)),
  ];
  const open = dues.filter(({ dedupeKey }) => !isHandled(machine, dedupeKey));
  // Of a service that is due by hours and by months at once, one ticket: the key before the last part is the interval's.
  const first = open.filter(
    (due, index) => open.findIndex((one) => intervalOf(one) === intervalOf(due)) === index,
  );
  return first.map((due) => proposalOf(machine, due));
}

const intervalOf = ({ dedupeKey }: { readonly dedupeKey: string }): string =>
  dedupeKey.slice(0, dedupeKey.lastIndexOf(":"));

interface Look {
  readonly nowMs: number;
  readonly config: PlannerConfig;
}

function byHours(machine: PlannedMachine, interval: Interval, { nowMs, config }: Look): Due[] {
  const { id, everyHours, title, checklist, kit } = interval;
  const { usage, machineId } = machine;
  if (everyHours === undefined || usage === undefined) return [];
  const leadHours = interval.leadHours ?? config.leadHours;
  const index = Math.floor((usage.operatingHours + leadHours) / everyHours);
  if (index < 1) return [];
  const dueHours = index * everyHours;
  const prefix = `${machineId}:service:${id}`;
  const isLookedAfter =
    index === 1 || machine.handled.some((point) => intervalOf(point) === prefix);
  const late = usage.operatingHours - dueHours;
  if (!isLookedAfter && late > everyHours * config.catchUpShare) return [];
  // The months came first and the service is still to be done: the same ticket.
  if (machine.handled.some((point) => point.isOpen && intervalOf(point) === prefix)) return [];
  return [
    {
      dedupeKey: `${prefix}:${index}`,
      title,
      why: whyHours(usage, dueHours, config),
      ...windowOf(machine, { usage, dueHours, nowMs, config }),
      checklist,
      kit,
    },
  ];
}

const perDayOf = ({ hoursPerDay }: Usage, { defaultHoursPerDay }: PlannerConfig): number =>
  hoursPerDay !== undefined && hoursPerDay > 0 ? hoursPerDay : defaultHoursPerDay;

function whyHours(usage: Usage, dueHours: number, config: PlannerConfig): I18nText {
  const hours = Math.round(usage.operatingHours);
  const perDay = Math.round(perDayOf(usage, config) * 10) / 10;
  const isKnown = (usage.hoursPerDay ?? 0) > 0;
  return both(
    `${hours} operating hours, due at ${dueHours}; ${perDay} h a day${isKnown ? "" : " assumed"}.`,
    `已运行 ${hours} 小时，应于 ${dueHours} 小时保养；${isKnown ? "" : "按"}每天 ${perDay} 小时${isKnown ? "" : "估算"}。`,
  );
}

/** From today to the day on which the hours are reached at the present use. */
function windowOf(
  machine: PlannedMachine,
  { usage, dueHours, nowMs, config }: Look & { readonly usage: Usage; readonly dueHours: number },
): Pick<Due, "from" | "to"> {
  const today = todayOf(machine, nowMs);
  const left = Math.max(0, dueHours - usage.operatingHours);
  return { from: today, to: addDays(today, Math.floor(left / perDayOf(usage, config))) };
}

/** Months since the service was last planned, whatever for; else since handover. */
function byMonths(machine: PlannedMachine, interval: Interval, { nowMs, config }: Look): Due[] {
  const { id, everyMonths, title, checklist, kit } = interval;
  const { handoverAt, machineId, program } = machine;
  if (everyMonths === undefined || handoverAt === undefined) return [];
  const today = todayOf(machine, nowMs);
  const soon = addDays(today, program.leadDays);
  let index = 0;
  while (addMonths(handoverAt, (index + 1) * everyMonths) <= soon) index += 1;
  if (index === 0) return [];
  const due = addMonths(handoverAt, index * everyMonths);
  const prefix = `${machineId}:service:${id}`;
  const since = endOfDay(machine, addMonths(due, -everyMonths));
  const isServed = machine.handled.some(
    (point) => intervalOf(point) === prefix && (point.isOpen || point.dueTo > since),
  );
  if (isServed || daysBetween(due, today) > config.catchUpDays) return [];
  return [
    {
      dedupeKey: `${prefix}:m${index}`,
      title,
      why: both(
        `${everyMonths} months without this service on ${due}.`,
        `至 ${due} 已满 ${everyMonths} 个月未做此项保养。`,
      ),
      from: addDays(due, -program.leadDays),
      to: due,
      checklist,
      kit,
    },
  ];
}

function byHazard(
  machine: PlannedMachine,
  { id, atHours, reason }: PlannedMachine["program"]["hazardPoints"][number],
  { nowMs, config }: Look,
): Due[] {
  const { usage, machineId, program } = machine;
  if (atHours === undefined || usage === undefined) return [];
  const late = usage.operatingHours - atHours;
  if (late < -config.leadHours || late > atHours * config.catchUpShare) return [];
  return [
    {
      dedupeKey: `${machineId}:hazard:${id}:1`,
      title: both(
        `Inspection at ${atHours} h: ${reason.en}`,
        `${atHours} 小时隐患检查：${reason["zh-CN"]}`,
      ),
      why: whyHours(usage, atHours, config),
      ...windowOf(machine, { usage, dueHours: atHours, nowMs, config }),
      checklist: program.checklist,
      kit: undefined,
    },
  ];
}

function proposalOf(machine: PlannedMachine, due: Due): TicketProposal {
  const to = endOfDay(machine, due.to);
  return {
    dedupeKey: due.dedupeKey,
    machineId: machine.machineId,
    trigger: "service_hours",
    kind: "inspection",
    priority: "planned",
    dueWindow: { from: startOfDay(machine, due.from), to },
    title: due.title,
    evidence: due.why,
    ...(due.checklist === undefined ? {} : { checklist: due.checklist }),
    standardHours: hoursOf(machine, due.checklist),
    parts: (due.kit ?? []).map((line) => ({ ...line, neededBy: to })),
  };
}
