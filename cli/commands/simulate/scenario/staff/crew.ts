import type { People } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import { dispatchConfig } from "@firebreak/tickets/dispatch/dispatch-config.ts";
import { roadKm } from "@firebreak/tickets/dispatch/travel.ts";
import type { GeoPoint } from "@firebreak/tickets/parts/location.ts";
import type { TicketSummary } from "@firebreak/tickets/ticket.ts";
import type { Counter } from "./counter.ts";

interface EngineerView {
  readonly engineerId: string;
  readonly stationId: string;
  readonly flyingSquad: boolean;
}

interface StationView {
  readonly stationId: string;
  readonly location?: GeoPoint;
}

const hourMs = 3_600_000;
/** The shift of the organisation's people: Monday to Saturday, local hours (UTC+8). */
const shift = { fromHour: 8, toHour: 18, lastWeekday: 6 } as const;
const zoneHours = 8;

/** Whether people are at work who do not set out day and night. */
export function isInShift(nowMs: number): boolean {
  const local = new Date(nowMs + zoneHours * hourMs);
  const weekday = local.getUTCDay() || 7;
  const hour = local.getUTCHours();
  return weekday <= shift.lastWeekday && hour >= shift.fromHour && hour < shift.toHour;
}

/** The engineers: who is away until when, who is named for what, and how long a way takes. */
export class Crew {
  readonly #counter: Counter;
  readonly #people: People;
  readonly #awayUntil = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  #engineers: readonly EngineerView[] = [];
  #stations: ReadonlyMap<string, GeoPoint | undefined> = new Map();

  constructor(counter: Counter, people: People) {
    this.#counter = counter;
    this.#people = people;
  }

  async meet(): Promise<void> {
    this.#engineers = await this.#counter.all<EngineerView>("organisation/engineers?limit=500");
    const stations = await this.#counter.all<StationView>("organisation/stations?limit=500");
    this.#stations = new Map(stations.map(({ stationId, location }) => [stationId, location]));
  }

  isFree(engineerId: string, nowMs: number): boolean {
    return nowMs >= (this.#awayUntil.get(engineerId) ?? 0);
  }

  setOut(engineerId: string): void {
    this.#awayUntil.set(engineerId, Number.POSITIVE_INFINITY);
  }

  /** On the way home from then on. */
  goHome(engineerId: string, place: GeoPoint | undefined, nowMs: number): void {
    this.#awayUntil.set(engineerId, nowMs + this.travelHours(engineerId, place) * hourMs);
  }

  /** From the engineer's station, by road, at the hub's own speed. */
  travelHours(engineerId: string, place: GeoPoint | undefined): number {
    const { stationId = "" } = this.#engineers.find((one) => one.engineerId === engineerId) ?? {};
    const from = this.#stations.get(stationId);
    if (!from || !place) return dispatchConfig.unknownEtaMinutes / 60;
    return roadKm(from, place, dispatchConfig) / dispatchConfig.kmPerHour;
  }

  /** Names somebody for a ticket; false when nobody can be sent now. */
  async name(ticket: TicketSummary, nowMs: number): Promise<boolean> {
    const { ticketId, stationId, priority } = ticket;
    const own = this.#engineers.filter((one) => one.stationId === stationId);
    const others = this.#engineers.filter((one) => one.stationId !== stationId);
    if (this.#people.suggests) {
      if ((await this.#counter.post(`tickets/${ticketId}/assign`)).isTaken) return true;
      const free = [...own, ...others].filter((one) => this.isFree(one.engineerId, nowMs));
      return priority === "emergency" && this.#nameFirst(ticketId, free, "is free");
    }
    const turn = this.#turns.get(stationId) ?? 0;
    const plain = own.filter(({ flyingSquad }) => !flyingSquad);
    const inTurn = plain.map((one, at) => plain[(turn + at) % plain.length] ?? one);
    const rest = others.filter(({ flyingSquad }) => !flyingSquad);
    const isNamed = await this.#nameFirst(ticketId, [...inTurn, ...rest], "in turn");
    if (isNamed) this.#turns.set(stationId, turn + 1);
    return isNamed;
  }

  async #nameFirst(
    ticketId: string,
    engineers: readonly EngineerView[],
    reason: string,
  ): Promise<boolean> {
    for (const { engineerId } of engineers) {
      const body = { engineerId, reason };
      if ((await this.#counter.post(`tickets/${ticketId}/assign`, body)).isTaken) return true;
    }
    return false;
  }
}
