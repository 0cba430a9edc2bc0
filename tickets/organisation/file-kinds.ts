import type { Commitment } from "./commitment.ts";
import type { Customer } from "./customer.ts";
import type { EngineerFile } from "./engineer.ts";
import type { FileKind } from "./file-store.ts";
import { type MachineFile, serialKeyOf } from "./machine-file.ts";
import type { PlanOverride } from "./plan-override.ts";
import type { Region } from "./region.ts";
import type { Site } from "./site.ts";
import type { Centre } from "./station.ts";

export const regionKind: FileKind<Region> = {
  table: "regions",
  noun: "region",
  idOf: ({ regionId }) => regionId,
  searchOf: ({ regionId, name }) => [regionId, name.en, name["zh-CN"]],
  columnsOf: () => ({}),
};

export const centreKind: FileKind<Centre> = {
  table: "centres",
  noun: "centre",
  idOf: ({ centreId }) => centreId,
  searchOf: ({ centreId, name }) => [centreId, name.en, name["zh-CN"]],
  columnsOf: () => ({}),
};

export const customerKind: FileKind<Customer> = {
  table: "customers",
  noun: "customer",
  idOf: ({ customerId }) => customerId,
  searchOf: ({ customerId, name }) => [customerId, name],
  columnsOf: ({ regionId }) => ({ region_id: regionId ?? null }),
};

export const siteKind: FileKind<Site> = {
  table: "sites",
  noun: "site",
  idOf: ({ siteId }) => siteId,
  searchOf: ({ siteId, projectName, address }) => [siteId, projectName, address],
  columnsOf: ({ customerId, regionId }) => ({
    customer_id: customerId ?? null,
    region_id: regionId,
  }),
};

export const engineerKind: FileKind<EngineerFile> = {
  table: "engineers",
  noun: "engineer",
  idOf: ({ engineerId }) => engineerId,
  searchOf: ({ engineerId, stationId }) => [engineerId, stationId],
  columnsOf: ({ stationId }) => ({ station_id: stationId }),
};

export const machineKind: FileKind<MachineFile> = {
  table: "machine_files",
  noun: "machine",
  idOf: ({ machineId }) => machineId,
  searchOf: ({ machineId, serialNumber, model, productType }) => [
    machineId,
    serialNumber,
    model,
    productType,
  ],
  columnsOf: (machine) => ({
    serial_key: serialKeyOf(machine.serialNumber),
    gateway_id: machine.gatewayId ?? null,
    customer_id: machine.customerId ?? null,
    site_id: machine.siteId ?? null,
    region_id: machine.regionId,
    station_id: machine.stationId ?? null,
    product_type: machine.productType,
    state: machine.state,
  }),
};

export const overrideKind: FileKind<PlanOverride> = {
  table: "plan_overrides",
  noun: "plan override",
  idOf: ({ overrideId }) => overrideId,
  searchOf: ({ overrideId, planId, regionId, segment }) => [overrideId, planId, regionId, segment],
  columnsOf: ({ planId }) => ({ plan_id: planId }),
};

export const commitmentKind: FileKind<Commitment> = {
  table: "commitments",
  noun: "commitment",
  idOf: ({ commitmentId }) => commitmentId,
  searchOf: ({ commitmentId, customerId }) => [commitmentId, customerId],
  columnsOf: ({ customerId, state, validFrom, validTo }) => ({
    customer_id: customerId,
    state,
    valid_from: validFrom,
    valid_to: validTo,
  }),
};
