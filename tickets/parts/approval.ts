import { type PartsConfig, partsConfig } from "./parts-config.ts";

/** Who must agree to a parts request, lowest first. */
export const approvalLevels = ["auto", "station", "region", "hq"] as const;
export type ApprovalLevel = (typeof approvalLevels)[number];

export interface ApprovalSubject {
  readonly isEmergency: boolean;
  /** Predicted by the machine's plan, or asked for at headquarters directly. */
  readonly isPreapproved: boolean;
  /** Of all lines; fen. */
  readonly valueFen: number;
}

/** The level that must approve a request. Pure. */
export function approvalLevel(
  { isEmergency, isPreapproved, valueFen }: ApprovalSubject,
  { approval }: PartsConfig = partsConfig,
): ApprovalLevel {
  if (isEmergency || isPreapproved) return "auto";
  if (valueFen <= approval.stationLimitFen) return "station";
  return valueFen <= approval.regionLimitFen ? "region" : "hq";
}

/** Whether somebody of `own` level may approve what needs `needed`. Pure. */
export const mayApprove = (own: ApprovalLevel, needed: ApprovalLevel): boolean =>
  approvalLevels.indexOf(own) >= approvalLevels.indexOf(needed);
