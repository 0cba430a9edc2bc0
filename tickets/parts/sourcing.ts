import { type Claim, compareClaims, outranks } from "./contention.ts";
import { type StockLocation, travelHours } from "./location.ts";
import type { Part, Tier } from "./part.ts";
import { type PartsConfig, partsConfig } from "./parts-config.ts";
import { available, type StockItem, surplus } from "./stock-item.ts";

/** Where a part may come from, in the order that settles a tie. */
export const sourceKinds = [
  "vehicle",
  "assigned_station",
  "region_station",
  "regional_centre",
  "hq",
  "other_station",
  "supplier",
] as const;
export type SourceKind = (typeof sourceKinds)[number];

export interface SourcingRequest {
  readonly partNo: string;
  readonly quantity: number;
  readonly destinationId: string;
  /** Whose vehicle counts as the place of work. */
  readonly engineerId?: string | undefined;
  /** ISO instant; absent: whenever it comes. */
  readonly neededBy?: string | undefined;
  readonly claim: Claim;
  readonly nowMs: number;
  /** Not from the destination itself, and not from stations: for stocking up. */
  readonly isReplenishment?: boolean;
}

/** A reservation that nobody has picked yet. */
export interface OpenReservation {
  readonly reservationId: string;
  readonly partNo: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly claim: Claim;
}

export interface SourcingSnapshot {
  /** The part asked for and its alternates, as far as the master knows them. */
  readonly parts: ReadonlyMap<string, Part>;
  readonly locations: readonly StockLocation[];
  readonly items: readonly StockItem[];
  readonly reservations: readonly OpenReservation[];
}

export interface Source {
  readonly kind: SourceKind;
  readonly partNo: string;
  readonly isAlternate: boolean;
  /** Absent for the supplier. */
  readonly locationId?: string;
  readonly etaMs: number;
  /** Journeys of the part until it is at the destination. */
  readonly transfers: number;
  /** Reservations of weaker claims that must give way first; ids. */
  readonly preempts: readonly string[];
}

export interface Sourcing {
  /** Best first; the last may be the supplier. */
  readonly ranked: readonly Source[];
  /** No source is there in time: `parts_risk`. */
  readonly isRisk: boolean;
  /** Without waiting for the transfer's approval. */
  readonly isGreen: boolean;
}

/**
 * Ranks where a part may come from. Of the sources that are there in time: the part itself before an alternate, the
 * supplier last of all, then the fewest transfers (for a C part headquarters before other transfers), then those that take it from nobody, then
 * the earliest. When none is in time the earliest goes first, and the green channel is tried for anyone. Pure.
 */
export function rankSources(
  request: SourcingRequest,
  snapshot: SourcingSnapshot,
  config: PartsConfig = partsConfig,
): Sourcing {
  const isUrgent = ["emergency", "major"].includes(request.claim.priority);
  const first = rankBy({ request, snapshot, config, isGreen: isUrgent });
  if (!first.isRisk || isUrgent) return first;
  const green = rankBy({ request, snapshot, config, isGreen: true });
  return green.isRisk ? first : green;
}

interface Ranking {
  readonly request: SourcingRequest;
  readonly snapshot: SourcingSnapshot;
  readonly config: PartsConfig;
  readonly isGreen: boolean;
}

function rankBy(ranking: Ranking): Sourcing {
  const { request, snapshot, isGreen } = ranking;
  const neededByMs =
    request.neededBy === undefined ? Number.POSITIVE_INFINITY : Date.parse(request.neededBy);
  const part = snapshot.parts.get(request.partNo);
  const wanted = [request.partNo, ...(part?.alternates ?? [])];
  const sources = wanted.flatMap((partNo) => sourcesOf(ranking, partNo));
  const prefersHq = part?.abcClass === "C";
  const [inTime, late] = [
    sources.filter(({ etaMs }) => etaMs <= neededByMs),
    sources.filter(({ etaMs }) => etaMs > neededByMs),
  ];
  const ranked = [
    ...inTime.sort((a, b) => compareInTime(a, b, prefersHq)),
    ...late.sort(compareLate),
  ];
  return { ranked, isRisk: inTime.length === 0, isGreen };
}

const firstDifference = (...differences: readonly number[]): number =>
  differences.find((difference) => difference !== 0) ?? 0;

const byPlace = (a: Source, b: Source): number =>
  sourceKinds.indexOf(a.kind) - sourceKinds.indexOf(b.kind) ||
  ((a.locationId ?? "") < (b.locationId ?? "") ? -1 : 1);

function compareInTime(a: Source, b: Source, prefersHq: boolean): number {
  const journey = ({ transfers, kind }: Source) =>
    prefersHq && transfers > 0 && kind !== "hq" ? transfers + 0.5 : transfers;
  return firstDifference(
    Number(a.kind === "supplier") - Number(b.kind === "supplier"),
    Number(a.isAlternate) - Number(b.isAlternate),
    journey(a) - journey(b),
    Number(a.preempts.length > 0) - Number(b.preempts.length > 0),
    a.etaMs - b.etaMs,
    byPlace(a, b),
  );
}

const compareLate = (a: Source, b: Source): number =>
  firstDifference(
    a.etaMs - b.etaMs,
    Number(a.preempts.length > 0) - Number(b.preempts.length > 0),
    a.transfers - b.transfers,
    Number(a.isAlternate) - Number(b.isAlternate),
    byPlace(a, b),
  );

function sourcesOf(ranking: Ranking, partNo: string): Source[] {
  const { request, snapshot, config, isGreen } = ranking;
  const destination = snapshot.locations.find((at) => at.locationId === request.destinationId);
  const isAlternate = partNo !== request.partNo;
  const sources: Source[] = [];
  for (const location of snapshot.locations) {
    const kind = kindOf(location, request, destination);
    const item = snapshot.items.find(
      (one) => one.partNo === partNo && one.locationId === location.locationId,
    );
    if (!kind || !item) continue;
    const preempts = whatMustGiveWay(item, kind, ranking);
    if (!preempts) continue;
    const { locationId } = location;
    const isThere = kind === "vehicle" || kind === "assigned_station";
    const hours = isThere
      ? 0
      : travelHours(location, destination ?? { locationId: "" }, { isGreen, config });
    const etaMs = request.nowMs + hours * 3_600_000;
    sources.push({
      kind,
      partNo,
      isAlternate,
      locationId,
      etaMs,
      transfers: isThere ? 0 : 1,
      preempts,
    });
  }
  const supplier = supplierOf(ranking, partNo);
  return supplier ? [...sources, supplier] : sources;
}

function supplierOf({ request, snapshot, config }: Ranking, partNo: string): Source | undefined {
  const part = snapshot.parts.get(partNo);
  const isGone = part?.discontinuedAt && Date.parse(part.discontinuedAt) <= request.nowMs;
  if (!part || isGone) return undefined;
  const hours = part.leadTimeDays * 24 + config.travel.supplierHours;
  const etaMs = request.nowMs + hours * 3_600_000;
  const isAlternate = partNo !== request.partNo;
  return { kind: "supplier", partNo, isAlternate, etaMs, transfers: 2, preempts: [] };
}

function kindOf(
  location: StockLocation,
  { destinationId, engineerId, isReplenishment }: SourcingRequest,
  destination: StockLocation | undefined,
): SourceKind | undefined {
  if (location.locationId === destinationId)
    return isReplenishment ? undefined : "assigned_station";
  switch (location.kind) {
    case "vehicle":
      return engineerId !== undefined && location.engineerId === engineerId ? "vehicle" : undefined;
    case "station":
      if (isReplenishment) return undefined;
      return isNeighbour(location, destination) ? "region_station" : "other_station";
    case "regional_centre":
    case "hq":
      return location.kind;
    case "customer":
    case "supplier":
      return undefined;
  }
}

const isNeighbour = (location: StockLocation, destination: StockLocation | undefined): boolean =>
  destination !== undefined &&
  (location.regionId === destination.regionId ||
    (location.parentId !== undefined && location.parentId === destination.parentId));

/** What this place can give: nothing needs to give way ([]), these must, or it cannot (undefined). */
function whatMustGiveWay(
  item: StockItem,
  kind: SourceKind,
  { request, snapshot, config }: Ranking,
): string[] | undefined {
  const { claim, quantity } = request;
  const free = (released: number) =>
    givable({ ...item, reserved: item.reserved - released }, kind, claim);
  if (free(0) >= quantity) return [];
  const weaker = snapshot.reservations
    .filter((one) => one.partNo === item.partNo && one.locationId === item.locationId)
    .filter((one) => outranks(claim, one.claim, config))
    .sort((a, b) => compareClaims(b.claim, a.claim, config));
  let released = 0;
  const preempts: string[] = [];
  for (const { reservationId, quantity: freed } of weaker) {
    preempts.push(reservationId);
    released += freed;
    if (free(released) >= quantity) return preempts;
  }
  return undefined;
}

/** Stations share only what they can spare, except in an emergency (SK-6). Pure. */
export function givable(
  item: StockItem,
  kind: SourceKind,
  { priority, tier }: { readonly priority: Claim["priority"]; readonly tier: Tier },
): number {
  const isDonor = kind === "region_station" || kind === "other_station";
  return isDonor && priority !== "emergency" ? surplus(item, tier) : available(item, tier);
}
