import assert from "node:assert/strict";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { I18nText } from "../evidence.ts";
import type { PredictedPart } from "../ticket-facts.ts";
import { rankStations } from "./choose-station.ts";
import type { Part, Station } from "./parts-file.ts";
import type { PartsLine } from "./parts-line.ts";
import type { PartsTables } from "./parts-tables.ts";

/** Who changes the stock, when, and for which parts ticket. */
export interface StockContext {
  readonly tx: Transaction;
  readonly ticketId: string;
  readonly actorId: string;
  readonly at: string;
  readonly newId: () => string;
}

export interface PartsRequest {
  readonly partNo: string;
  readonly quantity: number;
}

async function findPart(tx: Transaction, partNo: string): Promise<Part | undefined> {
  const row = await tx
    .tables<PartsTables>()
    .selectFrom("parts")
    .select("body")
    .where("part_no", "=", partNo)
    .executeTakeFirst();
  return row && (JSON.parse(row.body) as Part);
}

/** The same parts with their names in the parts master; a number it does not know stays without one. */
export async function nameParts(
  tx: Transaction,
  parts: readonly PredictedPart[],
): Promise<PredictedPart[]> {
  const named: PredictedPart[] = [];
  for (const part of parts) {
    const name = (await findPart(tx, part.partNo))?.name;
    named.push(name === undefined ? part : { ...part, name });
  }
  return named;
}

/** What is asked for, in words and figures of the parts master; a number it does not know is its own name. */
export async function describeLine(
  tx: Transaction,
  { partNo, quantity }: PartsRequest,
): Promise<PartsLine> {
  const part = await findPart(tx, partNo);
  return {
    partNo,
    name: part?.name ?? { en: partNo, "zh-CN": partNo },
    quantity,
    unitPriceFen: part?.unitPriceFen ?? 0,
    leadTimeDays: part?.leadTimeDays ?? 0,
    state: "requested",
  };
}

/** Keeps the parts of one line at one station, or says that none has them. */
export async function reserveLine(
  context: StockContext,
  line: PartsLine,
  homeStationId: string,
): Promise<PartsLine> {
  const { tx, ticketId, at, newId } = context;
  const { partNo, quantity } = line;
  const tables = tx.tables<PartsTables>();
  const stock = await tables
    .selectFrom("stock_items")
    .innerJoin("stations", "stations.station_id", "stock_items.station_id")
    .select([
      "stock_items.station_id as stationId",
      "on_hand as onHand",
      "reserved",
      "bin",
      "stations.body as station",
    ])
    .where("part_no", "=", partNo)
    .execute();
  for (const { stationId, bin, station } of rankStations(stock, quantity, homeStationId)) {
    if (!(await take(tx, partNo, stationId, quantity))) continue;
    const reservationId = newId();
    await tables
      .insertInto("reservations")
      .values({
        reservation_id: reservationId,
        ticket_id: ticketId,
        part_no: partNo,
        station_id: stationId,
        quantity,
        state: "active",
        at,
      })
      .execute();
    const stationName: I18nText = (JSON.parse(station) as Station).name;
    return {
      ...line,
      state: "reserved",
      reservation: { reservationId, stationId, stationName, bin },
    };
  }
  return { ...line, state: "backordered" };
}

/** Only while it is still there: of two that want the last one, one changes a row (SK-9). */
async function take(
  tx: Transaction,
  partNo: string,
  stationId: string,
  quantity: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .tables<PartsTables>()
    .updateTable("stock_items")
    .set((column) => ({ reserved: column("reserved", "+", quantity) }))
    .where("part_no", "=", partNo)
    .where("station_id", "=", stationId)
    .where((column) => column(column("on_hand", "-", column.ref("reserved")), ">=", quantity))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Ends the reservation of a line: the parts were used and leave the stock, or are free again. A line without one is
 * only marked.
 */
export async function settleLine(
  context: StockContext,
  line: PartsLine,
  isUsed: boolean,
): Promise<PartsLine> {
  const state = isUsed ? "consumed" : "released";
  if (line.state !== "reserved" || !line.reservation) return { ...line, state: "released" };
  const { tx, ticketId, actorId, at, newId } = context;
  const { partNo, quantity } = line;
  const { reservationId, stationId } = line.reservation;
  const tables = tx.tables<PartsTables>();
  const ended = await tables
    .updateTable("reservations")
    .set({ state: isUsed ? "fulfilled" : "released" })
    .where("reservation_id", "=", reservationId)
    .where("state", "=", "active")
    .executeTakeFirst();
  assert.equal(ended.numUpdatedRows, 1n, "a reserved line has an active reservation");
  await tables
    .updateTable("stock_items")
    .set((column) => ({
      reserved: column("reserved", "-", quantity),
      on_hand: column("on_hand", "-", isUsed ? quantity : 0),
    }))
    .where("part_no", "=", partNo)
    .where("station_id", "=", stationId)
    .execute();
  if (isUsed)
    await tables
      .insertInto("stock_movements")
      .values({
        movement_id: newId(),
        part_no: partNo,
        station_id: stationId,
        kind: "consume",
        quantity: -quantity,
        ticket_id: ticketId,
        actor: actorId,
        at,
      })
      .execute();
  return { ...line, state };
}
