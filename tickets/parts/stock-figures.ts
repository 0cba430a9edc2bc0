import { loadParts } from "./stock-levels.ts";
import { loadLocations, type Reader, stockTablesOf } from "./stock-locations.ts";

export interface FigureQuery {
  /** ISO instants; from inclusive, until exclusive. */
  readonly from: string;
  readonly until: string;
  /** Places of one region only. */
  readonly regionId?: string;
}

/** What the KPIs of stock are made of; fen, at the prices of the parts master. */
export interface StockFigures {
  /** Value of what was consumed or issued. */
  readonly consumptionValueFen: number;
  /** Value of what was on hand, averaged over time. */
  readonly averageStockValueFen: number;
  /** Value of what was adjusted away, without losses in transit. */
  readonly adjustedOutValueFen: number;
  readonly lostValueFen: number;
  readonly itemsInBand: number;
  readonly items: number;
}

/** Replays the ledger over a period (O-14: turnover is consumption over average stock value). */
export async function stockFigures(reader: Reader, query: FigureQuery): Promise<StockFigures> {
  const { regionId } = query;
  const locations = await loadLocations(reader);
  const isMeant = (locationId: string) =>
    regionId === undefined || locations.get(locationId)?.regionId === regionId;
  const rows = await stockTablesOf(reader)
    .selectFrom("stock_ledger")
    .select(["part_no", "location_id", "kind", "quantity", "amount", "reason", "at"])
    .where("at", "<", query.until)
    .orderBy("at")
    .execute();
  const meant = rows.filter(({ location_id }) => isMeant(location_id));
  const parts = await loadParts(reader, [...new Set(meant.map(({ part_no }) => part_no))]);
  const valued = meant.map((row): ValuedMovement => {
    const priceFen = parts.get(row.part_no)?.unitPriceFen ?? 0;
    const { kind, at, reason } = row;
    return { kind, at, reason, changeFen: row.quantity * priceFen, sizeFen: row.amount * priceFen };
  });
  return { ...sumOf(valued, query), ...(await bandOf(reader, isMeant)) };
}

interface ValuedMovement {
  readonly kind: string;
  readonly at: string;
  readonly reason: string | null;
  readonly changeFen: number;
  readonly sizeFen: number;
}

/** `movements`: all before `until`, in the order of time. Pure. */
export function sumOf(
  movements: readonly ValuedMovement[],
  { from, until }: Pick<FigureQuery, "from" | "until">,
): Omit<StockFigures, "items" | "itemsInBand"> {
  const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)];
  let [valueFen, lastMs, weighted] = [0, fromMs, 0];
  let [consumptionValueFen, adjustedOutValueFen, lostValueFen] = [0, 0, 0];
  for (const { kind, at, reason, changeFen, sizeFen } of movements) {
    const atMs = Math.max(fromMs, Date.parse(at));
    weighted += valueFen * (atMs - lastMs);
    lastMs = atMs;
    valueFen += changeFen;
    if (Date.parse(at) < fromMs) continue;
    if (kind === "consume") consumptionValueFen += sizeFen;
    if (kind !== "adjust" || changeFen >= 0) continue;
    if (reason?.startsWith("lost: ")) lostValueFen -= changeFen;
    else adjustedOutValueFen -= changeFen;
  }
  weighted += valueFen * (untilMs - lastMs);
  const averageStockValueFen = untilMs > fromMs ? Math.round(weighted / (untilMs - fromMs)) : 0;
  return { consumptionValueFen, averageStockValueFen, adjustedOutValueFen, lostValueFen };
}

async function bandOf(
  reader: Reader,
  isMeant: (locationId: string) => boolean,
): Promise<Pick<StockFigures, "items" | "itemsInBand">> {
  const rows = await stockTablesOf(reader)
    .selectFrom("stock_levels")
    .select(["location_id", "on_hand", "min_qty", "max_qty"])
    .where("max_qty", ">", 0)
    .execute();
  const items = rows.filter(({ location_id }) => isMeant(location_id));
  const inBand = items.filter(
    ({ on_hand, min_qty, max_qty }) => min_qty <= on_hand && on_hand <= max_qty,
  );
  return { items: items.length, itemsInBand: inBand.length };
}
