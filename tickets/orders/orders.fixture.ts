import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { ChannelTables } from "../channels/channels-tables.ts";
import type { Notice } from "../channels/notice.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { prepareTickets } from "../prepare-tickets.ts";
import type { Ticket } from "../ticket.ts";
import { createTicketService, type TicketService } from "../ticket-service.ts";
import { carryOut, requireTicket } from "../ticket-work.ts";
import { dispatcher, finding, signal } from "../tickets.fixture.ts";
import type { OrderOf, PersonOrder } from "./order-bodies.ts";

const pump = loadPlan("concrete-pump-truck");
const tractor = loadPlan("loader-tractor");
const day = 24 * 3_600_000;

/** A machine of the demonstration: in Changsha, customer C-001, out of warranty. */
export const pumpId = "PUMP-001";
export const inWarrantyId = "LOADER-001";

export const leaking = (more: Partial<Finding> = {}): Finding =>
  finding({
    machineId: pumpId,
    ruleId: "accumulator-precharge",
    planRef: "concrete-pump-truck@1",
    failureMode: "accumulator-precharge-loss",
    since: "2026-03-02T00:00:00.000Z",
    at: "2026-03-02T00:00:10.000Z",
    evidence: [signal()],
    ...more,
  });

export const fixed = { judgement: "bladder burst", handling: "replaced", result: "fixed" } as const;
export const finish: OrderOf<"finish"> = {
  type: "finish",
  attempts: [fixed],
  isMachineChecked: true,
};
export const report = (reportId: string): OrderOf<"submit-report"> => ({
  type: "submit-report",
  reportId,
  cause: "bladder burst",
  solution: "new bladder",
  preventionAdvice: "check the precharge every month",
});

export interface OrdersWorld {
  readonly db: Database;
  readonly service: TicketService;
  readonly clock: Clock & { advance(ms: number): void; nowMs(): number };
  apply(...findings: readonly Finding[]): Promise<Ticket>;
  give(ticketId: string, ...orders: readonly PersonOrder[]): Promise<Ticket>;
  /** By the engineer who has the ticket. */
  work(ticketId: string, ...orders: readonly PersonOrder[]): Promise<Ticket>;
  /** Lets time pass, an hour at most at once, with a turn of the scheduler each time. */
  pass(ms: number): Promise<void>;
  notices(): Promise<Notice[]>;
  present(state: string): Promise<void>;
}

/** The demonstration's organisation and stock with every engineer on duty, Monday morning in Changsha. */
export async function openOrdersWorld(db: Database): Promise<OrdersWorld> {
  let nowMs = Date.parse("2026-03-02T00:01:00.000Z");
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
  await prepareTickets(db, { clock });
  const service = createTicketService({
    db,
    clock,
    planOf: (machineId) => (machineId.startsWith("PUMP") ? pump : tractor),
  });
  const present = (state: string): Promise<void> =>
    db.transaction(async (tx) => {
      await tx
        .tables<OrganisationTables>()
        .updateTable("engineer_presence")
        .set({ state })
        .execute();
    });
  await present("available");
  let commands = 0;
  const by = (role: string, id = dispatcher.id) => ({
    actor: { kind: "person", id } as const,
    role,
    ...(role === "engineer" ? { engineerId: id } : {}),
  });
  const give: OrdersWorld["give"] = async (ticketId, ...orders) => {
    let ticket = await service.get(ticketId);
    for (const order of orders)
      ticket = await service.order({
        ...by("dispatcher"),
        ticketId,
        commandId: `c-${commands++}`,
        order,
      });
    return ticket;
  };
  return {
    db,
    service,
    clock,
    give,
    present,
    async apply(...findings) {
      const changes = await db.transaction((tx) => service.applyFindings(tx, findings));
      const work = changes.find(({ ticket }) => ticket.kind !== "parts");
      if (!work) throw new TypeError("the findings changed no work");
      return work.ticket;
    },
    async work(ticketId, ...orders) {
      let ticket = await service.get(ticketId);
      for (const order of orders) {
        const engineerId = ticket.assignment?.engineerId ?? "nobody";
        ticket = await service.order({
          ...by("engineer", engineerId),
          ticketId,
          commandId: `c-${commands++}`,
          order,
        });
      }
      return ticket;
    },
    async pass(ms) {
      const hour = 3_600_000;
      for (let left = ms; left > 0; left -= hour) {
        nowMs += Math.min(hour, left);
        const { failed } = await service.tick();
        for (const { error } of failed) throw error;
      }
    },
    async notices() {
      const rows = await db
        .tables<ChannelTables>()
        .selectFrom("notices")
        .select("body")
        .orderBy("at")
        .execute();
      return rows.map(({ body }) => JSON.parse(body) as Notice);
    },
  };
}

export const days = (count: number): number => count * day;

export const arrive = { type: "arrive", place: { lat: 28.1957, lon: 112.889 } } as const;
export const start = { type: "start-work", isSafetyChecked: true } as const;

/** A new ticket of the pump, whose engineer is at work. */
export async function atWorkIn(world: OrdersWorld): Promise<Ticket> {
  const { ticketId } = await world.apply(leaking());
  await world.give(ticketId, { type: "acknowledge" }, { type: "assign" });
  return world.work(ticketId, { type: "accept" }, { type: "depart" }, arrive, start);
}

/** What the verification by telemetry says of a ticket. */
export const proveIn = (
  world: OrdersWorld,
  ticketId: string,
  order: "verification-passed" | "verification-failed",
): Promise<Ticket> =>
  world.db.transaction(async (tx) => {
    const work = world.service.begin(tx, { kind: "system", id: "verification" });
    const found = await requireTicket(tx, ticketId);
    return carryOut(work, found, {
      type: order,
      detail: "telemetry",
      commandId: `v-${found.ticket.version}`,
    });
  });
