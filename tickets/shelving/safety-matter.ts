import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { isLit } from "../from-finding.ts";

/** What the plan calls safety-related. */
export const isSafetyMode = (failureMode: string, plan: Plan | undefined): boolean =>
  plan?.service.failureModes[failureMode]?.safetyRelated === true;

/**
 * Whether a control unit names it with its red stop lamp lit: stop at once, whatever the plan knows of the code. The lamp
 * is that of all codes of its message, so one that lights it keeps its neighbours from the shelf too.
 * @see SAE J1939-73, DM1, red stop lamp: of trouble codes severe enough to warrant stopping the vehicle
 */
export const saysStop = ({ evidence }: Pick<Finding, "evidence">): boolean =>
  evidence.some((piece) => piece.kind === "dtc" && isLit(piece.lamps.redStop));

/** What nobody may set aside. */
export const isSafetyMatter = (
  finding: Pick<Finding, "failureMode" | "evidence">,
  plan: Plan | undefined,
): boolean => isSafetyMode(finding.failureMode, plan) || saysStop(finding);
