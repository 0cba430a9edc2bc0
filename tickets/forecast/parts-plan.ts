import { CodedError } from "@firebreak/kit/coded-error.ts";
import { may, type Role } from "@firebreak/kit/roles.ts";
import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "../vocabulary.ts";
import { Assumption, PartsDemandForecast, Period } from "./forecast.ts";

/** Core parts are headquarters' to plan, the others a region's; an emergency waits for nobody. */
export const planTypes = ["core", "non_core", "emergency"] as const;
export type PlanType = (typeof planTypes)[number];

export const planStates = ["draft", "reviewed", "approved", "released", "evaluated"] as const;
export type PlanState = (typeof planStates)[number];

const Pieces = Type.Integer({ minimum: 0, maximum: 1_000_000 });

export const PlanLine = Type.Object(
  {
    partNo: Type.String({ minLength: 1, maxLength: 100 }),
    regionId: Type.String(),
    quantity: Type.Integer({ ...Pieces, description: "pieces to be brought" }),
    /** Absent in an emergency: nobody waits for a forecast. */
    forecast: Type.Optional(PartsDemandForecast),
    stock: Type.Object(
      { onHand: Pieces, reserved: Pieces, inTransit: Pieces },
      { ...closed, description: "of the region when the plan was drafted" },
    ),
    stockFactor: Type.Optional(
      Type.Number({
        minimum: 0,
        description: "so many times the upper demand is kept there, as the service plan says",
      }),
    ),
    isAboveUpper: Type.Boolean({ description: "asks for more than the demand can reasonably be" }),
    actual: Type.Optional(Type.Integer({ minimum: 0, description: "pieces consumed" })),
    error: Type.Optional(Type.Number({ description: "actual minus expected" })),
  },
  closed,
);
export type PlanLine = Static<typeof PlanLine>;

export const PartsPlan = Type.Object(
  {
    planId: Type.String({ minLength: 1 }),
    planType: literals(planTypes),
    regionId: Type.String({ description: "empty: headquarters" }),
    period: Period,
    state: literals(planStates),
    lines: Type.Array(PlanLine),
    assumptions: Type.Array(Assumption),
    history: Type.Array(
      Type.Object(
        {
          state: literals(planStates),
          actorId: Type.String(),
          at: Instant,
          note: Type.Optional(Type.String()),
        },
        closed,
      ),
      { description: "who brought it to which state, oldest first" },
    ),
    version: Type.Integer({ minimum: 1 }),
  },
  closed,
);
export type PartsPlan = Static<typeof PartsPlan>;

/** Who acts on a plan. `regionId`: of somebody who answers for one region only. */
export interface Planner {
  readonly actorId: string;
  readonly role: Role;
  readonly regionId?: string | undefined;
}

export type PlanStep =
  | {
      readonly type: "review" | "send-back" | "approve" | "release";
      readonly note?: string | undefined;
    }
  | { readonly type: "assume"; readonly assumption: Assumption }
  | {
      readonly type: "set-quantity";
      readonly partNo: string;
      readonly regionId: string;
      readonly quantity: number;
    };

const refused = (message: string) => new CodedError("PLAN_NOT_YOURS", message);

/** @throws CodedError PLAN_NOT_YOURS when a region would plan core parts, or another region's */
export function checkOwner(
  plan: Pick<PartsPlan, "planType" | "regionId">,
  { role, regionId }: Planner,
): void {
  const isOfRegion = role === "region_manager" || regionId !== undefined;
  if (!may(role, "plans.draft")) throw refused(`${role} drafts no parts plans`);
  if (plan.planType === "core" && isOfRegion)
    throw refused("core parts are planned by headquarters");
  if (regionId !== undefined && plan.regionId !== regionId)
    throw refused(`this plan is not of region ${regionId}`);
}

const stateAfter = {
  review: "reviewed",
  "send-back": "draft",
  approve: "approved",
  release: "released",
} as const;

/** From which state a step is legal; an emergency is released as it is drafted (F-24). */
function legalFrom({ planType }: PartsPlan, step: keyof typeof stateAfter): PlanState {
  if (step === "review") return "draft";
  if (step === "send-back" || step === "approve") return "reviewed";
  return planType === "emergency" ? "draft" : "approved";
}

/**
 * What a step makes of a plan. Pure.
 * @throws CodedError PLAN_NOT_YOURS, PLAN_TRANSITION, PLAN_ASSUMPTIONS (PD-1) or PLAN_LINE_UNKNOWN
 */
export function stepPlan(plan: PartsPlan, step: PlanStep, planner: Planner, at: string): PartsPlan {
  if (step.type === "assume" || step.type === "set-quantity") {
    checkOwner(plan, planner);
    if (plan.state !== "draft") throw transition(plan, step.type);
    return { ...plan, ...changed(plan, step), version: plan.version + 1 };
  }
  checkRight(plan, step.type, planner);
  if (plan.state !== legalFrom(plan, step.type)) throw transition(plan, step.type);
  if (step.type === "approve" && plan.assumptions.length === 0)
    throw new CodedError(
      "PLAN_ASSUMPTIONS",
      `${plan.planId} states no assumption: nobody could say later why it was wrong`,
    );
  return moved(plan, stateAfter[step.type], { actorId: planner.actorId, at, note: step.note });
}

function checkRight(plan: PartsPlan, step: keyof typeof stateAfter, planner: Planner): void {
  const { role } = planner;
  if (step === "approve" && !may(role, "plans.approve"))
    throw refused(`${role} approves no parts plans: headquarters does`);
  if (step === "release" && plan.planType === "core" && !may(role, "plans.releaseCore"))
    throw refused("core parts are released by headquarters");
  // Who was asked to approve may send it back; who handed it in may take it back.
  if (step === "send-back" && may(role, "plans.approve")) return;
  if (step !== "approve") checkOwner(plan, planner);
}

const transition = ({ planId, state }: PartsPlan, step: string) =>
  new CodedError("PLAN_TRANSITION", `${step} is not possible: ${planId} is ${state}`);

function changed(
  plan: PartsPlan,
  step: Extract<PlanStep, { type: "assume" | "set-quantity" }>,
): Partial<PartsPlan> {
  if (step.type === "assume") return { assumptions: [...plan.assumptions, step.assumption] };
  const { partNo, regionId, quantity } = step;
  const isMeant = (line: PlanLine) => line.partNo === partNo && line.regionId === regionId;
  if (!plan.lines.some(isMeant))
    throw new CodedError("PLAN_LINE_UNKNOWN", `${plan.planId} has no line of ${partNo}`);
  return {
    lines: plan.lines.map((line) =>
      isMeant(line) ? { ...line, quantity, isAboveUpper: isAboveUpper(line, quantity) } : line,
    ),
  };
}

/** PD-4: with what lies there already, more than the demand can reasonably be, or than the plan has kept there. */
export const isAboveUpper = (
  { forecast, stock, stockFactor }: Pick<PlanLine, "forecast" | "stock" | "stockFactor">,
  quantity: number,
): boolean => forecast !== undefined && quantity > neededOf(forecast.upper, stock, stockFactor);

/** What rounding leaves of a product of whole pieces and a factor, 10 · 1.1 being a little above 11. */
const ROUNDING = 1e-9;

/** Pieces to bring so that the upper demand is covered, `stockFactor` times. */
export const neededOf = (
  upper: number,
  { onHand, reserved, inTransit }: PlanLine["stock"],
  stockFactor = 1,
): number =>
  Math.max(0, Math.ceil(upper * stockFactor - ROUNDING) - (onHand - reserved) - inTransit);

export function moved(
  plan: PartsPlan,
  state: PlanState,
  { actorId, at, note }: { actorId: string; at: string; note?: string | undefined },
): PartsPlan {
  const forecastState = (line: PlanLine): PlanLine =>
    line.forecast ? { ...line, forecast: { ...line.forecast, state } } : line;
  return {
    ...plan,
    state,
    lines: plan.lines.map(forecastState),
    history: [...plan.history, { state, actorId, at, ...(note === undefined ? {} : { note }) }],
    version: plan.version + 1,
  };
}
