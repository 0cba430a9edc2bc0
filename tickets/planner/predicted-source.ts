import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { I18nText } from "../evidence.ts";
import type { InstalledPart } from "../organisation/machine-file.ts";
import { isMoreUrgent } from "../vocabulary.ts";
import { both, hoursOf, isHandled, type PlannedMachine, todayOf } from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import type { TicketProposal } from "./proposal.ts";

type PlanPart = NonNullable<Plan["service"]["parts"]>[number];

const MS_PER_DAY = 86_400_000;

/** One judgement of how long a part will last. */
export interface LifeEvaluation {
  /** ISO instant. */
  readonly evaluatedAt: string;
  readonly method: "usage_counter" | "trend" | "model";
  /** Days from `evaluatedAt` to the failure: percentiles. */
  readonly p10Days: number;
  readonly p50Days: number;
  readonly p90Days: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/** How soon the part can be there, from its best source. */
export interface Supply {
  readonly leadTimeDays: number;
  readonly transferDays: number;
}

/** What is known of one part in one machine. */
export interface PartOutlook {
  readonly part: PlanPart;
  readonly installed: Pick<InstalledPart, "position" | "installedAt">;
  /** Oldest first. */
  readonly evaluations: readonly LifeEvaluation[];
  readonly supply: Supply;
  /** What the rule that expects it says; absent where it is the use of the part. */
  readonly reason?: I18nText;
  readonly ruleId?: string;
  /** What a part that has come to its end fails by; absent where the plan does not say. */
  readonly failureMode?: string;
}

/** Days ahead at which a failure is a ticket: 30, or as long as the part takes (O-09). */
export const horizonDays = (
  { leadTimeDays, transferDays }: Supply,
  { predicted }: PlannerConfig = plannerConfig,
): number => Math.max(predicted.horizonDays, leadTimeDays + transferDays + predicted.marginDays);

/** Of this life of the part: a new part in its place is another. */
export const lifeKey = (machineId: string, { position, installedAt }: PartOutlook["installed"]) =>
  `${machineId}:life:${position}:${installedAt}`;

/**
 * A failure to come: the newest median lies within the horizon, and so many evaluations in a row are believed. One
 * ticket for each life of a part; the part is asked for by the 10th percentile.
 */
export const predictedSource = (
  machine: PlannedMachine,
  outlooks: readonly PartOutlook[],
  nowMs: number,
  config: PlannerConfig = plannerConfig,
): TicketProposal[] =>
  believed(machine, outlooks, nowMs, config).filter(
    ({ dedupeKey }) => !isHandled(machine, dedupeKey),
  );

/** Failures that have come nearer than their open ticket says: the same proposal, more urgent. */
export const predictedRaises = (
  machine: PlannedMachine,
  outlooks: readonly PartOutlook[],
  nowMs: number,
  config: PlannerConfig = plannerConfig,
): TicketProposal[] =>
  believed(machine, outlooks, nowMs, config).filter(({ dedupeKey, priority }) =>
    machine.handled.some(
      (point) =>
        point.dedupeKey === dedupeKey &&
        point.isOpen &&
        point.priority !== undefined &&
        isMoreUrgent(priority, point.priority),
    ),
  );

function believed(
  machine: PlannedMachine,
  outlooks: readonly PartOutlook[],
  nowMs: number,
  config: PlannerConfig,
): TicketProposal[] {
  const { consecutive, minConfidence } = config.predicted;
  const proposals = outlooks.flatMap((outlook) => {
    const last = outlook.evaluations.slice(-consecutive);
    const newest = last.at(-1);
    const isBelieved =
      last.length === consecutive && last.every(({ confidence }) => confidence >= minConfidence);
    if (newest === undefined || !isBelieved) return [];
    if (newest.p50Days > horizonDays(outlook.supply, config)) return [];
    return [proposalOf(machine, outlook, { newest, nowMs, config })];
  });
  return soonestOfEach(proposals);
}

/** Of several judgements of one life the one that expects its end first. */
function soonestOfEach(proposals: readonly TicketProposal[]): TicketProposal[] {
  const inOrder = proposals.toSorted((one, other) =>
    one.dueWindow.to < other.dueWindow.to ? -1 : Number(one.dueWindow.to > other.dueWindow.to),
  );
  const soonest = new Map<string, TicketProposal>();
  for (const proposal of inOrder)
    if (!soonest.has(proposal.dedupeKey)) soonest.set(proposal.dedupeKey, proposal);
  return proposals.filter((proposal) => soonest.get(proposal.dedupeKey) === proposal);
}

function proposalOf(
  machine: PlannedMachine,
  { part, installed, supply, reason, ruleId, failureMode }: PartOutlook,
  {
    newest,
    nowMs,
    config,
  }: {
    readonly newest: LifeEvaluation;
    readonly nowMs: number;
    readonly config: PlannerConfig;
  },
): TicketProposal {
  const at = (days: number) =>
    new Date(Math.max(nowMs, Date.parse(newest.evaluatedAt) + days * MS_PER_DAY)).toISOString();
  const p10At = at(newest.p10Days);
  const day = (instant: string) => todayOf(machine, Date.parse(instant));
  const [p10, p50] = [day(p10At), day(at(newest.p50Days))];
  const horizon = horizonDays(supply, config);
  const { en, "zh-CN": zh } = part.title;
  const { checklist } = machine.program;
  const isKnown = Date.parse(installed.installedAt) > 0;
  const since = installed.installedAt.slice(0, 10);
  const because = both(
    `${reason ? `${reason.en}. ` : ""}${isKnown ? `In place since ${since}; expected` : "Expected"}`,
    `${reason ? `${reason["zh-CN"]}。` : ""}${isKnown ? `自 ${since} 装机；` : ""}预计`,
  );
  return {
    dedupeKey: lifeKey(machine.machineId, installed),
    machineId: machine.machineId,
    trigger: "predicted_failure",
    kind: "inspection",
    priority: newest.p10Days <= config.predicted.majorDays ? "major" : "general",
    dueWindow: { from: new Date(nowMs).toISOString(), to: p10At },
    title: both(`${en}: replace before it fails`, `${zh}：预计失效前更换`),
    evidence: both(
      `${because.en} to fail about ${p50}, with one chance in ten by ${p10} (confidence ${percent(newest.confidence)}). Warned ${horizon} days ahead: the part takes ${supply.leadTimeDays} days and ${supply.transferDays} to the machine. Plan: have ${part.quantity} × ${part.partNo} there and replace by ${p10}.`,
      `${because["zh-CN"]}约 ${p50} 失效，${p10} 前失效概率约 10%（置信度 ${percent(newest.confidence)}）。提前 ${horizon} 天预警：配件交货期 ${supply.leadTimeDays} 天，调拨 ${supply.transferDays} 天。预防维护计划：备妥 ${part.quantity} × ${part.partNo}，并于 ${p10} 前更换。`,
    ),
    component: part.position,
    ...(failureMode === undefined ? {} : { failureMode }),
    ...(ruleId === undefined ? {} : { ruleId }),
    ...(checklist === undefined ? {} : { checklist }),
    standardHours: hoursOf(machine, checklist),
    parts: [{ partNo: part.partNo, quantity: part.quantity, neededBy: p10At }],
  };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
