import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceWork } from "../service-work.ts";
import { type Reader, stockTablesOf } from "./stock-locations.ts";
import type { MovementKind } from "./stock-tables.ts";

export interface Movement {
  readonly kind: MovementKind;
  readonly partNo: string;
  readonly locationId: string;
  /** Added to what is on hand here: negative for what leaves, 0 for what was out on loan already. */
  readonly quantity: number;
  /** Pieces moved, when that is not the size of `quantity`. */
  readonly amount?: number;
  /** What leaves was reserved: the reservation ends with it. */
  readonly isReserved?: boolean;
  readonly counterpartId?: string;
  /** The parts ticket; every issue and loan names one (SK-4). */
  readonly ticketId?: string | undefined;
  readonly transferId?: string;
  readonly loanId?: string;
  /** Line of the service report; every consume names one (SK-4). */
  readonly reportLine?: string;
  readonly reason?: string;
}

/**
 * Books one movement: the ledger's row and what is on hand, together. The item must exist.
 * @throws CodedError STOCK_SHORT when less is there, or free, than leaves
 */
export async function book(work: ServiceWork, movement: Movement): Promise<void> {
  await changeLevel(work, movement);
  const { tx, actor, at, ids } = work;
  const { kind, partNo, locationId, quantity } = movement;
  const size = kind === "adjust" ? quantity : Math.abs(quantity);
  await stockTablesOf(tx)
    .insertInto("stock_ledger")
    .values({
      movement_id: ids.rowId(),
      part_no: partNo,
      location_id: locationId,
      kind,
      quantity,
      amount: movement.amount ?? size,
      counterpart_id: movement.counterpartId ?? null,
      ticket_id: movement.ticketId ?? null,
      transfer_id: movement.transferId ?? null,
      loan_id: movement.loanId ?? null,
      report_line: movement.reportLine ?? null,
      reason: movement.reason ?? null,
      actor: actor.id,
      at,
    })
    .execute();
}

async function changeLevel({ tx }: ServiceWork, movement: Movement): Promise<void> {
  const { partNo, locationId, quantity, isReserved = false } = movement;
  if (quantity === 0) return;
  const leaving = Math.max(0, -quantity);
  const { numUpdatedRows } = await stockTablesOf(tx)
    .updateTable("stock_levels")
    .set((column) => ({
      on_hand: column("on_hand", "+", quantity),
      reserved: column("reserved", "-", isReserved ? leaving : 0),
    }))
    .where("part_no", "=", partNo)
    .where("location_id", "=", locationId)
    .where((column) =>
      isReserved
        ? column("reserved", ">=", leaving)
        : column(column("on_hand", "-", column.ref("reserved")), ">=", leaving),
    )
    .executeTakeFirst();
  if (numUpdatedRows !== 1n)
    throw new CodedError(
      "STOCK_SHORT",
      `${locationId} has fewer than ${leaving} free of ${partNo}: count, or release a reservation`,
    );
}

export interface LedgerProblem {
  readonly partNo: string;
  readonly locationId: string;
  readonly what: "on_hand" | "reserved" | "in_transit";
  readonly stored: number;
  readonly replayed: number;
}

/**
 * Replays ledger, reservations and transfers, and names every item whose stored figures differ (SK-1, SK-2, SK-3).
 * Empty when all is well.
 */
export async function checkLedger(reader: Reader): Promise<LedgerProblem[]> {
  const tables = stockTablesOf(reader);
  const sumOf = (rows: readonly { part_no: string; place: string; sum: number | string }[]) =>
    new Map(rows.map(({ part_no, place, sum }) => [`${part_no} ${place}`, Number(sum)]));
  const moved = sumOf(
    await tables
      .selectFrom("stock_ledger")
      .select((column) => [
        "part_no",
        "location_id as place",
        column.fn.sum<number>("quantity").as("sum"),
      ])
      .groupBy(["part_no", "location_id"])
      .execute(),
  );
  const kept = sumOf(
    await tables
      .selectFrom("stock_reservations")
      .select((column) => [
        "part_no",
        "location_id as place",
        column.fn.sum<number>("quantity").as("sum"),
      ])
      .where("state", "in", ["active", "picked"])
      .groupBy(["part_no", "location_id"])
      .execute(),
  );
  const onTheWay = sumOf(
    await tables
      .selectFrom("stock_transfers")
      .select((column) => [
        "part_no",
        "to_id as place",
        column.fn.sum<number>("quantity").as("sum"),
      ])
      .where("state", "=", "in_transit")
      .groupBy(["part_no", "to_id"])
      .execute(),
  );
  const levels = await tables.selectFrom("stock_levels").selectAll().execute();
  return levels.flatMap((level) => {
    const key = `${level.part_no} ${level.location_id}`;
    const compare = (what: LedgerProblem["what"], stored: number, replayed = 0) =>
      stored === replayed
        ? []
        : [{ partNo: level.part_no, locationId: level.location_id, what, stored, replayed }];
    return [
      ...compare("on_hand", level.on_hand, moved.get(key)),
      ...compare("reserved", level.reserved, kept.get(key)),
      ...compare("in_transit", level.in_transit_in, onTheWay.get(key)),
    ];
  });
}
