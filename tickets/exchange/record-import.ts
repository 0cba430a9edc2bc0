import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Reader } from "../organisation/file-store.ts";
import type { OrganisationWork } from "../organisation/put-machine.ts";
import type { Columns, RowOf } from "./columns.ts";
import { exchangeConfig } from "./exchange-config.ts";
import type { ImportKind, ImportPlan } from "./import-kind.ts";
import { countOf, RowPlan } from "./plan-rows.ts";
import type { ReadRow, ReadRows } from "./read-rows.ts";

/** What a row may be checked against, loaded once for all rows. */
export interface RecordContext<Item> {
  readonly stored: ReadonlyMap<string, Item>;
  /** Reports what is wrong with a record; `key` is the column at fault. */
  check(
    item: Item,
    before: Item | undefined,
    report: (key: string, en: string, zh: string) => void,
  ): void;
}

export interface RecordImport<Item, Some extends Columns>
  extends Pick<ImportKind, "title" | "notes"> {
  readonly columns: Some;
  readonly firstKey: keyof Some & string;
  /** Undefined when a cell of the key is empty. */
  readonly keyOf: (row: RowOf<Some>) => string | undefined;
  /** Of a row that lacks its key: which column. */
  readonly keyColumn: (row: RowOf<Some>) => keyof Some & string;
  readonly load: (reader: Reader, rows: readonly RowOf<Some>[]) => Promise<RecordContext<Item>>;
  readonly toItem: (row: RowOf<Some>, before: Item | undefined) => Item;
  readonly put: (work: OrganisationWork, item: Item, before: Item | undefined) => Promise<void>;
  readonly values: ImportKind["values"];
}

/** An import of records that are no files of the organisation: parts, stock, past service. */
export function recordImport<Item, Some extends Columns>(
  spec: RecordImport<Item, Some>,
): ImportKind {
  const { title, notes, columns, firstKey, values } = spec;
  const rowOf = (row: ReadRow<Columns>) => row.values as RowOf<Some>;
  const plan = async (reader: Reader, read: ReadRows<Columns>): Promise<ImportPlan> => {
    const rows = new RowPlan(columns, read);
    const context = await spec.load(reader, read.rows.map(rowOf));
    const changes: { item: Item; before: Item | undefined; put: "created" | "changed" | "same" }[] =
      [];
    const unique = rows.byKey(
      (one) => spec.keyOf(rowOf(one)),
      (one) => spec.keyColumn(rowOf(one)),
    );
    for (const [index, row] of unique.entries()) {
      if (index % exchangeConfig.rowsPerTurn === 0) await nextTurn();
      const before = context.stored.get(spec.keyOf(rowOf(row)) ?? "");
      const values = rows.wholeValues(row, before === undefined) as RowOf<Some>;
      const item = spec.toItem(values, before);
      context.check(item, before, (key, en, zh) => rows.report(row, key, { en, "zh-CN": zh }));
      const isSame = isDeepStrictEqual(before, item);
      changes.push({
        item,
        before,
        put: before === undefined ? "created" : isSame ? "same" : "changed",
      });
    }
    return {
      faults: rows.faults,
      counts: countOf(changes.map(({ put }) => put)),
      async write(work, wrote) {
        for (const [index, { item, before, put }] of changes.entries()) {
          if (put !== "same") await spec.put(work, item, before);
          await wrote(index + 1);
        }
      },
    };
  };
  return { title, notes, columns, firstKey, plan, values };
}
