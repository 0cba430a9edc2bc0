import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import type { Ticket } from "../ticket.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import { generalChecklist } from "./general-checklist.ts";

const Id = Type.String({ minLength: 1, maxLength: 100 });

export const ChecklistStep = Type.Object(
  {
    stepId: Id,
    step: I18nText,
    tool: Type.Optional(I18nText),
    method: Type.Optional(I18nText),
    acceptance: I18nText,
    signal: Type.Optional(Type.String()),
    measures: Type.Optional(Type.String({ description: "position whose wear is measured" })),
    unit: Type.Optional(Type.String()),
  },
  closed,
);
export type ChecklistStep = Static<typeof ChecklistStep>;

export const stepResults = ["passed", "failed", "not_applicable"] as const;

export const ChecklistAnswer = Type.Object(
  {
    stepId: Id,
    result: literals(stepResults),
    measured: Type.Optional(Type.Number()),
    remainingLifePct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    photos: Type.Optional(Type.Array(Id, { maxItems: 20, uniqueItems: true })),
    /** Parts that the failed step needs: a parts ticket; without them it becomes a repair. */
    parts: Type.Optional(
      Type.Array(
        Type.Object({ partNo: Id, quantity: Type.Integer({ minimum: 1, maximum: 1000 }) }, closed),
        { maxItems: 20 },
      ),
    ),
  },
  closed,
);
export type ChecklistAnswer = Static<typeof ChecklistAnswer>;

export const StoredAnswer = Type.Object(
  { answer: ChecklistAnswer, engineerId: Type.String(), at: Instant },
  closed,
);
export type StoredAnswer = Static<typeof StoredAnswer>;

/**
 * What an inspection works through: the checklist its planner named, else the plan's for preventive inspections, else
 * the general one; one that a finding asked for, the checks of its fault. Repairs have none. Pure.
 */
export function checklistOf(
  plan: Plan | undefined,
  ticket: Pick<Ticket, "kind" | "trigger" | "checks" | "checklist">,
): ChecklistStep[] {
  if (ticket.kind !== "inspection") return [];
  const service = plan?.service;
  const isPlanned = ["calendar", "peak_season", "service_hours"].includes(ticket.trigger);
  const id = ticket.checklist ?? (isPlanned ? service?.preventive?.checklist : undefined);
  const steps = id === undefined ? undefined : service?.checklists?.[id]?.steps;
  if (steps)
    return steps.map(({ id: stepId, step, tool, method, acceptance, signal, measures, unit }) => ({
      stepId,
      step,
      ...(tool ? { tool } : {}),
      method,
      acceptance,
      ...(signal === undefined ? {} : { signal }),
      ...(measures === undefined ? {} : { measures }),
      ...(unit === undefined ? {} : { unit }),
    }));
  if (isPlanned && ticket.checks.length === 0) return [...generalChecklist];
  return ticket.checks.map(({ check, expected, signal }, index) => ({
    stepId: `check-${index + 1}`,
    step: check,
    acceptance: expected,
    ...(signal === undefined ? {} : { signal }),
  }));
}

/** How far a checklist is: what finishing an inspection asks for. Pure. */
export function checklistState(
  steps: readonly ChecklistStep[],
  answers: readonly StoredAnswer[],
): { readonly unanswered: string[]; readonly failed: string[] } {
  const byStep = new Map(answers.map(({ answer }) => [answer.stepId, answer]));
  return {
    unanswered: steps.filter(({ stepId }) => !byStep.has(stepId)).map(({ stepId }) => stepId),
    failed: steps
      .filter(({ stepId }) => byStep.get(stepId)?.result === "failed")
      .map(({ stepId }) => stepId),
  };
}
