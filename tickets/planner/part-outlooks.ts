import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Reader } from "../organisation/file-store.ts";
import { available } from "../parts/stock-item.ts";
import { loadItems, loadParts } from "../parts/stock-levels.ts";
import { failureModeOfPart } from "./failure-mode-of-part.ts";
import { loadEvaluations, partKey } from "./life-evaluations.ts";
import { type KnownForecast, loadForecasts, sinceEver } from "./life-forecasts.ts";
import type { PlannedMachine } from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import {
  horizonDays,
  type LifeEvaluation,
  type PartOutlook,
  type Supply,
} from "./predicted-source.ts";
import { evaluateWear } from "./wear-evaluation.ts";

export interface MachineOutlooks {
  readonly outlooks: readonly PartOutlook[];
  /** Judgements of today that are worth keeping: of parts whose end is near. */
  readonly toRecord: readonly {
    readonly installed: PartOutlook["installed"];
    readonly evaluation: LifeEvaluation;
  }[];
}

/** What is known of the parts of several machines, by machine: judgements of the days before, and today's by wear. */
export async function loadOutlooks(
  reader: Reader,
  machines: readonly PlannedMachine[],
  { nowMs, config = plannerConfig }: { readonly nowMs: number; readonly config?: PlannerConfig },
): Promise<Map<string, MachineOutlooks>> {
  if (machines.length === 0) return new Map();
  const ids = machines.map(({ machineId }) => machineId);
  const forecasts = await loadForecasts(reader, ids);
  const withParts = machines.filter(
    ({ installedParts, machineId }) => installedParts.length > 0 || forecasts.has(machineId),
  );
  if (withParts.length === 0) return new Map();
  const known = await loadEvaluations(reader, ids);
  const supplyOf = await loadSupply(reader, withParts, config);
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return new Map(
    withParts.map((machine) => {
      const parts = outlooksOf(machine, { known, supplyOf, today, nowMs, config });
      return [
        machine.machineId,
        {
          outlooks: [
            ...parts.map(({ outlook }) => outlook),
            ...forecastOutlooks(machine, forecasts.get(machine.machineId) ?? [], supplyOf),
          ],
          toRecord: parts.flatMap(({ outlook: { installed }, fresh }) =>
            fresh ? [{ installed, evaluation: fresh }] : [],
          ),
        },
      ];
    }),
  );
}

interface Known {
  readonly known: ReadonlyMap<string, readonly LifeEvaluation[]>;
  readonly supplyOf: (partNo: string, quantity: number, tier: Tier) => Supply;
  /** UTC day. */
  readonly today: string;
  readonly nowMs: number;
  readonly config: PlannerConfig;
}

type Tier = Plan["service"]["tier"];

function outlooksOf(
  machine: PlannedMachine,
  { known, supplyOf, today, nowMs, config }: Known,
): { readonly outlook: PartOutlook; readonly fresh: LifeEvaluation | undefined }[] {
  const { plan, installedParts, machineId, usage } = machine;
  if (plan === undefined) return [];
  return (plan.service.parts ?? []).flatMap((part) => {
    const installed = installedParts.find(({ position }) => position === part.position);
    if (installed === undefined) return [];
    const before = known.get(partKey(machineId, installed)) ?? [];
    const supply = supplyOf(part.partNo, part.quantity, plan.service.tier);
    const isJudged = before.at(-1)?.evaluatedAt.startsWith(today) === true;
    const judged = isJudged ? undefined : evaluateWear(part, installed, { usage, nowMs, config });
    const isNear =
      judged !== undefined && judged.p50Days <= horizonDays(supply, config) + config.watchDays;
    const fresh = isNear ? judged : undefined;
    const evaluations = fresh ? [...before, fresh] : before;
    const outlook = { part, installed, evaluations, supply, ...endOf(plan, part) };
    return [{ outlook, fresh }];
  });
}

/** By the rules over completed hours and by the machine's counters: each for itself. A part of which nobody noted when it was put in has one life. */
function forecastOutlooks(
  { plan, installedParts }: PlannedMachine,
  forecasts: readonly KnownForecast[],
  supplyOf: Known["supplyOf"],
): PartOutlook[] {
  return forecasts.flatMap(({ ruleId, position, installedAt, evaluations }) => {
    const part = plan?.service.parts?.find((one) => one.position === position);
    const rule = plan?.rules.rules.find(({ id }) => id === ruleId);
    const there = installedParts.find((one) => one.position === position);
    const isOther = (there?.installedAt ?? sinceEver) !== installedAt;
    // A rule that the plan has no more expects nothing; a part's own counter is no rule.
    const isGone = rule === undefined && !ruleId.startsWith("wear:");
    if (plan === undefined || part === undefined || isGone || isOther) return [];
    const supply = supplyOf(part.partNo, part.quantity, plan.service.tier);
    const installed = { position, installedAt };
    const outlook = { part, installed, evaluations, supply };
    if (rule === undefined) return [{ ...outlook, ...endOf(plan, part) }];
    const failureMode = "failureMode" in rule ? { failureMode: rule.failureMode } : {};
    return [{ ...outlook, ruleId, reason: rule.about, ...failureMode }];
  });
}

const endOf = (plan: Plan, part: PartOutlook["part"]): Pick<PartOutlook, "failureMode"> => {
  const failureMode = failureModeOfPart(plan, part);
  return failureMode === undefined ? {} : { failureMode };
};

/** No lead time where a place has enough of it free; else what the master says of the supplier. */
export async function loadSupply(
  reader: Reader,
  machines: readonly Pick<PlannedMachine, "plan">[],
  { transferDays, unknownLeadDays }: PlannerConfig,
): Promise<Known["supplyOf"]> {
  const partNos = [
    ...new Set(
      machines.flatMap(({ plan }) => (plan?.service.parts ?? []).map((one) => one.partNo)),
    ),
  ];
  const parts = await loadParts(reader, partNos);
  const items = await loadItems(reader, partNos);
  return (partNo, quantity, tier) => {
    const isInStock = items.some(
      (item) => item.partNo === partNo && available(item, tier) >= quantity,
    );
    const leadTimeDays = isInStock ? 0 : (parts.get(partNo)?.leadTimeDays ?? unknownLeadDays);
    return { leadTimeDays, transferDays };
  };
}
