import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type Static, Type } from "typebox";
import type { Acting, BeginWork } from "../begin-work.ts";
import { putReset, requireReplaced } from "../verification/component-resets.ts";
import { findVerification, verificationStatuses } from "../verification/verification-store.ts";
import { closed, Instant, literals, TicketId } from "../vocabulary.ts";
import { buildWorkOrder } from "./build-work-order.ts";
import type { SeriesReader } from "./draw-series.ts";
import { etagOf } from "./etag-of.ts";
import type { SyncReply } from "./field-command.ts";
import { fieldConfig } from "./field-config.ts";
import { replacedParts } from "./replaced-parts.ts";
import { reportsOf } from "./report-store.ts";
import { requireTicketOf } from "./require-ticket.ts";
import type { ServiceReport } from "./service-report.ts";
import { syncField } from "./sync.ts";
import { SmartWorkOrder } from "./work-order.ts";

/** One of an engineer's tickets; without its work order when the phone has it as it is, or it cannot be put together. */
export const MyWorkItem = Type.Object(
  {
    ticketId: TicketId,
    etag: Type.String({
      description: "with a `problem`: the one that the phone named, else empty",
    }),
    order: Type.Optional(SmartWorkOrder),
    problem: Type.Optional(
      Type.String({ description: "code of what keeps the work order from being put together" }),
    ),
  },
  closed,
);
export type MyWorkItem = Static<typeof MyWorkItem>;

/** How far the proof of a repair is. */
export const VerificationProgress = Type.Object(
  {
    status: literals(verificationStatuses),
    finishedAt: Instant,
    detail: Type.String({ description: "what it waits for, or what was seen" }),
    operatingSeconds: Type.Optional(Type.Number()),
    neededSeconds: Type.Optional(Type.Number()),
  },
  closed,
);
export type VerificationProgress = Static<typeof VerificationProgress>;

/** What the field asks for and sends; it authorises nothing, the routes and the orders do. */
export interface FieldDesk {
  workOrder(ticketId: string): Promise<{ readonly order: SmartWorkOrder; readonly etag: string }>;
  /**
   * `have`: etags by ticket of what the phone holds; what is the same is not sent again. One whose work order cannot be
   * put together says so and keeps no other from the engineer.
   */
  myWork(engineerId: string, have: ReadonlyMap<string, string>): Promise<MyWorkItem[]>;
  sync(
    order: Acting & {
      readonly deviceNow?: string | undefined;
      readonly commands: readonly unknown[];
    },
  ): Promise<SyncReply>;
  /**
   * Lets what is learned of a place begin again.
   * @throws CodedError RESET_WITHOUT_PART unless a report of the ticket says that a part was replaced there
   */
  resetBaseline(
    order: Acting & { readonly ticketId: string; readonly position: string },
  ): Promise<void>;
  /** The newest revision of each report of a ticket. */
  reports(ticketId: string): Promise<ServiceReport[]>;
  /** Undefined while no work on the ticket was finished. */
  verification(ticketId: string): Promise<VerificationProgress | undefined>;
}

export interface FieldDeskOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly begin: BeginWork;
  /** The open tickets of an engineer, what is due first on top. */
  readonly workOf: (engineerId: string) => Promise<readonly { readonly ticketId: string }[]>;
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly telemetry: SeriesReader;
  readonly onFault?: (error: unknown) => void;
}

export function createFieldDesk(options: FieldDeskOptions): FieldDesk {
  const { db, clock, begin, workOf, planOf, telemetry, onFault } = options;
  const sources = { db, planOf, telemetry, nowMs: clock.nowMs };

  const workOrder: FieldDesk["workOrder"] = async (ticketId) => {
    const order = await buildWorkOrder(sources, ticketId);
    return { order, etag: etagOf(order) };
  };

  return {
    workOrder,
    async myWork(engineerId, have) {
      const items: MyWorkItem[] = [];
      const tickets = (await workOf(engineerId)).slice(0, fieldConfig.myWorkTickets);
      for (const { ticketId } of tickets) {
        const known = have.get(ticketId);
        try {
          const { order, etag } = await workOrder(ticketId);
          items.push({ ticketId, etag, ...(known === etag ? {} : { order }) });
        } catch (error) {
          const code = errorCode(error);
          // Without a database nothing can be said of any ticket.
          if (code.startsWith("DATABASE_")) throw error;
          if (code === "TICKET_UNKNOWN") continue;
          onFault?.(error);
          items.push({ ticketId, etag: known ?? "", problem: code });
        }
      }
      return items;
    },
    sync: (order) =>
      syncField({ db, begin, ...(onFault ? { onFault } : {}) }, { ...order, nowMs: clock.nowMs() }),
    resetBaseline: ({ ticketId, position, ...by }) =>
      db.transaction(async (tx) => {
        const work = begin(tx, by.actor, by.role, by.engineerId);
        const { machineId = "", finishedAt = work.at } = await requireTicketOf(tx, ticketId);
        const replaced = (await reportsOf(tx, ticketId))
          .filter(({ state }) => state !== "draft")
          .flatMap(({ content }) => replacedParts(planOf(machineId), content));
        const { partNo } = requireReplaced(position, replaced);
        await putReset(work, { machineId, position, partNo, ticketId, at: finishedAt });
      }),
    async reports(ticketId) {
      await requireTicketOf(db, ticketId);
      return reportsOf(db, ticketId);
    },
    async verification(ticketId) {
      await requireTicketOf(db, ticketId);
      const found = await findVerification(db, ticketId);
      if (!found) return undefined;
      const { status, finishedAt, detail, telemetry: seen } = found;
      const progress = seen && {
        operatingSeconds: Math.round(seen.state.operatingMs / 1000),
        neededSeconds: Math.round(seen.spec.minOperatingMs / 1000),
      };
      return { status, finishedAt, detail, ...progress };
    },
  };
}
