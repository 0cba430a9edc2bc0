import type { PartMonth } from "@firebreak/tickets/forecast/part-months.ts";
import type { PartsPlan, PlanLine } from "@firebreak/tickets/forecast/parts-plan.ts";
import type { Language } from "../../i18n/messages.ts";
import type { Me } from "../../types.ts";

export type { ParameterChange } from "@firebreak/tickets/forecast/parameters.ts";
export type { PartMonth, PartsPlan, PlanLine };

export const planTypes: readonly PartsPlan["planType"][] = ["core", "non_core", "emergency"];
export const planStates: readonly PartsPlan["state"][] = [
  "draft",
  "reviewed",
  "approved",
  "released",
  "evaluated",
];

/** Whether somebody plans this: core parts are headquarters', the others also their region's. Pure. */
export function owns(
  who: Pick<Me, "role" | "permissions" | "regionId">,
  { planType, regionId }: Pick<PartsPlan, "planType" | "regionId">,
): boolean {
  const isOfRegion = who.role === "region_manager" || who.regionId !== undefined;
  if (!who.permissions.includes("plans.draft") || (planType === "core" && isOfRegion)) return false;
  return who.regionId === undefined || who.regionId === regionId;
}

export type PlanStepName = "review" | "send-back" | "approve" | "release" | "evaluate";

/** The one next step of a plan; undefined when it is over. Pure. */
export function nextOfPlan({
  planType,
  state,
}: Pick<PartsPlan, "planType" | "state">): PlanStepName | undefined {
  switch (state) {
    case "draft":
      return planType === "emergency" ? "release" : "review";
    case "reviewed":
      return "approve";
    case "approved":
      return "release";
    case "released":
      return "evaluate";
    case "evaluated":
      return undefined;
  }
}

/** Whether somebody may take that step; the server decides anew. Pure. */
export function mayStep(
  who: Pick<Me, "role" | "permissions" | "regionId">,
  plan: Pick<PartsPlan, "planType" | "regionId">,
  step: PlanStepName,
): boolean {
  const isApprover = who.permissions.includes("plans.approve");
  if (step === "approve" || (step === "send-back" && isApprover)) return isApprover;
  const isCoreRelease = step === "release" && plan.planType === "core";
  return owns(who, plan) && (!isCoreRelease || who.permissions.includes("plans.releaseCore"));
}

/** Why the next step would be refused; undefined when it would not. Pure. */
export function obstacleOf(
  plan: PartsPlan,
  nowMs: number,
): "assumeFirst" | "refused" | "tooEarly" | undefined {
  const isBare = plan.assumptions.length === 0 && plan.planType !== "emergency";
  if (isBare && plan.state === "draft") return "assumeFirst";
  if (isBare && plan.state === "reviewed") return "refused";
  const isEarly = plan.state === "released" && Date.parse(plan.period.to) > nowMs;
  return isEarly ? "tooEarly" : undefined;
}

const zone = "Asia/Shanghai";
const offset = "+08:00";

/** The month after the one an instant lies in, `2026-12`. Pure. */
export function monthAfter(nowMs: number): string {
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(
    nowMs,
  );
  const [year = 0, month = 0] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
}

/** From the first instant of a month to that of the next one, in the calendar of headquarters. Pure. */
export function periodOf(month: string): { readonly from: string; readonly to: string } {
  const [year = 0, number = 0] = month.split("-").map(Number);
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
  const start = (of: string) => new Date(`${of}-01T00:00:00${offset}`).toISOString();
  return { from: start(month), to: start(next) };
}

/** The month a period is about, in words. Pure. */
export function monthText({ from, to }: PartsPlan["period"], language: Language): string {
  const middle = (Date.parse(from) + Date.parse(to)) / 2;
  return new Intl.DateTimeFormat(language, {
    timeZone: zone,
    year: "numeric",
    month: "long",
  }).format(middle);
}

/** The months with what a plan that is not released yet expects in its own. Pure. */
export const withPlan = (months: readonly PartMonth[], { forecast }: PlanLine): PartMonth[] =>
  months.map((one) => {
    if (!forecast) return one;
    const middle = (Date.parse(forecast.period.from) + Date.parse(forecast.period.to)) / 2;
    const isMeant = Date.parse(one.period.from) <= middle && middle < Date.parse(one.period.to);
    return isMeant ? { ...one, expected: forecast.expected, upper: forecast.upper } : one;
  });
