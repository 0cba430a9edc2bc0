import { inBatches, type Reader } from "../../organisation/file-store.ts";
import type { AbcClass, Part } from "../../parts/part.ts";
import { putPart } from "../../parts/write-part.ts";
import { choice, day, list, number, text, yesNo, yuan } from "../cell-reader.ts";
import { column, type RowOf, required } from "../columns.ts";
import { laidOver } from "../file-import.ts";
import { recordImport } from "../record-import.ts";
import { abcNames, categoryNames, difficultyNames } from "../words.ts";

const columns = {
  partNo: required(column(["Part number", "配件编号"], text(100), "EXAMPLE-OPS-01")),
  nameZh: required(column(["Chinese name", "中文名称"], text(), "机油压力传感器")),
  nameEn: column(["English name", "英文名称"], text(), "Engine oil pressure sensor", [
    "left out for a new part: as the Chinese name",
    "新配件留空时与中文名称相同",
  ]),
  spec: column(["Specification", "规格型号"], text(), "0-1 MPa, M12"),
  category: required(column(["Category", "类别"], choice(categoryNames), "standard")),
  unitPriceFen: required(column(["Unit price (yuan)", "单价（元）"], yuan(), 38_000)),
  leadTimeDays: required(
    column(
      ["Lead time (days)", "采购周期（天）"],
      number({ min: 0, max: 3650, isInteger: true }),
      7,
      ["calendar days", "日历天"],
    ),
  ),
  imported: column(["Imported", "进口"], yesNo(), false),
  outsourced: column(["Outsourced", "外购"], yesNo(), false),
  isRepairable: column(["Repairable", "可维修"], yesNo(), false),
  repairDifficulty: column(["Repair difficulty", "维修难度"], choice(difficultyNames), "medium"),
  replacementDifficulty: column(
    ["Replacement difficulty", "更换难度"],
    choice(difficultyNames),
    "low",
  ),
  abcClass: column(["ABC class", "ABC 分类"], choice<AbcClass>(abcNames), "B"),
  alternates: column(
    ["Alternates", "替代件"],
    list(text(100)),
    ["OPS-02"],
    ["part numbers that may be fitted instead, best first", "可替代的配件编号，优先的在前"],
  ),
  discontinuedAt: column(["Discontinued on", "停产日期"], day(), "2030-12-31"),
  isWearPart: column(["Wear part", "易损件"], yesNo(), false),
  onWearList: column(["On the wear list", "易损件清单"], yesNo(), false),
};
type Row = RowOf<typeof columns>;

export const parts = recordImport<Part, typeof columns>({
  title: { en: "Parts", "zh-CN": "配件" },
  notes: [],
  columns,
  firstKey: "partNo",
  keyOf: ({ partNo }) => partNo ?? undefined,
  keyColumn: () => "partNo",
  async load(reader, rows) {
    const named = rows.flatMap(({ partNo, alternates }) => [partNo, ...(alternates ?? [])]);
    const stored = await partsOf(reader, named);
    const drafted = new Set(rows.map(({ partNo }) => partNo));
    return {
      stored,
      check({ alternates = [] }, _before, report) {
        const lost = alternates.find((partNo) => !drafted.has(partNo) && !stored.has(partNo));
        if (lost !== undefined)
          report("alternates", `there is no part ${lost}`, `没有编号为 ${lost} 的配件`);
      },
    };
  },
  toItem: toPart,
  put: putPart,
  async values(reader) {
    const rows = await stockPartsOf(reader)
      .selectFrom("parts")
      .select("body")
      .orderBy("part_no")
      .execute();
    return rows.map(({ body }) => {
      const { name, discontinuedAt, ...part } = JSON.parse(body) as Part;
      return {
        ...part,
        nameZh: name["zh-CN"],
        nameEn: name.en,
        discontinuedAt: discontinuedAt?.slice(0, 10),
      };
    });
  },
});

const stockPartsOf = (reader: Reader) =>
  reader.tables<{ parts: { part_no: string; body: string } }>();

/** Parts of the master by number, however many are asked for. */
export async function partsOf(
  reader: Reader,
  partNos: readonly (string | null | undefined)[],
): Promise<Map<string, Part>> {
  const wanted = partNos.map((partNo) => partNo ?? undefined);
  const rows = await inBatches(wanted, (batch) =>
    stockPartsOf(reader).selectFrom("parts").selectAll().where("part_no", "in", batch).execute(),
  );
  return new Map(rows.map(({ part_no, body }) => [part_no, JSON.parse(body) as Part]));
}

function toPart({ nameZh, nameEn, discontinuedAt, alternates, ...row }: Row, before?: Part): Part {
  const base: Partial<Part> = before ?? {};
  const zh = nameZh ?? before?.name["zh-CN"] ?? "";
  return laidOver<Part>(base, {
    ...row,
    name: { en: nameEn ?? (nameEn === null ? zh : (before?.name.en ?? zh)), "zh-CN": zh },
    alternates: alternates && [...alternates],
    discontinuedAt: discontinuedAt && dayAfter(discontinuedAt, before?.discontinuedAt),
  });
}

/** The instant that is stored already, while its day is the one of the row. */
const dayAfter = (day: string, before: string | undefined): string =>
  before?.slice(0, 10) === day ? before : `${day}T00:00:00.000Z`;
