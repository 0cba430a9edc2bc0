import type { FailureMode, Plan } from "./plan-schema.ts";

/** FC-5: the entries of a plan's fault catalogue that may open tickets, by fault code. */
export const approvedModes = (plan: Plan): readonly (readonly [string, FailureMode])[] =>
  Object.entries(plan.service.failureModes).filter(([, mode]) => isApproved(mode));

/** The approved entry of a fault code; undefined for codes that the plan does not have or not approve. */
export function approvedMode(plan: Plan | undefined, faultCode: string): FailureMode | undefined {
  const modes = plan?.service.failureModes ?? {};
  const mode = Object.hasOwn(modes, faultCode) ? modes[faultCode] : undefined;
  return mode !== undefined && isApproved(mode) ? mode : undefined;
}

/** Whether a plan has a fault code in its catalogue without approving it: such a fault is shown and opens no ticket. */
export function isUnapproved(plan: Plan | undefined, faultCode: string): boolean {
  const modes = plan?.service.failureModes ?? {};
  return Object.hasOwn(modes, faultCode) && approvedMode(plan, faultCode) === undefined;
}

const isApproved = ({ reviewState }: Pick<FailureMode, "reviewState">): boolean =>
  reviewState === "approved";
