import type { Plan, Remedy } from "@firebreak/plans/plan-schema.ts";

/** What people say that they did on a machine. */
export interface ReportedRepair {
  /** The failure mode they found; absent: they did not say. */
  readonly faultCode?: string | undefined;
  readonly causeId?: string | undefined;
  readonly partsUsed: readonly string[];
}

const causeOf = (plan: Plan, failureMode: string, causeId: string) =>
  plan.service.failureModes[failureMode]?.causes.find(({ id }) => id === causeId);

/** The remedy of a cause: the one that takes a part, where there is one. Undefined for a cause the plan does not have. */
export function remedyOf(plan: Plan, failureMode: string, causeId: string): Remedy | undefined {
  const remedies = causeOf(plan, failureMode, causeId)?.remedies ?? [];
  return remedies.find(({ partNo }) => partNo !== undefined) ?? remedies[0];
}

/**
 * Whether a fault is gone after a repair: its failure mode was found, its cause where one was named, and its part fitted
 * where the cause takes one. A wrong part leaves it as it is.
 */
export function isMended(
  plan: Plan,
  fault: { readonly failureMode: string; readonly cause: string },
  { faultCode, causeId, partsUsed }: ReportedRepair,
): boolean {
  const { failureMode, cause } = fault;
  if (faultCode !== failureMode || (causeId !== undefined && causeId !== cause)) return false;
  const partNo = remedyOf(plan, failureMode, cause)?.partNo;
  return partNo === undefined || partsUsed.includes(partNo);
}

/** The cause that a fault is taken for where a scenario names none: the plan's first that takes a part, else its first. */
export function usualCause(plan: Plan, failureMode: string): string | undefined {
  const causes = plan.service.failureModes[failureMode]?.causes ?? [];
  const takesPart = causes.find(({ remedies }) => remedies.some(({ partNo }) => partNo));
  return (takesPart ?? causes[0])?.id;
}
