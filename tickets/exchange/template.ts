import { type Columns, headerOf, rowFrom } from "./columns.ts";
import type { ImportKind } from "./import-kind.ts";
import { writeSheets } from "./sheet-tasks.ts";
import type { Cell } from "./table.ts";

/** How all files are read, whatever they list. */
const general: readonly (readonly [zh: string, en: string])[] = [
  [
    "请在第一个工作表中填写，每行一条记录；不要改动第一行的列名，列的顺序可以改变，不需要的列可以删除。",
    "Fill in the first sheet, one record a row. Keep the names in the first row; columns may be moved or left out.",
  ],
  [
    "带 * 的列新增时必填。以 EXAMPLE- 开头的示例行不会导入。",
    "Columns with * are needed for new records. Rows whose first cell begins with EXAMPLE- are not imported.",
  ],
  [
    "编号已存在的记录会被更新：空单元格保持原值，“-”清除原值；文件中没有的记录不会被删除。",
    "A record whose id is known is changed: an empty cell keeps what is stored, “-” takes it away. Nothing is deleted.",
  ],
  [
    "文件中有任何错误时整个文件都不会导入；请先预览，预览会一次列出所有错误。",
    "A file with one mistake is not imported at all. Preview it first: all mistakes are shown at once.",
  ],
  [
    "日期可写成 2026-03-05、2026/3/5 或 Excel 日期；公式按其当前值读取，不会计算。",
    "Dates may be 2026-03-05, 2026/3/5 or a date of Excel. Formulas are read as the value they show; nothing is calculated.",
  ],
];

/** An .xlsx to be filled in: header and one example, and a sheet that explains every column in both languages. */
export function writeTemplate(kind: ImportKind): Promise<Buffer> {
  const { columns, title } = kind;
  const header = Object.values(columns).map(headerOf);
  const example = rowFrom(
    columns,
    Object.fromEntries(Object.entries(columns).map(([key, one]) => [key, one.example])),
  );
  return writeSheets("xlsx", [
    {
      name: `${title["zh-CN"]} ${title.en}`,
      rows: [header, example],
      widths: header.map((text) => Math.max(12, text.length + 4)),
    },
    { name: "填写说明 Notes", rows: notesOf(kind), widths: [34, 10, 44, 44, 44, 44] },
  ]);
}

function notesOf({ columns, notes }: ImportKind): Cell[][] {
  return [
    ["列 Column", "必填 Needed", "格式", "Format", "说明", "Note"],
    ...explained(columns),
    [null],
    ...[...general, ...notes.map((note) => [note["zh-CN"], note.en] as const)].map(
      ([zh, en]): Cell[] => [null, null, null, null, zh, en],
    ),
  ];
}

const explained = (columns: Columns): Cell[][] =>
  Object.values(columns).map(({ header, isRequired, type, note }) => [
    `${header["zh-CN"]} / ${header.en}`,
    isRequired ? "*" : null,
    type.says["zh-CN"],
    type.says.en,
    note?.["zh-CN"] ?? null,
    note?.en ?? null,
  ]);
