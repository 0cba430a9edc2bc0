import type { I18nText } from "../evidence.ts";
import { isZone } from "../sla/zone-time.ts";
import { checkMachines } from "./check-machines.ts";
import { checkOverrides } from "./check-overrides.ts";
import { overlap } from "./commitment.ts";
import type { DraftFault, DraftKind, Known, OrganisationDraft } from "./draft.ts";
import {
  checkPeaks,
  type Index,
  indexOf,
  type Report,
  reportSameId,
  reportTwins,
  requireKnown,
} from "./draft-report.ts";
import { isAtLeast } from "./engineer.ts";
import { regionPathOf, regionsById } from "./region.ts";

/**
 * Everything wrong with a draft beyond the schemas of its files: references to nothing, ids given twice, and the rules
 * RE-1, EN-4, MA-1 to MA-5, SC-1 and of plan overrides. All faults at once; pure.
 */
export function checkDraft(draft: OrganisationDraft, known: Known): DraftFault[] {
  const faults: DraftFault[] = [];
  const index = indexOf(draft, known);
  const report =
    (kind: DraftKind): Report =>
    (at, field, en, zh) =>
      void faults.push({ kind, index: at, field, message: { en, "zh-CN": zh } satisfies I18nText });
  checkRegions(draft, index, report("regions"));
  checkPlaces(draft, index, report);
  checkCustomers(draft, index, report);
  checkEngineers(draft, index, report("engineers"));
  checkMachines(draft, index, report("machines"));
  checkCommitments(draft, index, report("commitments"));
  checkOverrides(draft, index, report("overrides"));
  return faults;
}

function checkRegions({ regions }: OrganisationDraft, index: Index, report: Report): void {
  reportTwins(regions, ({ regionId }) => regionId, reportSameId(report, "regionId"));
  const all = new Map([...index.known.regions, ...regionsById(regions)]);
  for (const [at, { regionId, parentId, zone }] of regions.entries()) {
    if (zone !== undefined && !isZone(zone))
      report(at, "zone", `there is no time zone ${zone}`, `没有时区 ${zone}`);
    requireKnown(index, report, "regions", { at, field: "parentId", id: parentId });
    const path = regionPathOf(all, regionId);
    // A path ends at a region that has no parent, unless it went round in a circle.
    const top = path[0];
    if (top?.parentId !== undefined && all.has(top.parentId))
      report(
        at,
        "parentId",
        `the regions above ${regionId} go round in a circle`,
        `${regionId} 的上级片区形成了循环`,
      );
  }
}

function checkPlaces(
  { stations, centres }: OrganisationDraft,
  index: Index,
  report: (kind: DraftKind) => Report,
): void {
  const ofStation = report("stations");
  reportTwins(stations, ({ stationId }) => stationId, reportSameId(ofStation, "stationId"));
  const reportStock = (at: number, id: string) =>
    ofStation(
      at,
      "stockLocationId",
      `the stock location ${id} belongs to another station`,
      `库位 ${id} 已属于另一个服务站`,
    );
  reportTwins(
    stations,
    ({ stockLocationId }) => stockLocationId,
    (at, _first, id) => reportStock(at, id),
  );
  for (const [at, { stationId, stockLocationId, regionId, managerId }] of stations.entries()) {
    const owner = index.known.stations.get(stockLocationId);
    if (owner !== undefined && owner !== stationId) reportStock(at, stockLocationId);
    requireKnown(index, ofStation, "regions", { at, field: "regionId", id: regionId });
    requireKnown(index, ofStation, "engineers", { at, field: "managerId", id: managerId });
  }
  const ofCentre = report("centres");
  reportTwins(centres, ({ centreId }) => centreId, reportSameId(ofCentre, "centreId"));
  for (const [at, { regionId }] of centres.entries())
    requireKnown(index, ofCentre, "regions", { at, field: "regionId", id: regionId });
}

function checkCustomers(
  { customers, sites }: OrganisationDraft,
  index: Index,
  report: (kind: DraftKind) => Report,
): void {
  const ofCustomer = report("customers");
  reportTwins(customers, ({ customerId }) => customerId, reportSameId(ofCustomer, "customerId"));
  for (const [at, { regionId }] of customers.entries())
    requireKnown(index, ofCustomer, "regions", { at, field: "regionId", id: regionId });
  const ofSite = report("sites");
  reportTwins(sites, ({ siteId }) => siteId, reportSameId(ofSite, "siteId"));
  for (const [at, { customerId, regionId, peakPeriods }] of sites.entries()) {
    requireKnown(index, ofSite, "customers", { at, field: "customerId", id: customerId });
    requireKnown(index, ofSite, "regions", { at, field: "regionId", id: regionId });
    checkPeaks(ofSite, at, peakPeriods);
  }
}

function checkEngineers({ engineers }: OrganisationDraft, index: Index, report: Report): void {
  reportTwins(engineers, ({ engineerId }) => engineerId, reportSameId(report, "engineerId"));
  for (const [at, engineer] of engineers.entries()) {
    requireKnown(index, report, "stations", { at, field: "stationId", id: engineer.stationId });
    if (engineer.flyingSquad && !isAtLeast(engineer.level, "senior"))
      report(
        at,
        "level",
        "an engineer of the flying squad is senior or expert",
        "飞行服务队成员须为高级或专家",
      );
    if (engineer.optimalLoadHours > engineer.maxLoadHours)
      report(
        at,
        "maxLoadHours",
        `the most hours (${engineer.maxLoadHours}) are fewer than the best ones (${engineer.optimalLoadHours})`,
        `最大负荷（${engineer.maxLoadHours} 小时）小于最优负荷（${engineer.optimalLoadHours} 小时）`,
      );
  }
}

function checkCommitments({ commitments }: OrganisationDraft, index: Index, report: Report): void {
  reportTwins(
    commitments,
    ({ commitmentId }) => commitmentId,
    reportSameId(report, "commitmentId"),
  );
  const drafted = new Set(commitments.map(({ commitmentId }) => commitmentId));
  const stored = index.known.commitments.filter(({ commitmentId }) => !drafted.has(commitmentId));
  for (const [at, commitment] of commitments.entries()) {
    const { customerId, stationedEngineerId, validFrom, validTo } = commitment;
    requireKnown(index, report, "customers", { at, field: "customerId", id: customerId });
    requireKnown(index, report, "engineers", {
      at,
      field: "stationedEngineerId",
      id: stationedEngineerId,
    });
    if (validTo < validFrom)
      report(
        at,
        "validTo",
        `it ends (${validTo}) before it begins (${validFrom})`,
        `结束日期（${validTo}）早于开始日期（${validFrom}）`,
      );
    const other = [...stored, ...commitments.slice(0, at)].find((one) => overlap(one, commitment));
    if (other)
      report(
        at,
        "validFrom",
        `${other.commitmentId} is active for one of these machines on the same days`,
        `同一设备在相同日期已有生效的服务承诺 ${other.commitmentId}`,
      );
  }
}
