import { inBatches, type Reader } from "../../organisation/file-store.ts";
import { book } from "../../parts/stock-ledger.ts";
import { ensureItem, toItem } from "../../parts/stock-levels.ts";
import { loadLocations, stockTablesOf } from "../../parts/stock-locations.ts";
import { number, text } from "../cell-reader.ts";
import { column, type RowOf, required } from "../columns.ts";
import { recordImport } from "../record-import.ts";
import { partsOf } from "./parts.ts";

const pieces = number({ min: 0, max: 1_000_000, isInteger: true });

const columns = {
  partNo: required(column(["Part number", "配件编号"], text(100), "EXAMPLE-OPS-01")),
  locationId: required(column(["Location id", "库位编号"], text(100), "changsha")),
  bin: column(["Bin", "货位号"], text(100), "A-03-2"),
  quantity: required(
    column(["Counted", "实际库存量"], pieces, 4, [
      "pieces that were counted; the difference to what is booked becomes a movement",
      "盘点数量；与账面的差额会登记为库存变动",
    ]),
  ),
  min: column(["Min", "最低库存"], pieces, 2),
  target: column(["Target", "目标库存"], pieces, 4),
  max: column(["Max", "最高库存"], pieces, 6),
};

/** What a row says of one part at one place; `reserved` is only known. */
interface StockRecord {
  readonly partNo: string;
  readonly locationId: string;
  readonly bin: string;
  readonly quantity: number;
  readonly min: number;
  readonly target: number;
  readonly max: number;
}

const NO_BIN = "-";

const keyOf = ({ partNo, locationId }: RowOf<typeof columns>): string | undefined =>
  partNo && locationId ? `${partNo} @ ${locationId}` : undefined;

export const stock = recordImport<StockRecord, typeof columns>({
  title: { en: "Stock", "zh-CN": "库存" },
  notes: [
    {
      en: "Every difference is booked: as a receipt where nothing was, else as an adjustment.",
      "zh-CN": "每个差额都会登记：原来没有的为“入库”，其余为“盘点调整”。",
    },
  ],
  columns,
  firstKey: "partNo",
  keyOf,
  keyColumn: ({ partNo }) => (partNo ? "locationId" : "partNo"),
  async load(reader, rows) {
    const partNos = rows.map(({ partNo }) => partNo ?? undefined);
    const parts = await partsOf(reader, partNos);
    const locations = await loadLocations(reader);
    const items = await itemsOf(reader, partNos);
    const reserved = new Map(items.map((item) => [itemKey(item), item.reserved]));
    return {
      stored: new Map(items.map((item) => [itemKey(item), toRecord(item)])),
      check({ partNo, locationId, quantity, min, target, max }, _before, report) {
        if (!parts.has(partNo))
          report("partNo", `there is no part ${partNo}`, `没有编号为 ${partNo} 的配件`);
        if (!locations.has(locationId))
          report(
            "locationId",
            `there is no stock location ${locationId}`,
            `没有库位 ${locationId}`,
          );
        const promised = reserved.get(`${partNo} @ ${locationId}`) ?? 0;
        if (quantity < promised)
          report(
            "quantity",
            `${promised} are reserved here, so fewer than that cannot be`,
            `此处已预留 ${promised} 件，数量不能更少`,
          );
        if (min > target)
          report("target", "the target is below the minimum", "目标库存低于最低库存");
        if (target > max) report("max", "the maximum is below the target", "最高库存低于目标库存");
      },
    };
  },
  toItem: (row, before) => ({
    partNo: row.partNo ?? "",
    locationId: row.locationId ?? "",
    bin: row.bin ?? (row.bin === null ? NO_BIN : (before?.bin ?? NO_BIN)),
    quantity: row.quantity ?? before?.quantity ?? 0,
    ...bandAfter(row, before),
  }),
  put: putStock,
  async values(reader) {
    const items = await itemsOf(reader);
    return items.map((item) => {
      const { bin, ...record } = toRecord(item);
      return { ...record, ...(bin === NO_BIN ? {} : { bin }) };
    });
  },
});

/** A band that is not spelled out rises with what is: a minimum alone is target and maximum, too. */
function bandAfter(
  row: RowOf<typeof columns>,
  before: StockRecord | undefined,
): Pick<StockRecord, "min" | "target" | "max"> {
  const min = row.min ?? (row.min === null ? 0 : (before?.min ?? 0));
  const target = row.target ?? before?.target ?? min;
  return { min, target, max: row.max ?? before?.max ?? target };
}

type Item = ReturnType<typeof toItem>;
const itemKey = ({ partNo, locationId }: Item): string => `${partNo} @ ${locationId}`;

const toRecord = ({ partNo, locationId, bin, onHand, min, target, max }: Item): StockRecord => ({
  partNo,
  locationId,
  bin,
  quantity: onHand,
  min,
  target,
  max,
});

/** All, or what places have of these parts. */
async function itemsOf(reader: Reader, partNos?: readonly (string | undefined)[]): Promise<Item[]> {
  const query = stockTablesOf(reader)
    .selectFrom("stock_levels")
    .selectAll()
    .orderBy("part_no")
    .orderBy("location_id");
  const rows = partNos
    ? await inBatches(partNos, (batch) => query.where("part_no", "in", batch).execute())
    : await query.execute();
  return rows.map(toItem);
}

async function putStock(
  work: Parameters<typeof book>[0],
  record: StockRecord,
  before: StockRecord | undefined,
): Promise<void> {
  const { partNo, locationId, bin, quantity, min, target, max } = record;
  await ensureItem(work, partNo, locationId, bin);
  await stockTablesOf(work.tx)
    .updateTable("stock_levels")
    .set({ bin, min_qty: min, target_qty: target, max_qty: max })
    .where("part_no", "=", partNo)
    .where("location_id", "=", locationId)
    .execute();
  const difference = quantity - (before?.quantity ?? 0);
  if (difference === 0) return;
  const kind = before === undefined ? "receipt" : "adjust";
  await book(work, { kind, partNo, locationId, quantity: difference, reason: "counted (import)" });
}
