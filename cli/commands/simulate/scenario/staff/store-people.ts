import type { People } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import { dispatchConfig } from "@firebreak/tickets/dispatch/dispatch-config.ts";
import { roadKm } from "@firebreak/tickets/dispatch/travel.ts";
import type { StockLocation } from "@firebreak/tickets/parts/location.ts";
import type { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import type { TicketSummary } from "@firebreak/tickets/ticket.ts";
import type { Counter, Items } from "./counter.ts";

const hourMs = 3_600_000;
/** Between places of which one has no coordinates. Engineering default, as in the hub. */
const unknownKm = 1_000;

/** Those who agree to requests for parts, and pick, send and receive them. */
export class StorePeople {
  readonly #counter: Counter;
  readonly #people: People;
  #places: ReadonlyMap<string, StockLocation> | undefined;

  constructor(counter: Counter, people: People) {
    this.#counter = counter;
    this.#people = people;
  }

  async work(nowMs: number): Promise<void> {
    for (const ticket of await this.#counter.openTickets("parts")) await this.#serve(ticket, nowMs);
    const transfers = await this.#counter.all<Transfer>("transfers?open=true&limit=200");
    for (const transfer of transfers) await this.#move(transfer, nowMs);
  }

  async #serve({ ticketId, state, createdAt, parts }: TicketSummary, nowMs: number): Promise<void> {
    const path = `tickets/${ticketId}/parts`;
    if (state === "requested" && isOver(createdAt, this.#people.approveHours.value, nowMs))
      await this.#counter.post(`${path}/approve`);
    const isHere = parts.some((line) => line.state === "reserved" && !line.transferId);
    if (state === "reserved" && isHere) await this.#counter.post(`${path}/ready`);
  }

  async #move(transfer: Transfer, nowMs: number): Promise<void> {
    const { transferId, state, isGreen, requestedAt, approvedAt = requestedAt, sentAt } = transfer;
    const step = (name: string) => this.#counter.post(`transfers/${transferId}/${name}`);
    switch (state) {
      case "requested":
        if (!isGreen) await step("approve");
        else if (isOver(requestedAt, this.#people.sendHours.value, nowMs)) await this.#send(step);
        break;
      case "approved":
        if (isOver(approvedAt, this.#people.sendHours.value, nowMs)) await this.#send(step);
        break;
      case "in_transit":
        if (isOver(sentAt ?? requestedAt, await this.#roadHours(transfer), nowMs))
          await step("receive");
        break;
      default:
        break;
    }
  }

  async #send(step: (name: string) => Promise<unknown>): Promise<void> {
    await step("pick");
    await step("send");
  }

  async #roadHours({ fromId, toId }: Transfer): Promise<number> {
    this.#places ??= new Map(
      (await this.#counter.get<Items<StockLocation>>("stock-locations")).items.map((one) => [
        one.locationId,
        one,
      ]),
    );
    const from = this.#places.get(fromId)?.point;
    const to = this.#places.get(toId)?.point;
    const km = from && to ? roadKm(from, to, dispatchConfig) : unknownKm;
    return km / this.#people.roadKmPerHour.value;
  }
}

const isOver = (since: string, hours: number, nowMs: number): boolean =>
  nowMs >= Date.parse(since) + hours * hourMs;
