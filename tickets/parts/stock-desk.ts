import { randomUUID } from "node:crypto";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { once } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import { requireTicket, type TicketWork } from "../ticket-work.ts";
import type { Actor } from "../vocabulary.ts";
import type { ApprovalLevel } from "./approval.ts";
import type { PageOf } from "./cursors.ts";
import type { HandOut } from "./hand-out.ts";
import { type HeldPart, loadHeldParts } from "./held-parts.ts";
import { remindOfLoans } from "./loan-reminders.ts";
import { type PartLoan, requireLoan } from "./loans.ts";
import type { StockLocation } from "./location.ts";
import type { Part } from "./part.ts";
import * as requests from "./parts-commands.ts";
import {
  type PartQuery,
  type PlacesFor,
  pageOfParts,
  partsWithPlace,
  partView,
} from "./parts-queries.ts";
import { requestParts } from "./parts-ticket.ts";
import { returnOldPart, returnPieces } from "./reconcile-parts.ts";
import { replenishAll } from "./replenish.ts";
import type { PartsRequest } from "./stock.ts";
import * as stock from "./stock-commands.ts";
import { loadLocations, putLocation, requireLocation } from "./stock-locations.ts";
import {
  type LedgerQuery,
  type LoanQuery,
  pageOfLedger,
  pageOfLoans,
  pageOfStock,
  pageOfTransfers,
  type StockQuery,
  type TransferQuery,
} from "./stock-queries.ts";
import type { MovementView, PartView, PartWithPlaces, StockView } from "./stock-views.ts";
import { cancel, lose, receive, send } from "./transfer-flow.ts";
import { approveTransfer, pickTransfer, requireTransfer, type Transfer } from "./transfers.ts";
import { addPart, changePart } from "./write-part.ts";

/** Who orders it. The same `commandId` again changes nothing and gives the first answer. */
export interface StockOrder {
  readonly actor: Actor;
  readonly commandId?: string | undefined;
}

interface Item {
  readonly partNo: string;
  readonly locationId: string;
}

export type TransferStep = "approve" | "pick" | "send" | "receive" | "lose" | "cancel";

/**
 * Parts, stock, transfers and loans as pages and programs see and change them. Errors: PART_UNKNOWN, TICKET_UNKNOWN,
 * STOCK_LOCATION_UNKNOWN, TRANSFER_UNKNOWN, LOAN_UNKNOWN (404); STOCK_SHORT, TRANSFER_STATE, LOAN_STATE,
 * RESERVATION_STATE, PARTS_NOT_READY, PARTS_OPEN, TICKET_TRANSITION, COMMAND_REUSED (409); STOCK_BAND, STOCK_QUANTITY,
 * STOCK_CURSOR, TRANSFER_PLACES, PART_ALTERNATE (400); PART_EXISTS (409); PARTS_APPROVAL_LEVEL (403).
 */
export interface StockDesk {
  parts(query: PartQuery): Promise<PageOf<PartView>>;
  part(partNo: string): Promise<PartView>;
  addPart(order: StockOrder & { readonly part: Part }): Promise<PartView>;
  changePart(order: StockOrder & { readonly part: Part }): Promise<PartView>;
  stock(query: StockQuery): Promise<PageOf<StockView>>;
  ledger(query: LedgerQuery): Promise<PageOf<MovementView>>;
  /** For whom a part is kept, and where. */
  held(partNo: string): Promise<HeldPart[]>;
  locations(): Promise<StockLocation[]>;
  transfers(query: TransferQuery): Promise<PageOf<Transfer>>;
  transfer(transferId: string): Promise<Transfer>;
  loans(query: LoanQuery): Promise<PageOf<PartLoan>>;
  places(whom: PlacesFor, wanted: readonly PartsRequest[]): Promise<PartWithPlaces[]>;
  putLocation(order: StockOrder & { readonly location: StockLocation }): Promise<StockLocation>;
  receive(
    order: StockOrder & Item & { quantity: number; bin?: string; reason?: string },
  ): Promise<StockView>;
  adjust(order: StockOrder & Item & { by: number; reason: string }): Promise<StockView>;
  count(order: StockOrder & Item & { counted: number; reason: string }): Promise<StockView>;
  setPolicy(order: StockOrder & Item & stock.ItemPolicy): Promise<StockView>;
  /** A transfer that no ticket asked for. */
  move(order: StockOrder & Item & { toId: string; quantity: number }): Promise<Transfer>;
  stepTransfer(
    order: StockOrder & { transferId: string; step: TransferStep; reason?: string },
  ): Promise<Transfer>;
  returnLoan(
    order: StockOrder & { loanId: string; quantity?: number; locationId?: string },
  ): Promise<PartLoan>;
  returnOldPart(order: StockOrder & { loanId: string }): Promise<PartLoan>;
  consumeLoan(
    order: StockOrder & { loanId: string; quantity?: number; reportLine: string },
  ): Promise<PartLoan>;
  /** Asks for parts for a ticket; gives the new parts ticket, or null when all of it is asked for already. */
  request(
    order: StockOrder & {
      ticketId: string;
      lines: readonly PartsRequest[];
      neededBy?: string;
      reason?: string;
    },
  ): Promise<Ticket | null>;
  approveRequest(
    order: StockOrder & { ticketId: string; level: ApprovalLevel; reason: string },
  ): Promise<Ticket>;
  cancelRequest(order: StockOrder & { ticketId: string; reason: string }): Promise<Ticket>;
  commitDate(order: StockOrder & { ticketId: string; commitAt: string }): Promise<Ticket>;
  sourceAgain(order: StockOrder & { ticketId: string }): Promise<Ticket>;
  layOut(order: StockOrder & { ticketId: string }): Promise<Ticket>;
  handOut(order: StockOrder & HandOut & { ticketId: string }): Promise<Ticket>;
  closeRequest(order: StockOrder & { ticketId: string }): Promise<Ticket>;
  /** What is due by itself: items stocked up, and unused parts asked for. Returns how many of each. */
  tick(): Promise<{ readonly replenished: number; readonly reminded: number }>;
}

export interface StockDeskOptions {
  readonly db: Database;
  /** Of the ticket service, so that its listeners hear of what happens to parts tickets. */
  readonly begin: (tx: Transaction, actor: Actor) => TicketWork;
}

/** Of each in one transaction; the rest has its turn with the next. */
const PER_TICK = 50;

export function createStockDesk({ db, begin }: StockDeskOptions): StockDesk {
  /** One order in a transaction of its own, once. */
  const obey = <Answer>(
    { actor, commandId = randomUUID() }: StockOrder,
    { name, subject }: { readonly name: string; readonly subject: string },
    run: (work: TicketWork) => Promise<Answer>,
  ): Promise<Answer> =>
    db.transaction((tx) => {
      const work = begin(tx, actor);
      return once(work, { commandId, name: `stock.${name}`, subject }, () => run(work));
    });

  const change = (
    order: StockOrder & Item,
    name: string,
    run: (work: TicketWork) => Promise<unknown>,
  ): Promise<StockView> =>
    obey(order, { name, subject: `${order.partNo}@${order.locationId}` }, async (work) => {
      await run(work);
      const { partNo, locationId } = order;
      const { items } = await pageOfStock(work.tx, { partNo, locationId, limit: 1 });
      const [view] = items;
      if (!view) throw new TypeError("an item that was just written is there");
      return view;
    });

  const onPart = (
    order: StockOrder & { readonly part: Part },
    name: string,
    write: typeof addPart,
  ): Promise<PartView> =>
    obey(order, { name, subject: order.part.partNo }, async (work) => {
      await write(work, order.part);
      return partView(work.tx, order.part.partNo);
    });

  const onTicket = (
    order: StockOrder & { readonly ticketId: string },
    name: string,
    run: (work: TicketWork) => Promise<Ticket>,
  ): Promise<Ticket> => obey(order, { name, subject: order.ticketId }, run);

  const onLoan = (
    order: StockOrder & { readonly loanId: string },
    name: string,
    run: (work: TicketWork) => Promise<unknown>,
  ): Promise<PartLoan> =>
    obey(order, { name, subject: order.loanId }, async (work) => {
      await run(work);
      return requireLoan(work.tx, order.loanId);
    });

  return {
    parts: (query) => pageOfParts(db, query),
    part: (partNo) => partView(db, partNo),
    addPart: (order) => onPart(order, "add-part", addPart),
    changePart: (order) => onPart(order, "change-part", changePart),
    stock: (query) => pageOfStock(db, query),
    ledger: (query) => pageOfLedger(db, query),
    held: (partNo) => loadHeldParts(db, partNo),
    locations: async () => [...(await loadLocations(db)).values()],
    transfers: (query) => pageOfTransfers(db, query),
    transfer: (transferId) => requireTransfer(db, transferId),
    loans: (query) => pageOfLoans(db, query),
    places: (whom, wanted) => partsWithPlace(db, whom, wanted),
    putLocation: (order) =>
      obey(order, { name: "put-location", subject: order.location.locationId }, async (work) => {
        await putLocation(work, order.location);
        return requireLocation(work.tx, order.location.locationId);
      }),
    receive: (order) => change(order, "receive", (work) => stock.receiveStock(work, order)),
    adjust: (order) => change(order, "adjust", (work) => stock.adjustStock(work, order)),
    count: (order) => change(order, "count", (work) => stock.countStock(work, order)),
    setPolicy: (order) => change(order, "set-policy", (work) => stock.setPolicy(work, order)),
    move: (order) =>
      obey(order, { name: "move", subject: `${order.partNo}@${order.locationId}` }, (work) =>
        stock.moveStockTo(work, order),
      ),
    stepTransfer: (order) =>
      obey(order, { name: order.step, subject: order.transferId }, (work) =>
        stepOf(work, order.transferId, order),
      ),
    returnLoan: (order) =>
      onLoan(order, "return", (work) => returnPieces(work, order.loanId, order)),
    returnOldPart: (order) =>
      onLoan(order, "return-old-part", (work) => returnOldPart(work, order.loanId)),
    consumeLoan: (order) =>
      onLoan(order, "consume", (work) => requests.consumeLoan(work, order.loanId, order)),
    request: (order) =>
      obey(order, { name: "request", subject: order.ticketId }, (work) => requestFor(work, order)),
    approveRequest: (order) =>
      onTicket(order, "approve", (work) => requests.approveRequest(work, order.ticketId, order)),
    cancelRequest: (order) =>
      onTicket(order, "cancel", (work) =>
        requests.cancelRequest(work, order.ticketId, order.reason),
      ),
    commitDate: (order) =>
      onTicket(order, "commit", (work) =>
        requests.commitDate(work, order.ticketId, order.commitAt),
      ),
    sourceAgain: (order) =>
      onTicket(order, "source", (work) => requests.sourceAgain(work, order.ticketId)),
    layOut: (order) => onTicket(order, "lay-out", (work) => requests.layOut(work, order.ticketId)),
    handOut: (order) =>
      onTicket(order, "hand-out", (work) => requests.handOutParts(work, order.ticketId, order)),
    closeRequest: (order) =>
      onTicket(order, "close", (work) => requests.closeRequest(work, order.ticketId)),
    tick: () =>
      db.transaction(async (tx) => {
        const work = begin(tx, { kind: "system", id: "stock" });
        const reminded = await remindOfLoans(work, PER_TICK);
        return { replenished: await replenishAll(work, PER_TICK), reminded };
      }),
  };
}

async function stepOf(
  work: TicketWork,
  transferId: string,
  { step, reason = "" }: { readonly step: TransferStep; readonly reason?: string },
): Promise<Transfer> {
  switch (step) {
    case "approve":
      return approveTransfer(work, await requireTransfer(work.tx, transferId));
    case "pick":
      return pickTransfer(work, await requireTransfer(work.tx, transferId));
    case "send":
      return send(work, transferId);
    case "receive":
      return receive(work, transferId);
    case "lose":
      return lose(work, transferId, reason);
    case "cancel":
      return cancel(work, transferId, reason);
  }
}

async function requestFor(
  work: TicketWork,
  order: {
    readonly ticketId: string;
    readonly lines: readonly PartsRequest[];
    readonly neededBy?: string;
    readonly reason?: string;
  },
): Promise<Ticket | null> {
  const parent = await requireTicket(work.tx, order.ticketId);
  const { neededBy, reason } = order;
  const ticket = await requestParts(work, parent, order.lines, {
    commandId: work.ids.rowId(),
    ...(neededBy === undefined ? {} : { neededBy }),
    ...(reason === undefined ? {} : { reason }),
  });
  return ticket ?? null;
}
