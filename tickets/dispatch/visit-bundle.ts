import type { Priority, TicketKind, TicketState } from "../vocabulary.ts";
import { type DispatchConfig, dispatchConfig } from "./dispatch-config.ts";
import type { GeoPlace } from "./dispatch-job.ts";
import { roadKm } from "./travel.ts";

/** A ticket that could be done on the way. */
export interface BundleTicket {
  readonly ticketId: string;
  readonly machineId: string;
  readonly kind: TicketKind;
  readonly priority: Priority;
  readonly state: TicketState;
  readonly place: GeoPlace;
  readonly standardHours: number;
  readonly productType: string;
  /** When planned work may be done, ISO instants. */
  readonly dueWindow?: { readonly from: string; readonly to: string } | undefined;
  readonly visitId?: string | undefined;
}

export interface BundleRequest {
  /** The ticket somebody goes to anyway. */
  readonly anchor: {
    readonly ticketId: string;
    readonly machineId: string;
    readonly place: GeoPlace;
  };
  /** Where he comes from and goes back to. */
  readonly home: GeoPlace;
  /** Product types he may work on, and the hours he has left beside the anchor. */
  readonly engineer: { readonly productTypes: readonly string[]; readonly hoursLeft: number };
  /** Of the plan: `service.preventive.bundle`. */
  readonly radiusKm: number;
  readonly windowDays: number;
  readonly nowMs: number;
}

export interface VisitProposal {
  readonly anchorId: string;
  /** In the order of the tour; the tickets stay what they are and share a visit (MR-9). */
  readonly stops: readonly {
    readonly ticketId: string;
    /** Road kilometres from the anchor. */
    readonly km: number;
    readonly standardHours: number;
  }[];
  readonly standardHours: number;
  /** Road kilometres of one tour, and of a journey for each machine. */
  readonly tourKm: number;
  readonly separateKm: number;
  readonly savedKm: number;
}

/** In kilometres; below it two ways are as long as each other. */
const metre = 0.001;
const MS_PER_DAY = 86_400_000;
const openStates: readonly TicketState[] = ["planned", "new", "acknowledged"];
const patient: readonly Priority[] = ["general", "planned"];

/**
 * F-09: what else lies near a visit and may be done with it: planned work due within the window and open tickets that
 * are not urgent. A stop is taken as long as it saves kilometres and fits the engineer's hours; nearest first. Undefined
 * when there is none. Pure.
 */
export function proposeVisit(
  request: BundleRequest,
  tickets: readonly BundleTicket[],
  config: DispatchConfig = dispatchConfig,
): VisitProposal | undefined {
  const { anchor, engineer } = request;
  const near = tickets
    .filter((ticket) => isEligible(ticket, request))
    .map((ticket) => ({ ...ticket, km: roadKm(anchor.place, ticket.place, config) }))
    .filter(({ km }) => km <= request.radiusKm * config.roadFactor)
    .sort((a, b) => a.km - b.km || (a.ticketId < b.ticketId ? -1 : 1));
  const stops: (typeof near)[number][] = [];
  let hoursLeft = engineer.hoursLeft;
  for (const ticket of near) {
    if (ticket.standardHours > hoursLeft) continue;
    const savedKm = (some: typeof near) => costOf(request, some, config).savedKm;
    if (savedKm([...stops, ticket]) < savedKm(stops) - metre) continue;
    stops.push(ticket);
    hoursLeft -= ticket.standardHours;
  }
  if (stops.length === 0) return undefined;
  const { tourKm, separateKm, savedKm, order } = costOf(request, stops, config);
  return {
    anchorId: anchor.ticketId,
    stops: order.map(({ ticketId, km, standardHours }) => ({
      ticketId,
      km: round(km),
      standardHours,
    })),
    standardHours: stops.reduce((sum, { standardHours }) => sum + standardHours, 0),
    tourKm: round(tourKm),
    separateKm: round(separateKm),
    savedKm: round(savedKm),
  };
}

function isEligible(ticket: BundleTicket, { anchor, engineer, windowDays, nowMs }: BundleRequest) {
  if (ticket.ticketId === anchor.ticketId || ticket.visitId !== undefined) return false;
  if (ticket.kind === "parts" || !openStates.includes(ticket.state)) return false;
  if (!patient.includes(ticket.priority)) return false;
  if (!engineer.productTypes.includes(ticket.productType)) return false;
  const { dueWindow } = ticket;
  return dueWindow === undefined
    ? ticket.priority === "general"
    : Date.parse(dueWindow.from) <= nowMs + windowDays * MS_PER_DAY;
}

/** One tour, from home to the anchor, on to the nearest stop each time, and home; against a journey to each machine. */
function costOf<Stop extends BundleTicket>(
  { anchor, home }: BundleRequest,
  stops: readonly Stop[],
  config: DispatchConfig,
) {
  const order: Stop[] = [];
  const left = [...stops];
  let at = anchor.place;
  let tourKm = roadKm(home, anchor.place, config);
  while (left.length > 0) {
    const here = at;
    const kmTo = (stop: Stop) => roadKm(here, stop.place, config);
    const next = left.reduce((best, stop) => (kmTo(stop) < kmTo(best) ? stop : best));
    left.splice(left.indexOf(next), 1);
    order.push(next);
    tourKm += kmTo(next);
    at = next.place;
  }
  tourKm += roadKm(at, home, config);
  const places = new Map(stops.map(({ machineId, place }) => [machineId, place]));
  places.set(anchor.machineId, anchor.place);
  const separateKm = [...places.values()].reduce(
    (sum, place) => sum + 2 * roadKm(home, place, config),
    0,
  );
  return { order, tourKm, separateKm, savedKm: separateKm - tourKm };
}

const round = (km: number): number => Math.round(km * 10) / 10;
