import type { Ticket } from "../ticket.ts";
import { findOpenTicket } from "../ticket-store.ts";
import type { TicketWork } from "../ticket-work.ts";
import { tierOf } from "./demand-context.ts";
import { openRequest } from "./parts-flow.ts";
import { describeLine } from "./stock.ts";
import type { StockItem } from "./stock-item.ts";
import { findItem, toItem } from "./stock-levels.ts";
import { requireLocation, stockTablesOf } from "./stock-locations.ts";

const keyOf = ({ partNo, locationId }: StockItem): string => `replenish:${partNo}@${locationId}`;

/** Below its minimum, counting what is on the way. */
const isLow = ({ onHand, inTransitIn, min }: StockItem): boolean => onHand + inTransitIn < min;

/**
 * Opens the parts ticket that stocks an item up to its target, when it is below its minimum and none is open: one per
 * part and destination. Undefined when there is nothing to do.
 */
export async function replenish(
  work: TicketWork,
  partNo: string,
  locationId: string,
): Promise<Ticket | undefined> {
  const item = await findItem(work.tx, partNo, locationId);
  if (!item || !isLow(item) || (await findOpenTicket(work.tx, keyOf(item)))) return undefined;
  const { ids, tx } = work;
  const location = await requireLocation(tx, locationId);
  const free = item.onHand - item.reserved + item.inTransitIn;
  const quantity = Math.max(1, item.target - free);
  const line = await describeLine(tx, { partNo, quantity });
  const { ticket } = await openRequest(work, {
    facts: {
      ticketId: ids.ticketId(),
      progressCode: ids.progressCode(),
      kind: "parts",
      priority: "planned",
      trigger: "replenishment",
      channel: "machine",
      serviceType: "preventive",
      title: {
        en: `Stock up: ${line.name.en}, ${location.name.en}`,
        "zh-CN": `补货：${line.name["zh-CN"]}（${location.name["zh-CN"]}）`,
      },
      regionId: location.regionId,
      stationId: location.stationId ?? locationId,
      planRef: "",
      dedupeKey: keyOf(item),
      candidateFaults: [],
      checks: [],
      predictedParts: [],
      billable: false,
    },
    lines: [line],
    demand: {
      purpose: "replenishment",
      destinationId: locationId,
      tier: tierOf(""),
      isKeyCustomer: false,
      isInWarranty: false,
      approval: "auto",
      isWearListed: false,
      isCentreCovered: false,
    },
    zone: "Asia/Shanghai",
    commandId: `replenish/${ids.rowId()}`,
    reason: "stock below its minimum",
  });
  return ticket;
}

/** Stocks up every item below its minimum, at most `limit` of them. Returns how many tickets were opened. */
export async function replenishAll(work: TicketWork, limit: number): Promise<number> {
  const rows = await stockTablesOf(work.tx)
    .selectFrom("stock_levels")
    .selectAll()
    .where((column) =>
      column(column("on_hand", "+", column.ref("in_transit_in")), "<", column.ref("min_qty")),
    )
    .orderBy("part_no")
    .orderBy("location_id")
    .execute();
  let opened = 0;
  for (const item of rows.map(toItem)) {
    if (opened >= limit) break;
    if (await replenish(work, item.partNo, item.locationId)) opened += 1;
  }
  return opened;
}
