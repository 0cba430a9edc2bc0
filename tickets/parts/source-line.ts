import type { ServiceWork } from "../service-work.ts";
import type { Claim } from "./contention.ts";
import type { StockLocation } from "./location.ts";
import type { PartsDemand } from "./parts-demand.ts";
import { askedPartNo, type PartsLine } from "./parts-line.ts";
import { loadActive, preempt, type Reservation, reserve } from "./reservations.ts";
import { rankSources, type Source, type Sourcing, type SourcingSnapshot } from "./sourcing.ts";
import { loadItems, loadParts } from "./stock-levels.ts";
import { loadLocations, type Reader } from "./stock-locations.ts";
import { requestTransfer } from "./transfers.ts";

export interface LineRequest {
  readonly ticketId: string;
  readonly line: PartsLine;
  readonly demand: PartsDemand;
  readonly claim: Claim;
  /** Places that have just said no. */
  readonly except?: readonly string[];
}

export interface SourcedLine {
  readonly line: PartsLine;
  /** Reservations that had to give way. */
  readonly preempted: readonly Reservation[];
}

/** What sourcing looks at: the stock of a part and its alternates, the places, and who could give way. */
export async function loadSnapshot(
  reader: Reader,
  partNo: string,
  destinationId: string,
): Promise<SourcingSnapshot> {
  const asked = await loadParts(reader, [partNo]);
  const wanted = [partNo, ...(asked.get(partNo)?.alternates ?? [])];
  const parts = wanted.length > 1 ? await loadParts(reader, wanted) : asked;
  const items = await loadItems(reader, wanted);
  const ids = new Set([destinationId, ...items.map(({ locationId }) => locationId)]);
  return {
    parts,
    items,
    locations: [...(await loadLocations(reader, [...ids])).values()],
    reservations: await loadActive(reader, wanted),
  };
}

/** Finds a line's part and keeps it: by reservation, with the transfer it needs; or says that none has it. */
export async function sourceLine(work: ServiceWork, request: LineRequest): Promise<SourcedLine> {
  const { line, demand, claim, except = [] } = request;
  const partNo = askedPartNo(line);
  const snapshot = await loadSnapshot(work.tx, partNo, demand.destinationId);
  const sourcing = rankSources(
    {
      partNo,
      quantity: line.quantity,
      destinationId: demand.destinationId,
      engineerId: demand.engineerId,
      neededBy: demand.neededBy,
      claim,
      nowMs: work.nowMs,
      isReplenishment: demand.purpose === "replenishment",
    },
    { ...snapshot, items: snapshot.items.filter(({ locationId }) => !except.includes(locationId)) },
  );
  const preempted: Reservation[] = [];
  for (const source of sourcing.ranked) {
    const found = await take(work, { request, source, sourcing, snapshot, preempted });
    if (found) return { line: found, preempted };
    if (source.kind === "supplier") break;
  }
  const supplier = sourcing.ranked.find(({ kind }) => kind === "supplier");
  const waiting = withSource(bareLine(line), sourcing, supplier);
  return { line: { ...waiting, state: "backordered" }, preempted };
}

interface Attempt {
  readonly request: LineRequest;
  readonly source: Source;
  readonly sourcing: Sourcing;
  readonly snapshot: SourcingSnapshot;
  /** Grows with those that had to give way. */
  readonly preempted: Reservation[];
}

async function take(work: ServiceWork, attempt: Attempt): Promise<PartsLine | undefined> {
  const { request, source, sourcing, snapshot } = attempt;
  const { ticketId, line, claim } = request;
  const location = snapshot.locations.find((one) => one.locationId === source.locationId);
  const item = snapshot.items.find(
    (one) => one.partNo === source.partNo && one.locationId === source.locationId,
  );
  if (!location || !item) return undefined;
  await giveWay(work, attempt);
  const isDonor = source.kind === "region_station" || source.kind === "other_station";
  const reservationId = await reserve(work, {
    partNo: source.partNo,
    locationId: location.locationId,
    quantity: line.quantity,
    claim,
    ticketId,
    keepsMin: isDonor && claim.priority !== "emergency",
  });
  if (!reservationId) return undefined;
  const chosen = withSource(describedAs(line, source, snapshot), sourcing, source);
  const reserved: PartsLine = {
    ...chosen,
    state: "reserved",
    reservation: reservationAt(reservationId, location, item.bin),
  };
  return withTransfer(work, { ...attempt, reserved, reservationId, location });
}

async function giveWay(work: ServiceWork, { source, snapshot, preempted }: Attempt) {
  for (const id of source.preempts) {
    const weaker = snapshot.reservations.find(({ reservationId }) => reservationId === id);
    if (weaker && (await preempt(work, id))) preempted.push(weaker as Reservation);
  }
}

async function withTransfer(
  work: ServiceWork,
  found: Attempt & {
    readonly reserved: PartsLine;
    readonly reservationId: string;
    readonly location: StockLocation;
  },
): Promise<PartsLine> {
  const { request, source, sourcing, reserved, reservationId, location } = found;
  if (source.transfers === 0) return reserved;
  const transferId = await requestTransfer(work, {
    partNo: source.partNo,
    quantity: reserved.quantity,
    fromId: location.locationId,
    toId: request.demand.destinationId,
    ticketId: request.ticketId,
    reservationId,
    isGreen: sourcing.isGreen,
    etaAt: iso(source.etaMs),
  });
  return { ...reserved, transferId };
}

export const reservationAt = (reservationId: string, location: StockLocation, bin: string) => ({
  reservationId,
  stationId: location.locationId,
  stationName: location.name,
  bin,
});

/** Without anything an earlier search found. */
export function bareLine(line: PartsLine): PartsLine {
  const { reservation: _reservation, source: _source, transferId: _transfer, ...bare } = line;
  return { ...bare, state: "requested" };
}

/** In words and figures of the part that is delivered, which may be an alternate. */
function describedAs(line: PartsLine, source: Source, { parts }: SourcingSnapshot): PartsLine {
  const { insteadOf: _insteadOf, ...bare } = bareLine(line);
  const part = parts.get(source.partNo);
  if (!part) return bare;
  const { partNo, name, unitPriceFen, leadTimeDays } = part;
  const asked = askedPartNo(line);
  const insteadOf = partNo === asked ? {} : { insteadOf: asked };
  return { ...bare, partNo, name, unitPriceFen, leadTimeDays, ...insteadOf };
}

function withSource(line: PartsLine, sourcing: Sourcing, source: Source | undefined): PartsLine {
  if (!source) return line;
  const { isRisk, isGreen } = sourcing;
  return { ...line, source: { kind: source.kind, etaAt: iso(source.etaMs), isRisk, isGreen } };
}

const iso = (ms: number): string => new Date(ms).toISOString();
