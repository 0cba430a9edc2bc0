import { type PageOf, type PageRequest, pageOf, parseCursor } from "./cursors.ts";
import { type PartLoan, toLoan } from "./loans.ts";
import { type Part, tiers } from "./part.ts";
import { available, type StockItem } from "./stock-item.ts";
import { loadParts, toItem } from "./stock-levels.ts";
import { loadLocations, type Reader, stockTablesOf } from "./stock-locations.ts";
import { type BandStatus, bandStatus } from "./stock-policy.ts";
import type { StockLevelRow, StockTables, TransferState } from "./stock-tables.ts";
import type { MovementView, StockView } from "./stock-views.ts";
import { type Transfer, toTransfer } from "./transfers.ts";

export interface StockQuery extends PageRequest {
  readonly partNo?: string | undefined;
  readonly locationId?: string | undefined;
  /** Below or above its band, one of both, or within. */
  readonly band?: BandStatus | "outside" | undefined;
}

/** What places have, in the order of part and place. */
export async function pageOfStock(reader: Reader, query: StockQuery): Promise<PageOf<StockView>> {
  const { partNo, locationId, band, limit, after } = query;
  let rows = stockTablesOf(reader)
    .selectFrom("stock_levels")
    .selectAll()
    .orderBy("part_no")
    .orderBy("location_id")
    .limit(limit + 1);
  if (partNo !== undefined) rows = rows.where("part_no", "=", partNo);
  if (locationId !== undefined) rows = rows.where("location_id", "=", locationId);
  if (band === "below") rows = rows.whereRef("on_hand", "<", "min_qty");
  if (band === "above") rows = rows.where("max_qty", ">", 0).whereRef("on_hand", ">", "max_qty");
  if (band === "outside")
    rows = rows.where((column) =>
      column.or([
        column("on_hand", "<", column.ref("min_qty")),
        column.and([column("max_qty", ">", 0), column("on_hand", ">", column.ref("max_qty"))]),
      ]),
    );
  if (band === "within")
    rows = rows
      .whereRef("on_hand", ">=", "min_qty")
      .where((column) =>
        column.or([column("max_qty", "=", 0), column("on_hand", "<=", column.ref("max_qty"))]),
      );
  if (after !== undefined) {
    const [lastPart, lastPlace] = parseCursor(after);
    rows = rows.where((column) =>
      column.or([
        column("part_no", ">", lastPart),
        column.and([column("part_no", "=", lastPart), column("location_id", ">", lastPlace)]),
      ]),
    );
  }
  const found = await rows.execute();
  const page = pageOf(found, limit, {
    toItem,
    keysOf: ({ part_no, location_id }: StockLevelRow) => [part_no, location_id],
  });
  return { ...page, items: await toViews(reader, page.items) };
}

async function toViews(reader: Reader, items: readonly StockItem[]): Promise<StockView[]> {
  const locations = await loadLocations(reader, [...new Set(items.map((one) => one.locationId))]);
  const parts = await loadParts(reader, [...new Set(items.map(({ partNo }) => partNo))]);
  return items.flatMap((item) => {
    const [part, location] = [parts.get(item.partNo), locations.get(item.locationId)];
    return part && location ? [toView(item, part, location)] : [];
  });
}

function toView(
  item: StockItem,
  part: Part,
  location: NonNullable<
    Awaited<ReturnType<typeof loadLocations>> extends Map<string, infer At> ? At : never
  >,
): StockView {
  const [exceed, above, meet] = tiers.map((tier) => available(item, tier));
  return {
    partNo: item.partNo,
    partName: part.name,
    unitPriceFen: part.unitPriceFen,
    locationId: item.locationId,
    locationName: location.name,
    locationKind: location.kind,
    regionId: location.regionId,
    bin: item.bin,
    onHand: item.onHand,
    reserved: item.reserved,
    inTransitIn: item.inTransitIn,
    available: { exceed: exceed ?? 0, above: above ?? 0, meet: meet ?? 0 },
    ringFenced: item.ringFenced,
    plannedQty: item.plannedQty,
    min: item.min,
    target: item.target,
    max: item.max,
    band: bandStatus(item.onHand, item),
  };
}

export interface LedgerQuery extends PageRequest {
  readonly partNo: string;
  readonly locationId?: string | undefined;
}

/** The ledger of a part, newest first; at one place, or all. */
export async function pageOfLedger(
  reader: Reader,
  { partNo, locationId, limit, after }: LedgerQuery,
): Promise<PageOf<MovementView>> {
  let rows = stockTablesOf(reader)
    .selectFrom("stock_ledger")
    .selectAll()
    .where("part_no", "=", partNo)
    .orderBy("at", "desc")
    .orderBy("movement_id", "desc")
    .limit(limit + 1);
  if (locationId !== undefined) rows = rows.where("location_id", "=", locationId);
  if (after !== undefined) {
    const [at, id] = parseCursor(after);
    rows = rows.where((column) =>
      column.or([
        column("at", "<", at),
        column.and([column("at", "=", at), column("movement_id", "<", id)]),
      ]),
    );
  }
  return pageOf(await rows.execute(), limit, {
    toItem: toMovement,
    keysOf: ({ at, movement_id }: StockTables["stock_ledger"]) => [at, movement_id],
  });
}

const present = <Key extends string>(key: Key, value: string | null) =>
  (value === null ? {} : { [key]: value }) as Partial<Record<Key, string>>;

function toMovement(row: StockTables["stock_ledger"]): MovementView {
  const isLeaving = row.quantity < 0;
  return {
    movementId: row.movement_id,
    kind: row.kind,
    partNo: row.part_no,
    locationId: row.location_id,
    quantity: row.quantity,
    amount: row.amount,
    ...present("fromId", isLeaving ? row.location_id : row.counterpart_id),
    ...present("toId", isLeaving ? row.counterpart_id : row.location_id),
    ...present("ticketId", row.ticket_id),
    ...present("transferId", row.transfer_id),
    ...present("loanId", row.loan_id),
    ...present("reportLine", row.report_line),
    ...present("reason", row.reason),
    actor: row.actor,
    at: row.at,
  };
}

export interface TransferQuery extends PageRequest {
  readonly isOpen?: boolean | undefined;
  readonly state?: TransferState | undefined;
  /** From or to this place. */
  readonly locationId?: string | undefined;
  readonly ticketId?: string | undefined;
}

/** Newest first. */
export async function pageOfTransfers(
  reader: Reader,
  { isOpen, state, locationId, ticketId, limit, after }: TransferQuery,
): Promise<PageOf<Transfer>> {
  let rows = stockTablesOf(reader)
    .selectFrom("stock_transfers")
    .selectAll()
    .orderBy("requested_at", "desc")
    .orderBy("transfer_id", "desc")
    .limit(limit + 1);
  if (isOpen !== undefined) rows = rows.where("is_open", "=", isOpen ? 1 : 0);
  if (state !== undefined) rows = rows.where("state", "=", state);
  if (ticketId !== undefined) rows = rows.where("ticket_id", "=", ticketId);
  if (locationId !== undefined)
    rows = rows.where((column) =>
      column.or([column("from_id", "=", locationId), column("to_id", "=", locationId)]),
    );
  if (after !== undefined) {
    const [at, id] = parseCursor(after);
    rows = rows.where((column) =>
      column.or([
        column("requested_at", "<", at),
        column.and([column("requested_at", "=", at), column("transfer_id", "<", id)]),
      ]),
    );
  }
  return pageOf(await rows.execute(), limit, {
    toItem: toTransfer,
    keysOf: ({ requested_at, transfer_id }: StockTables["stock_transfers"]) => [
      requested_at,
      transfer_id,
    ],
  });
}

export interface LoanQuery extends PageRequest {
  readonly isOpen?: boolean | undefined;
  readonly engineerId?: string | undefined;
  readonly locationId?: string | undefined;
}

/** Oldest first: what is out longest comes first. */
export async function pageOfLoans(
  reader: Reader,
  { isOpen, engineerId, locationId, limit, after }: LoanQuery,
): Promise<PageOf<PartLoan>> {
  let rows = stockTablesOf(reader)
    .selectFrom("part_loans")
    .selectAll()
    .orderBy("opened_at")
    .orderBy("loan_id")
    .limit(limit + 1);
  if (isOpen !== undefined) rows = rows.where("is_open", "=", isOpen ? 1 : 0);
  if (engineerId !== undefined) rows = rows.where("engineer_id", "=", engineerId);
  if (locationId !== undefined) rows = rows.where("location_id", "=", locationId);
  if (after !== undefined) {
    const [at, id] = parseCursor(after);
    rows = rows.where((column) =>
      column.or([
        column("opened_at", ">", at),
        column.and([column("opened_at", "=", at), column("loan_id", ">", id)]),
      ]),
    );
  }
  return pageOf(await rows.execute(), limit, {
    toItem: toLoan,
    keysOf: ({ opened_at, loan_id }: StockTables["part_loans"]) => [opened_at, loan_id],
  });
}
