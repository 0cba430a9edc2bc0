import type { Commitment } from "@firebreak/tickets/organisation/commitment.ts";
import type { Customer } from "@firebreak/tickets/organisation/customer.ts";
import type { EngineerFile } from "@firebreak/tickets/organisation/engineer.ts";
import type { InstalledPart, MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import type { Person } from "@firebreak/tickets/organisation/person.ts";
import type { Region } from "@firebreak/tickets/organisation/region.ts";
import type { Site } from "@firebreak/tickets/organisation/site.ts";
import type { Centre, Station } from "@firebreak/tickets/organisation/station.ts";
import { inLanguage } from "../../i18n/language.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";

export type {
  Centre,
  Commitment,
  Customer,
  InstalledPart,
  MachineFile,
  Person,
  Region,
  Site,
  Station,
};

/** A file as the interface shows it. */
export type Shown<File> = File & { readonly version: number };
export type EngineerView = Shown<EngineerFile> & {
  readonly name?: string;
  readonly person?: Person;
};
export type CustomerView = Shown<Customer> & { readonly contacts?: readonly Person[] };

/** How soon a certificate has to be renewed to be warned of, days. Engineering default. */
const warnDays = 60;
const DAY_MS = 86_400_000;

/** How a certificate stands on `day`, both YYYY-MM-DD: it holds through its last day. Pure. */
export function certificateStanding(
  validUntil: string,
  day: string,
): { readonly standing: "valid" | "soon" | "expired"; readonly daysLeft: number } {
  const daysLeft = Math.round((Date.parse(validUntil) - Date.parse(day)) / DAY_MS);
  return { standing: daysLeft < 0 ? "expired" : daysLeft <= warnDays ? "soon" : "valid", daysLeft };
}

/** The day at this device, YYYY-MM-DD. */
export const today = (): string => dayOf(Date.now());

/** The day of an instant at this device, YYYY-MM-DD. */
export function dayOf(instant: string | number): string {
  const now = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export interface Branch {
  readonly region: Shown<Region>;
  readonly depth: number;
}

/** Regions as a tree, each above its own; one whose parent is missing, or hangs below itself, is a root. Pure. */
export function treeOf(regions: readonly Shown<Region>[]): Branch[] {
  const known = new Set(regions.map(({ regionId }) => regionId));
  const below = Map.groupBy(regions, ({ parentId = "" }) => (known.has(parentId) ? parentId : ""));
  const placed = new Set<string>();
  const branch = (region: Shown<Region>, depth: number): Branch[] => {
    if (placed.has(region.regionId)) return [];
    placed.add(region.regionId);
    const children = below.get(region.regionId) ?? [];
    return [{ region, depth }, ...children.flatMap((child) => branch(child, depth + 1))];
  };
  const roots = (below.get("") ?? []).flatMap((region) => branch(region, 0));
  return [...roots, ...regions.flatMap((region) => branch(region, 0))];
}

/** Regions and stations with their names; an id stands for itself until they are known. */
export function useNetwork() {
  const regions = useResource<ListOf<Shown<Region>>>("/organisation/regions?limit=1000");
  const stations = useResource<ListOf<Shown<Station>>>("/organisation/stations?limit=1000");
  const regionById = new Map(regions.data?.items.map((one) => [one.regionId, one]));
  const stationById = new Map(stations.data?.items.map((one) => [one.stationId, one]));
  const nameOf = (found: { name: Region["name"] } | undefined, id: string | undefined) =>
    found ? inLanguage(found.name) : (id ?? "");
  return {
    regions,
    stations,
    regionIds: [...regionById.keys()],
    stationIds: [...stationById.keys()],
    stationById,
    regionName: (id: string | undefined) => nameOf(regionById.get(id ?? ""), id),
    stationName: (id: string | undefined) => nameOf(stationById.get(id ?? ""), id),
  };
}

/** Names of customers; an id stands for itself until it is known. */
export function useCustomerNames(): (customerId: string) => string {
  const { data } = useResource<ListOf<CustomerView>>("/organisation/customers?limit=1000");
  const names = new Map(data?.items.map(({ customerId, name }) => [customerId, name]));
  return (customerId) => names.get(customerId) ?? customerId;
}

/** Names of engineers for who may see them; an id stands for itself for others, and until it is known. */
export function useEngineerFileNames(): (engineerId: string) => string {
  const { data } = useResource<ListOf<EngineerView>>("/organisation/engineers?limit=1000");
  const names = new Map(data?.items.map(({ engineerId, name }) => [engineerId, name]));
  return (engineerId) => names.get(engineerId) ?? engineerId;
}

/** Names of building sites; an id stands for itself until it is known. */
export function useSiteNames(): (siteId: string) => string {
  const { data } = useResource<ListOf<Site>>("/organisation/sites?limit=1000");
  const names = new Map(data?.items.map(({ siteId, projectName }) => [siteId, projectName]));
  return (siteId) => names.get(siteId) ?? siteId;
}
