import type { Permission } from "@firebreak/kit/roles.ts";
import { Commitment } from "@firebreak/tickets/organisation/commitment.ts";
import { Customer } from "@firebreak/tickets/organisation/customer.ts";
import type { DraftKind } from "@firebreak/tickets/organisation/draft.ts";
import { engineerFields } from "@firebreak/tickets/organisation/engineer.ts";
import { MachineFile, machineStates } from "@firebreak/tickets/organisation/machine-file.ts";
import { Person } from "@firebreak/tickets/organisation/person.ts";
import { PlanOverride } from "@firebreak/tickets/organisation/plan-override.ts";
import { Region } from "@firebreak/tickets/organisation/region.ts";
import { Site } from "@firebreak/tickets/organisation/site.ts";
import { Centre, Station } from "@firebreak/tickets/organisation/station.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { type TProperties, Type } from "typebox";

const { contactIds: _ofContacts, ...customerFields } = Customer.properties;
const { meter: _byCommand, ...machineFields } = MachineFile.properties;
const { personId, ...personFields } = Person.properties;

/** A person as he is written: one who is new gets an id. */
export const PersonBody = Type.Object(
  { personId: Type.Optional(personId), ...personFields },
  closed,
);

/** One kind of file and its place in the interface. */
export interface FileRoute {
  readonly kind: DraftKind;
  readonly noun: string;
  /** Name of the field, and of the path parameter, that is its id. */
  readonly id: string;
  /** Fields of a body, without the id. */
  readonly fields: TProperties;
  /** Query parameters that narrow a list, with their columns. */
  readonly filters: Readonly<Record<string, string>>;
  /** `organisation.write` when left out. */
  readonly write?: Permission;
}

const without = ({ properties }: { readonly properties: TProperties }, id: string): TProperties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => name !== id));

export const fileRoutes: readonly FileRoute[] = [
  {
    kind: "regions",
    noun: "region",
    id: "regionId",
    fields: without(Region, "regionId"),
    filters: {},
  },
  {
    kind: "centres",
    noun: "parts centre",
    id: "centreId",
    fields: without(Centre, "centreId"),
    filters: {},
  },
  {
    kind: "stations",
    noun: "service station",
    id: "stationId",
    fields: without(Station, "stationId"),
    filters: { regionId: "region_id" },
  },
  {
    kind: "customers",
    noun: "customer",
    id: "customerId",
    fields: {
      ...without({ properties: customerFields }, "customerId"),
      contacts: Type.Optional(
        Type.Array(PersonBody, {
          maxItems: 50,
          description: "all of them from now on; left out: as they are",
        }),
      ),
    },
    filters: { regionId: "region_id" },
  },
  {
    kind: "sites",
    noun: "site",
    id: "siteId",
    fields: without(Site, "siteId"),
    filters: { customerId: "customer_id", regionId: "region_id" },
  },
  {
    kind: "engineers",
    noun: "engineer",
    id: "engineerId",
    fields: {
      ...without({ properties: engineerFields }, "engineerId"),
      person: Type.Optional(Type.Object(personFields, closed)),
    },
    filters: { stationId: "station_id" },
  },
  {
    kind: "machines",
    noun: "machine file",
    id: "machineId",
    fields: without({ properties: machineFields }, "machineId"),
    filters: {
      customerId: "customer_id",
      siteId: "site_id",
      stationId: "station_id",
      regionId: "region_id",
      productType: "product_type",
      state: "state",
    },
  },
  {
    kind: "commitments",
    noun: "service commitment",
    id: "commitmentId",
    fields: without(Commitment, "commitmentId"),
    filters: { customerId: "customer_id", state: "state" },
  },
  {
    kind: "overrides",
    noun: "plan override",
    id: "overrideId",
    fields: without(PlanOverride, "overrideId"),
    filters: { planId: "plan_id" },
    // What a plan promises is for headquarters to change.
    write: "plans.approve",
  },
];

export const idSchemaOf = ({ id }: FileRoute) => idSchemas[id] ?? Type.String();
const idSchemas: Readonly<Record<string, ReturnType<typeof Type.String>>> = {
  regionId: Region.properties.regionId,
  centreId: Centre.properties.centreId,
  stationId: Station.properties.stationId,
  customerId: Customer.properties.customerId,
  siteId: Site.properties.siteId,
  engineerId: engineerFields.engineerId,
  machineId: MachineFile.properties.machineId,
  commitmentId: Commitment.properties.commitmentId,
  overrideId: PlanOverride.properties.overrideId,
};

export const commandId = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 100,
    description: "the same id a second time changes nothing",
  }),
);

export const MachineStateBody = Type.Object(
  {
    commandId,
    state: Type.Enum(machineStates),
    handoverAt: MachineFile.properties.handoverAt,
  },
  closed,
);
