import type { OrganisationDraft } from "./draft.ts";
import {
  type Index,
  type Report,
  reportSameId,
  reportTwins,
  requireKnown,
} from "./draft-report.ts";
import { changesNothing, placeOf } from "./plan-override.ts";

/** One place each, something changed, and one override of a plan in a place: else which one holds would be chance. */
export function checkOverrides(
  { overrides }: OrganisationDraft,
  index: Index,
  report: Report,
): void {
  reportTwins(overrides, ({ overrideId }) => overrideId, reportSameId(report, "overrideId"));
  const reportPlace = (at: number, other: string) =>
    report(
      at,
      "planId",
      `${other} changes this plan there already`,
      `${other} 已在该范围内调整此服务方案`,
    );
  reportTwins(overrides, placeOf, (at, first) =>
    reportPlace(at, overrides[first]?.overrideId ?? ""),
  );
  for (const [at, override] of overrides.entries()) {
    const { overrideId, regionId, segment } = override;
    requireKnown(index, report, "regions", { at, field: "regionId", id: regionId });
    if ((regionId === undefined) === (segment === undefined))
      report(
        at,
        "regionId",
        "give a region or a segment, one of them",
        "片区与客户类型须且只能填一项",
      );
    if (changesNothing(override))
      report(at, "calendarMonths", "it changes nothing of the plan", "未调整服务方案的任何内容");
    const stored = index.known.overrides.find(
      (one) => one.overrideId !== overrideId && placeOf(one) === placeOf(override),
    );
    if (stored) reportPlace(at, stored.overrideId);
  }
}
