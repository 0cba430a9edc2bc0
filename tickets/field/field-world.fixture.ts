import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { putMachine } from "../organisation/put-machine.ts";
import { prepareTickets } from "../prepare-tickets.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { createTicketService, type TicketService } from "../ticket-service.ts";
import { loadTicket } from "../ticket-store.ts";
import { carryOut, type Follow, requireTicket, type TicketWork } from "../ticket-work.ts";
import { finding } from "../tickets.fixture.ts";
import type { Actor } from "../vocabulary.ts";

const sensorFault = "engine-oil-pressure-sensor";
/** The loader tractor's, but its sensor is to be inspected: inspections have what repairs have, and a checklist. */
export const tractorPlan = withInspection(loadPlan("loader-tractor"));

function withInspection(plan: Plan): Plan {
  const { failureModes } = plan.service;
  const mode = failureModes[sensorFault];
  if (!mode) throw new TypeError(`the plan has no ${sensorFault}`);
  const inspected = { ...failureModes, [sensorFault]: { ...mode, ticket: "inspection" as const } };
  return { ...plan, service: { ...plan.service, failureModes: inspected } };
}

export const engineer: Actor = { kind: "person", id: "E-1" };
export const startMs = Date.parse("2026-03-02T08:00:00.000Z");

/** What the plan's rules say of an unplugged oil pressure sensor. */
export const unplugged = (more: Partial<Finding> = {}): Finding =>
  finding({
    ruleId: "active-trouble-code",
    planRef: "loader-tractor@1",
    failureMode: sensorFault,
    since: "2026-03-02T07:59:00.000Z",
    at: "2026-03-02T07:59:10.000Z",
    ...more,
  });

export interface FieldWorld {
  readonly db: Database;
  readonly service: TicketService;
  readonly clock: Clock & { advance(ms: number): void };
  /** One transaction's work, as a person or a program does it. */
  work<Result>(actor: Actor, run: (work: TicketWork) => Promise<Result>): Promise<Result>;
  order(ticketId: string, order: TicketOrder, commandId?: string): Promise<Ticket>;
  ticket(ticketId: string): Promise<Ticket>;
  /** A ticket of the sensor, brought as far as is asked. */
  bring(to: "new" | "assigned" | "in_progress", more?: Partial<Finding>): Promise<string>;
}

export async function openFieldWorld(
  db: Database,
  { follow, plan = tractorPlan }: { readonly follow?: Follow; readonly plan?: Plan } = {},
): Promise<FieldWorld> {
  let nowMs = startMs;
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
  await prepareTickets(db, { clock });
  const planOf = () => plan;
  const service = createTicketService({ db, clock, planOf, ...(follow ? { follow } : {}) });
  let commands = 0;
  const world: FieldWorld = {
    db,
    service,
    clock,
    work: (actor, run) => db.transaction((tx) => run(service.begin(tx, actor))),
    order: (ticketId, order, commandId = `test-${commands++}`) =>
      world.work(engineer, async (work) =>
        carryOut(work, await requireTicket(work.tx, ticketId), { ...order, commandId }),
      ),
    async ticket(ticketId) {
      const found = await loadTicket(db, ticketId);
      if (!found) throw new TypeError(`no ticket ${ticketId}`);
      return found.ticket;
    },
    async bring(to, more) {
      const [opened] = await db.transaction((tx) => service.applyFindings(tx, [unplugged(more)]));
      const ticketId = opened?.ticket.ticketId ?? "";
      if (to === "new") return ticketId;
      await world.order(ticketId, { type: "acknowledge" });
      const assignment = { engineerId: engineer.id, score: 1, reasons: [] };
      await world.order(ticketId, { type: "assign", assignment });
      if (to === "assigned") return ticketId;
      await world.order(ticketId, { type: "depart" });
      await world.order(ticketId, { type: "arrive", distanceKm: 0.1 });
      await world.order(ticketId, { type: "start-work", isSafetyChecked: true });
      return ticketId;
    },
  };
  return world;
}

/** The orders that finish the work on an inspection and hand its report in. */
export const finishOrders = {
  finish: {
    type: "finish",
    attempts: [{ judgement: "plug loose", handling: "pushed in", result: "fixed" }],
    isMachineChecked: true,
    inspection: { isAnswered: true, isSurveyed: true, failedSteps: [] },
  },
  report: {
    type: "submit-report",
    reportId: "R-1",
    cause: "plug loose",
    solution: "pushed in until it locked",
    preventionAdvice: "look at it at each service",
    faultCode: sensorFault,
    causeId: "plug-loose",
  },
} as const satisfies Record<string, TicketOrder>;

/** The tractor's file, with the place where it stands. */
export const putTractor = (work: TicketWork, location: { lat: number; lon: number }) =>
  putMachine(work, {
    machineId: "M-1",
    serialNumber: "SN-1",
    productType: "loader_tractor",
    state: "in_service",
    regionId: "hunan",
    demonstrationSite: false,
    peakPeriods: [],
    location,
  });
