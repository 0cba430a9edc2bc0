import { type Static, Type } from "typebox";
import { closed, Instant, literals, priorities } from "../vocabulary.ts";
import type { Claim } from "./contention.ts";
import { tiers } from "./part.ts";
import { type Reader, stockTablesOf } from "./stock-locations.ts";

/** Pieces kept for somebody at a place. */
export const HeldPart = Type.Object(
  {
    reservationId: Type.String(),
    locationId: Type.String(),
    quantity: Type.Integer({ minimum: 1 }),
    state: literals(["active", "picked"]),
    ticketId: Type.Optional(Type.String({ description: "parts ticket; absent: of a transfer" })),
    priority: literals(priorities),
    tier: literals(tiers),
    at: Instant,
  },
  closed,
);
export type HeldPart = Static<typeof HeldPart>;

/** For whom a part is kept, those who asked first coming first. */
export async function loadHeldParts(reader: Reader, partNo: string): Promise<HeldPart[]> {
  const rows = await stockTablesOf(reader)
    .selectFrom("stock_reservations")
    .selectAll()
    .where("part_no", "=", partNo)
    .where("state", "in", ["active", "picked"])
    .orderBy("at")
    .orderBy("reservation_id")
    .execute();
  return rows.map((row) => {
    const { priority, tier } = JSON.parse(row.claim) as Claim;
    return {
      reservationId: row.reservation_id,
      locationId: row.location_id,
      quantity: row.quantity,
      state: row.state === "picked" ? "picked" : "active",
      ...(row.ticket_id === null ? {} : { ticketId: row.ticket_id }),
      priority,
      tier,
      at: row.at,
    };
  });
}
