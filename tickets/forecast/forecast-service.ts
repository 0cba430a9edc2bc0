import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { enqueueNotices } from "../channels/notice.ts";
import { once, type ServiceWork } from "../service-work.ts";
import { createTicketIds, type TicketIds } from "../ticket-ids.ts";
import { draftLines } from "./draft-lines.ts";
import { evaluatePlan } from "./evaluate-plan.ts";
import type { Period } from "./forecast.ts";
import { type ForecastConfig, forecastDefaults } from "./forecast-config.ts";
import {
  loadParameterLog,
  loadParameters,
  type Parameter,
  type ParameterChange,
  saveParameter,
} from "./parameters.ts";
import { type PartMonth, type PartMonthsQuery, partMonths } from "./part-months.ts";
import {
  checkOwner,
  type PartsPlan,
  type Planner,
  type PlanStep,
  type PlanType,
  stepPlan,
} from "./parts-plan.ts";
import {
  insertPlan,
  listPlans,
  type PlanFilter,
  requirePlan,
  saveForecasts,
  saveSnapshot,
  updatePlan,
} from "./plan-store.ts";

export interface PlanDraft {
  readonly planType: PlanType;
  /** Empty: headquarters, for every region. */
  readonly regionId: string;
  readonly period: Period;
  /** What an emergency asks for; the other plans have their lines from the forecast. */
  readonly emergency?: readonly { readonly partNo: string; readonly quantity: number }[];
}

/**
 * Forecasts and parts plans. Every command is done once per command id. Errors: `PLAN_NOT_YOURS` (403), `PLAN_UNKNOWN`
 * (404), `PLAN_TRANSITION`, `PLAN_ASSUMPTIONS`, `PLAN_CHANGED` and `PLAN_TOO_EARLY` (409), `PLAN_LINE_UNKNOWN` and
 * `PLAN_LINES` (400).
 */
export interface ForecastService {
  draft(planner: Planner, commandId: string, draft: PlanDraft): Promise<PartsPlan>;
  step(planner: Planner, commandId: string, planId: string, step: PlanStep): Promise<PartsPlan>;
  /** Once the period is over: what was used beside what was expected; the error moves the next period's parameter. */
  evaluate(planner: Planner, commandId: string, planId: string): Promise<PartsPlan>;
  get(planId: string): Promise<PartsPlan>;
  /** Newest first. */
  list(filter: PlanFilter): Promise<PartsPlan[]>;
  /** What a part was used beside what was expected, month by month. */
  months(query: PartMonthsQuery): Promise<PartMonth[]>;
  parameters(): Promise<Parameter[]>;
  setParameter(planner: Planner, commandId: string, parameter: Parameter): Promise<void>;
  parameterLog(limit: number): Promise<ParameterChange[]>;
}

export interface ForecastServiceOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Service plans by id. */
  readonly plans: ReadonlyMap<string, Plan>;
  readonly ids?: TicketIds;
  readonly config?: ForecastConfig;
}

export function createForecastService(options: ForecastServiceOptions): ForecastService {
  const { db, clock, plans, ids = createTicketIds(clock.nowMs) } = options;
  const { config = forecastDefaults } = options;

  /** A person's command in a transaction of its own. */
  const obey = <Answer>(
    { actorId }: Planner,
    command: { readonly commandId: string; readonly name: string; readonly subject: string },
    run: (work: ServiceWork) => Promise<Answer>,
  ): Promise<Answer> =>
    db.transaction((tx) => {
      const nowMs = clock.nowMs();
      const actor = { kind: "person", id: actorId } as const;
      const work = { tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids };
      return once(work, command, () => run(work));
    });

  return {
    draft: (planner, commandId, draft) =>
      obey(planner, { commandId, name: "plan.draft", subject: subjectOf(draft) }, (work) =>
        draftPlan(work, planner, draft, { plans, config }),
      ),
    step: (planner, commandId, planId, step) =>
      obey(planner, { commandId, name: `plan.${step.type}`, subject: planId }, async (work) => {
        const before = await requirePlan(work.tx, planId);
        const after = stepPlan(before, step, planner, work.at);
        await updatePlan(work, before, after);
        if (after.state === "released") await saveForecasts(work, after);
        if (step.type === "review" && after.planType !== "emergency")
          await enqueueNotices(work, [
            {
              kind: "plan-approval",
              audience: { to: "role", role: "hq_service" },
              priority: "planned",
              facts: { planId },
            },
          ]);
        return after;
      }),
    evaluate: (planner, commandId, planId) =>
      obey(planner, { commandId, name: "plan.evaluate", subject: planId }, async (work) => {
        const before = await requirePlan(work.tx, planId);
        checkOwner(before, planner);
        const after = await evaluatePlan(work, before, config);
        await updatePlan(work, before, after);
        return after;
      }),
    get: (planId) => requirePlan(db, planId),
    list: (filter) => listPlans(db, filter),
    months: (query) => partMonths(db, { ...query, nowMs: clock.nowMs() }),
    parameters: () => loadParameters(db),
    setParameter: (planner, commandId, parameter) =>
      obey(
        planner,
        { commandId, name: "forecast.set-parameter", subject: parameter.name },
        async (work) => {
          checkOwner({ planType: "non_core", regionId: parameter.regionId }, planner);
          await saveParameter(work, parameter, "set by a person");
        },
      ),
    parameterLog: (limit) => loadParameterLog(db, limit),
  };
}

const subjectOf = ({ planType, regionId, period }: PlanDraft): string =>
  [planType, regionId, period.from, period.to].join(" ");

async function draftPlan(
  work: ServiceWork,
  planner: Planner,
  { planType, regionId, period, emergency = [] }: PlanDraft,
  world: Pick<Required<ForecastServiceOptions>, "plans" | "config">,
): Promise<PartsPlan> {
  checkOwner({ planType, regionId }, planner);
  if ((planType === "emergency") !== emergency.length > 0)
    throw new CodedError("PLAN_LINES", "an emergency names its parts; other plans are forecast");
  const { at, ids } = work;
  const noStock = { onHand: 0, reserved: 0, inTransit: 0 };
  const planId = `PP-${ids.ticketId().slice(2)}`;
  const drafted =
    planType === "emergency"
      ? {
          lines: emergency.map((line) => ({
            ...line,
            regionId,
            stock: noStock,
            isAboveUpper: false,
          })),
          assumptions: [],
          stock: [],
        }
      : await draftLines(work.tx, { planType, regionId, period, ...world, newId: ids.rowId });
  await saveSnapshot(work, planId, drafted.stock);
  const plan: PartsPlan = {
    planId,
    planType,
    regionId,
    period,
    state: "draft",
    lines: [...drafted.lines],
    assumptions: [...drafted.assumptions],
    history: [{ state: "draft", actorId: planner.actorId, at }],
    version: 1,
  };
  await insertPlan(work, plan);
  return plan;
}
