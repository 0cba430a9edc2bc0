import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { createTestClock, type TestClock } from "../channels/channels.fixture.ts";
import type { ChannelTables } from "../channels/channels-tables.ts";
import type { Notice } from "../channels/notice.ts";
import { prepareTickets } from "../prepare-tickets.ts";
import type { ServiceWork } from "../service-work.ts";
import { createTicketIds } from "../ticket-ids.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { createTicketService, type TicketService } from "../ticket-service.ts";
import { carryOut, requireTicket } from "../ticket-work.ts";
import { plan } from "../tickets.fixture.ts";
import type { Actor } from "../vocabulary.ts";
import type { ReportContent } from "./report.ts";
import { type IntakeOptions, takeReport } from "./take-report.ts";

const { brakes } = plan.service.failureModes;
/** The plan of the tickets' tests, with a fault of another kind and component. */
export const customersPlan = {
  ...plan,
  service: {
    ...plan.service,
    failureModes: {
      ...plan.service.failureModes,
      brakes: { ...brakes, component: "brakes", faultClass: "mechanical" },
    },
  },
} as Plan;

export const dispatcher: Actor = { kind: "person", id: "user-1" };

/** A database with the demonstration's organisation: machine PUMP-001 of the high-value customer C-001, and others. */
export interface CustomerWorld {
  readonly db: Database;
  readonly clock: TestClock;
  readonly service: TicketService;
  readonly intake: IntakeOptions;
  work<Answer>(run: (work: ServiceWork) => Promise<Answer>): Promise<Answer>;
  report(
    content: Partial<ReportContent>,
    commandId?: string,
    machineId?: string,
  ): ReturnType<typeof takeReport>;
  order(ticketId: string, order: TicketOrder): Promise<void>;
  /** In the order they were made; of every kind without `kind`. */
  notices(kind?: string): Promise<Notice[]>;
}

export async function openCustomers(db: Database, firstMs?: number): Promise<CustomerWorld> {
  const clock = createTestClock(firstMs);
  await prepareTickets(db, { clock });
  const service = createTicketService({ db, clock, planOf: () => customersPlan });
  const ids = createTicketIds(clock.nowMs);
  const intake: IntakeOptions = {
    tickets: { begin: ({ tx, actor }) => service.begin(tx, actor) },
    planOf: () => customersPlan,
  };
  let commands = 0;
  const work: CustomerWorld["work"] = (run) =>
    db.transaction((tx) => {
      const nowMs = clock.nowMs();
      return run({ tx, actor: dispatcher, nowMs, at: new Date(nowMs).toISOString(), ids });
    });
  return {
    db,
    clock,
    service,
    intake,
    work,
    report: (content, commandId = `c-${++commands}`, machineId = undefined) =>
      work((one) =>
        takeReport(
          one,
          {
            way: "phone",
            commandId,
            ...(machineId === undefined ? {} : { machineId }),
            content: { symptom: "It makes a noise", machineStopped: false, ...content },
          },
          intake,
        ),
      ),
    async order(ticketId, order) {
      await db.transaction(async (tx) => {
        const found = await requireTicket(tx, ticketId);
        const begun = service.begin(tx, dispatcher);
        await carryOut(begun, found, { ...order, commandId: `o-${++commands}` });
      });
    },
    async notices(kind) {
      const rows = await db
        .tables<ChannelTables>()
        .selectFrom("notices")
        .select("body")
        .orderBy("at")
        .orderBy("notice_id")
        .execute();
      return rows
        .map(({ body }) => JSON.parse(body) as Notice)
        .filter((one) => kind === undefined || one.kind === kind);
    },
  };
}

/** The orders that bring a new ticket to its follow-up. */
export const toFollowUp: readonly TicketOrder[] = [
  { type: "acknowledge" },
  { type: "assign", assignment: { engineerId: "E-001", score: 1, reasons: [] } },
  { type: "accept" },
  { type: "depart" },
  { type: "arrive", distanceKm: 0.1 },
  { type: "start-work", isSafetyChecked: true },
  {
    type: "finish",
    attempts: [{ judgement: "worn", handling: "replaced", result: "fixed" }],
    isMachineChecked: true,
  },
  {
    type: "submit-report",
    reportId: "SR-1",
    cause: "wear",
    solution: "replaced",
    preventionAdvice: "look at it monthly",
  },
  { type: "verification-passed", detail: "an hour under load" },
];
