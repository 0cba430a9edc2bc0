import type { OrganisationDraft } from "./draft.ts";
import {
  checkPeaks,
  type Index,
  type Report,
  reportSameId,
  reportTwins,
  requireKnown,
} from "./draft-report.ts";
import { type MachineFile, mayBecome, operatingHoursOf, serialKeyOf } from "./machine-file.ts";

/** MA-1 to MA-5, and where the machine is said to be. */
export function checkMachines(draft: OrganisationDraft, index: Index, report: Report): void {
  const { machines } = draft;
  reportTwins(machines, ({ machineId }) => machineId, reportSameId(report, "machineId"));
  reportTwins(
    machines,
    ({ serialNumber }) => serialKeyOf(serialNumber),
    (at, first) =>
      reportOwner(report, at, "serialNumber", machines[first]?.machineId ?? "", "序列号"),
  );
  reportTwins(
    machines,
    ({ gatewayId }) => gatewayId,
    (at, first) => reportOwner(report, at, "gatewayId", machines[first]?.machineId ?? "", "网关"),
  );
  for (const [at, machine] of machines.entries()) {
    checkReferences(index, report, at, machine);
    checkOwners(draft, index, report, at);
    checkDays(report, at, machine);
    checkPeaks(report, at, machine.peakPeriods);
    const before = index.known.machines.get(machine.machineId);
    if (before) checkChange(report, at, before, machine);
  }
}

const reportOwner = (report: Report, at: number, field: string, owner: string, zh: string) =>
  report(at, field, `the machine ${owner} has it already`, `该${zh}已属于设备 ${owner}`);

function checkReferences(index: Index, report: Report, at: number, machine: MachineFile): void {
  const { customerId, siteId, regionId, stationId, responsibleEngineerId } = machine;
  const check = (kind: Parameters<typeof requireKnown>[2], field: string, id: string | undefined) =>
    requireKnown(index, report, kind, { at, field, id });
  check("regions", "regionId", regionId);
  check("stations", "stationId", stationId);
  check("customers", "customerId", customerId);
  check("sites", "siteId", siteId);
  check("engineers", "responsibleEngineerId", responsibleEngineerId);
  const siteOf = siteId === undefined ? null : index.customerOfSite(siteId);
  if (siteOf && siteOf !== customerId)
    report(
      at,
      "siteId",
      `the site ${siteId} is one of the customer ${siteOf}`,
      `工地 ${siteId} 属于客户 ${siteOf}`,
    );
}

/** MA-1, MA-2 against what is stored; a gateway is free when its machine gives it up in the same draft. */
function checkOwners(
  { machines }: OrganisationDraft,
  { known }: Index,
  report: Report,
  at: number,
): void {
  const machine = machines[at];
  if (!machine) return;
  const { machineId, serialNumber, gatewayId } = machine;
  const serialOwner = known.serials.get(serialKeyOf(serialNumber));
  if (serialOwner !== undefined && serialOwner !== machineId)
    reportOwner(report, at, "serialNumber", serialOwner, "序列号");
  const gatewayOwner = gatewayId === undefined ? undefined : known.gateways.get(gatewayId);
  if (gatewayOwner === undefined || gatewayOwner === machineId) return;
  const isGivenUp = machines.some(
    (other) => other.machineId === gatewayOwner && other.gatewayId !== gatewayId,
  );
  if (!isGivenUp) reportOwner(report, at, "gatewayId", gatewayOwner, "网关");
}

function checkDays(report: Report, at: number, machine: MachineFile): void {
  const { state, soldAt, handoverAt, warrantyEndsAt, gatewayId } = machine;
  if (handoverAt === undefined && state !== "commissioning")
    report(
      at,
      "handoverAt",
      `a machine without a handover date is still in commissioning, not ${state}`,
      "没有交验日期的设备只能处于“调试中”",
    );
  if (soldAt !== undefined && handoverAt !== undefined && handoverAt < soldAt)
    report(
      at,
      "handoverAt",
      `it is handed over (${handoverAt}) before it is sold (${soldAt})`,
      `交验日期（${handoverAt}）早于销售日期（${soldAt}）`,
    );
  if (warrantyEndsAt !== undefined && handoverAt !== undefined && warrantyEndsAt < handoverAt)
    report(
      at,
      "warrantyEndsAt",
      `the warranty ends (${warrantyEndsAt}) before the handover (${handoverAt})`,
      `质保结束日期（${warrantyEndsAt}）早于交验日期（${handoverAt}）`,
    );
  if (state === "scrapped" && gatewayId !== undefined)
    report(
      at,
      "gatewayId",
      "a scrapped machine has no gateway: take it off first",
      "已报废设备不能保留网关，请先解除",
    );
}

function checkChange(report: Report, at: number, before: MachineFile, after: MachineFile): void {
  if (!mayBecome(before.state, after.state))
    report(
      at,
      "state",
      `a machine that is ${before.state} cannot become ${after.state}`,
      `设备状态不能从 ${before.state} 变为 ${after.state}`,
    );
  const hoursBefore = operatingHoursOf(before) ?? 0;
  const hours = operatingHoursOf(after) ?? 0;
  if (hours < hoursBefore)
    report(
      at,
      "operatingHours",
      `the hours go back from ${hoursBefore} to ${hours}: record that the meter was replaced`,
      `工作小时从 ${hoursBefore} 减少到 ${hours}：请登记更换小时表`,
    );
}
