import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { People } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { ScenarioMachine } from "@firebreak/simulator/scenarios/scenario-machine.ts";
import type { GeoPoint } from "@firebreak/tickets/parts/location.ts";
import type { Ticket, TicketSummary } from "@firebreak/tickets/ticket.ts";
import type { Counter } from "./counter.ts";
import { type Crew, isInShift } from "./crew.ts";
import { type Diagnosis, diagnose, finishOf, reportOf } from "./job.ts";

export interface ServedMachine {
  readonly machine: ScenarioMachine;
  readonly plan: Plan;
  readonly place: GeoPoint | undefined;
}

/** What is under way on one ticket. */
interface Visit {
  arrivesMs: number;
  /** When the engineer knows what it is. */
  knowsMs?: number;
  diagnosis?: Diagnosis;
  doneMs?: number;
}

const hourMs = 3_600_000;
/** The day after, somebody rings and asks whether it works. Engineering default. */
const asksAfterHours = 24;
/** Whoever waits for parts sets out when the arrival would be too late otherwise. Engineering default. */
const spareHours = 2;

/** Dispatcher and engineers: from a new ticket to a closed one, each order over the interface. */
export class FieldPeople {
  readonly #counter: Counter;
  readonly #people: People;
  readonly #crew: Crew;
  readonly #visits = new Map<string, Visit>();

  constructor(
    counter: Counter,
    { people, crew }: { readonly people: People; readonly crew: Crew },
  ) {
    this.#counter = counter;
    this.#people = people;
    this.#crew = crew;
  }

  async work(machines: readonly ServedMachine[], nowMs: number): Promise<void> {
    for (const ticket of await this.#counter.openTickets("work")) {
      const served = machines.find(({ machine }) => machine.machineId === ticket.machineId);
      if (isRoutine(ticket)) await this.#order(ticket, "cancel", { reason: "routine is left out" });
      else if (served) await this.#goOn(ticket, served, nowMs);
    }
  }

  /** As far as it can go now: several states may be passed in one step. */
  async #goOn(first: TicketSummary, served: ServedMachine, nowMs: number): Promise<void> {
    for (let ticket = first; ; ) {
      const isMoved = await this.#step(ticket, served, nowMs);
      if (!isMoved) return;
      ticket = await this.#counter.ticket(ticket.ticketId);
    }
  }

  /** One order; false when it is not time for it, or the hub does not take it. */
  async #step(ticket: TicketSummary, served: ServedMachine, nowMs: number): Promise<boolean> {
    switch (ticket.state) {
      case "new":
        return this.#isOnDuty(ticket, nowMs) && this.#order(ticket, "acknowledge");
      case "acknowledged":
        return this.#assign(ticket, nowMs);
      case "assigned":
        return this.#depart(ticket, served, nowMs);
      case "en_route":
        return this.#arrive(ticket, served, nowMs);
      case "on_site":
        return this.#order(ticket, "start-work", { isSafetyChecked: true });
      case "in_progress":
        return this.#repair(ticket, served, nowMs);
      case "work_done":
        return this.#report(ticket);
      case "verifying":
        return this.#confirm(ticket, nowMs);
      case "follow_up":
        return this.#order(ticket, "follow-up-done", { note: "the customer was asked" });
      default:
        return false;
    }
  }

  async #order({ ticketId }: TicketSummary, name: string, body: object = {}): Promise<boolean> {
    return (await this.#counter.post(`tickets/${ticketId}/${name}`, body)).isTaken;
  }

  #isOnDuty({ priority }: TicketSummary, nowMs: number): boolean {
    return isInShift(nowMs) || (this.#people.triage && priority === "emergency");
  }

  async #assign(ticket: TicketSummary, nowMs: number): Promise<boolean> {
    const sinceMs = Date.parse(ticket.createdAt) + this.#people.assignHours.value * hourMs;
    return nowMs >= sinceMs && this.#isOnDuty(ticket, nowMs) && this.#crew.name(ticket, nowMs);
  }

  async #depart(ticket: TicketSummary, { place }: ServedMachine, nowMs: number): Promise<boolean> {
    const { assignment } = ticket;
    if (!assignment || !this.#isOnDuty(ticket, nowMs)) return false;
    const { engineerId, acceptedAt, at } = assignment;
    const isAway = !this.#crew.isFree(engineerId, nowMs);
    if (isAway && this.#people.suggests && isToGoElsewhere(ticket))
      return this.#order(ticket, "reject", { reason: "at work elsewhere" });
    if (acceptedAt === undefined && !(await this.#order(ticket, "accept"))) return false;
    if (isAway || nowMs < Date.parse(at) + this.#people.departHours.value * hourMs) return false;
    const travelMs = this.#crew.travelHours(engineerId, place) * hourMs;
    if (await this.#waitsForParts(ticket, nowMs + travelMs)) return false;
    if (!(await this.#order(ticket, "depart"))) return false;
    this.#crew.setOut(engineerId);
    this.#visits.set(ticket.ticketId, { arrivesMs: nowMs + travelMs });
    return true;
  }

  /** Foreseen parts are taken along where nobody waits in an emergency and the arrival is still in time. */
  async #waitsForParts(ticket: TicketSummary, arrivesMs: number): Promise<boolean> {
    if (!this.#people.suggests || ticket.priority === "emergency") return false;
    const due = ticket.sla.find(({ kind, status }) => kind === "arrival" && status === "running");
    if (!due || arrivesMs + spareHours * hourMs >= Date.parse(due.dueAt)) return false;
    const children = await this.#children(ticket);
    return children.some(({ state }) =>
      ["requested", "approved", "sourcing", "in_transit"].includes(state),
    );
  }

  async #arrive(ticket: TicketSummary, { place }: ServedMachine, nowMs: number): Promise<boolean> {
    const visit = this.#visits.get(ticket.ticketId);
    if (!visit || nowMs < visit.arrivesMs) return false;
    visit.knowsMs = nowMs + this.#people.diagnoseHours.value * hourMs;
    return this.#order(ticket, "arrive", place ? { place } : { reason: "no position" });
  }

  async #repair(ticket: TicketSummary, served: ServedMachine, nowMs: number): Promise<boolean> {
    const visit = this.#visits.get(ticket.ticketId);
    if (!visit || nowMs < (visit.knowsMs ?? 0)) return false;
    if (visit.doneMs === undefined) {
      const diagnosis = diagnose(served.machine, served.plan, ticket);
      const partNo = diagnosis.remedy?.partNo;
      if (partNo !== undefined && !(await this.#has(ticket, partNo)))
        return this.#missPart(ticket, served, { diagnosis, nowMs });
      visit.diagnosis = diagnosis;
      visit.doneMs = nowMs + (diagnosis.remedy?.standardHours ?? 0) * hourMs;
    }
    if (nowMs < visit.doneMs) return false;
    if (!(await this.#order(ticket, "finish", finishOf(ticket, visit.diagnosis ?? {}))))
      return false;
    this.#leave(ticket, served, nowMs);
    return true;
  }

  async #missPart(
    ticket: TicketSummary,
    served: ServedMachine,
    { diagnosis: { remedy }, nowMs }: { readonly diagnosis: Diagnosis; readonly nowMs: number },
  ): Promise<boolean> {
    const lines = [{ partNo: remedy?.partNo, quantity: remedy?.quantity ?? 1 }];
    const body = { lines, leavesSite: true };
    if (!(await this.#order(ticket, "miss-parts", body))) return false;
    this.#leave(ticket, served, nowMs);
    return false;
  }

  #leave({ assignment }: TicketSummary, { place }: ServedMachine, nowMs: number): void {
    if (assignment) this.#crew.goHome(assignment.engineerId, place, nowMs);
  }

  async #report(ticket: TicketSummary): Promise<boolean> {
    const diagnosis = this.#visits.get(ticket.ticketId)?.diagnosis ?? {};
    if (!(await this.#order(ticket, "submit-report", reportOf(ticket, diagnosis)))) return false;
    await this.#giveBack(ticket);
    return true;
  }

  /** What was taken along or foreseen and not needed. */
  async #giveBack(ticket: TicketSummary): Promise<void> {
    const children = await this.#children(ticket);
    for (const { ticketId, state, parts } of children) {
      const loans = parts.flatMap(({ state: line, loanIds = [] }) =>
        line === "loaned" ? loanIds : [],
      );
      for (const loanId of loans) await this.#counter.post(`part-loans/${loanId}/return`);
      if (waitingStates.includes(state))
        await this.#counter.post(`tickets/${ticketId}/parts/cancel`, { reason: "not needed" });
    }
  }

  async #confirm(ticket: TicketSummary, nowMs: number): Promise<boolean> {
    const { finishedAt } = ticket;
    if (finishedAt === undefined) return false;
    if (nowMs < Date.parse(finishedAt) + asksAfterHours * hourMs) return false;
    return this.#order(ticket, "verification-confirmed", { detail: "the operator says it works" });
  }

  async #has(ticket: TicketSummary, partNo: string): Promise<boolean> {
    const children = await this.#children(ticket);
    return children.some(({ parts }) =>
      parts.some((line) => line.partNo === partNo && line.state === "loaned"),
    );
  }

  async #children({ childIds }: TicketSummary): Promise<readonly Ticket[]> {
    const tickets: Ticket[] = [];
    for (const childId of childIds) tickets.push(await this.#counter.ticket(childId));
    return tickets.filter(({ kind }) => kind === "parts");
  }
}

const waitingStates: readonly string[] = [
  ...["requested", "approved", "sourcing", "backordered", "reserved", "in_transit", "ready"],
];

/** An emergency does not wait for somebody who is away, unless nobody else took it either. */
const isToGoElsewhere = ({ priority, rejectedBy, assignment }: TicketSummary): boolean =>
  priority === "emergency" && !rejectedBy.includes(assignment?.engineerId ?? "");

/** What calendar, hour meter or a silent gateway asks for is the same for every organisation. */
const isRoutine = ({ trigger }: TicketSummary): boolean =>
  ["calendar", "service_hours", "peak_season", "machine_silent"].includes(trigger);
