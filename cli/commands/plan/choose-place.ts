import { CodedError } from "@firebreak/kit/coded-error.ts";
import { nearest } from "@firebreak/kit/nearest.ts";
import { segments } from "@firebreak/plans/place-words.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { ServiceLayers } from "@firebreak/plans/service-layers.ts";
import { type Commitment, isInForce } from "@firebreak/tickets/organisation/commitment.ts";
import type { Customer } from "@firebreak/tickets/organisation/customer.ts";
import { dayIn } from "@firebreak/tickets/organisation/load-organisation.ts";
import type { MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import { regionPathOf, zoneOf } from "@firebreak/tickets/organisation/region.ts";
import type { KnownOrganisation } from "./known-organisation.ts";

/** What was asked for; what is left out follows from machine and customer. */
export interface AskedPlace {
  readonly region?: string;
  readonly segment?: string;
  readonly customer?: string;
  readonly machine?: string;
}

/** Where a machine works and for whom. */
export interface ChosenPlace {
  readonly layers: ServiceLayers;
  readonly customer: Customer | undefined;
  readonly commitment: Commitment | undefined;
}

/** Asked for what there is not, or for more than one thing; what to ask for instead is in the message. */
const notThere = (message: string) => new CodedError("PLAN_PLACE_UNKNOWN", message);

/**
 * The place that is meant. A machine brings its region and customer, a customer his segment, the region of his machines
 * of this type and the commitment in force today; what is named itself goes before. Pure.
 * @throws CodedError PLAN_PLACE_UNKNOWN naming what there is
 */
export function choosePlace(
  asked: AskedPlace,
  { plan, organisation, nowMs }: PlaceSetting,
): ChosenPlace {
  const { regions, overrides } = organisation;
  const machine = machineOf(asked, plan, organisation);
  const customer = customerOf(asked, machine, organisation);
  const machines = machine ? [machine] : machinesOf(customer, plan, organisation);
  const regionId =
    known("region", asked.region, [...regions.keys()]) ?? regionOf(machines, customer);
  const path = regionPathOf(regions, regionId);
  const commitment =
    customer && commitmentOf(customer, machines, { organisation, day: dayIn(zoneOf(path), nowMs) });
  return {
    layers: {
      regionIds: path.map((region) => region.regionId),
      segment: known("segment", asked.segment, segments) ?? customer?.segment,
      overrides: overrides.filter(({ planId }) => planId === plan.plan),
      commitment,
    },
    customer,
    commitment,
  };
}

export interface PlaceSetting {
  readonly plan: Plan;
  readonly organisation: KnownOrganisation;
  readonly nowMs: number;
}

const MOST_NAMED = 40;

/** The name itself; undefined when none was asked for. */
function known(
  what: string,
  name: string | undefined,
  names: readonly string[],
): string | undefined {
  if (name === undefined || names.includes(name)) return name;
  const guess = nearest(name, names);
  const sorted = names.toSorted();
  const more = sorted.length - MOST_NAMED;
  const listed = sorted.slice(0, MOST_NAMED).join(", ") || "none";
  throw notThere(
    `there is no ${what} "${name}"${guess ? `; did you mean "${guess}"?` : ";"} there are ${listed}${more > 0 ? ` and ${more} more` : ""}`,
  );
}

const isOfPlan = ({ planId, productType }: MachineFile, { plan, service }: Plan): boolean =>
  planId === undefined ? productType === service.productType : planId === plan;

function machineOf(
  { machine: id }: AskedPlace,
  plan: Plan,
  { machines }: KnownOrganisation,
): MachineFile | undefined {
  known(
    "machine",
    id,
    machines.map(({ machineId }) => machineId),
  );
  const machine = machines.find(({ machineId }) => machineId === id);
  if (machine && !isOfPlan(machine, plan))
    throw notThere(
      `${machine.machineId} is a ${machine.productType}, which the plan ${plan.plan} is not for`,
    );
  return machine;
}

function customerOf(
  { customer: id }: AskedPlace,
  machine: MachineFile | undefined,
  { customers }: KnownOrganisation,
): Customer | undefined {
  known(
    "customer",
    id,
    customers.map(({ customerId }) => customerId),
  );
  if (machine && id !== undefined && machine.customerId !== id)
    throw notThere(
      `${machine.machineId} belongs to ${machine.customerId ?? "nobody"}, not to ${id}; leave --customer out`,
    );
  const wanted = id ?? machine?.customerId;
  return customers.find(({ customerId }) => customerId === wanted);
}

const machinesOf = (
  customer: Customer | undefined,
  plan: Plan,
  { machines }: KnownOrganisation,
): MachineFile[] =>
  machines.filter(
    (one) =>
      customer !== undefined && one.customerId === customer.customerId && isOfPlan(one, plan),
  );

/** Where the customer's machines of this type are, when they are all in one region; else where he is. */
function regionOf(
  machines: readonly MachineFile[],
  customer: Customer | undefined,
): string | undefined {
  const [first, ...others] = [...new Set(machines.map(({ regionId }) => regionId))].sort();
  if (others.length > 0)
    throw notThere(
      `${customer?.customerId} has machines of this type in ${[first, ...others].join(", ")}; say with --region which, or name a --machine`,
    );
  return first ?? customer?.regionId;
}

function commitmentOf(
  { customerId }: Customer,
  machines: readonly MachineFile[],
  { organisation, day }: { readonly organisation: KnownOrganisation; readonly day: string },
): Commitment | undefined {
  const ids = machines.map(({ machineId }) => machineId);
  const [first, ...others] = organisation.commitments.filter(
    (one) =>
      one.customerId === customerId &&
      isInForce(one, day) &&
      one.machineIds.some((id) => ids.includes(id)),
  );
  if (others.length === 0) return first;
  const all = [first, ...others].flatMap((one) =>
    one ? [`${one.commitmentId} for ${one.machineIds.join(", ")}`] : [],
  );
  throw notThere(
    `${customerId} was promised different things for machines of this type (${all.join("; ")}): name a --machine`,
  );
}
