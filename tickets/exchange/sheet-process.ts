import { readGuarded } from "@firebreak/kit/csv-cell.ts";
import { decodeText, parseCsv, writeCsv } from "./csv.ts";
import { badFile, ExchangeError } from "./exchange-error.ts";
import type { SheetAnswer, SheetTask } from "./sheet-tasks.ts";
import type { Cell } from "./table.ts";
import { readXlsx, type SheetToWrite, writeXlsx } from "./xlsx.ts";

/** Carries out a task in a process of its own: large files take long, and bad ones more memory than there is. */
async function carryOut(task: SheetTask): Promise<SheetAnswer> {
  try {
    if (task.type === "write")
      return {
        bytes: task.format === "xlsx" ? await writeXlsx(task.sheets) : writeCsv(firstOf(task)),
      };
    return { table: await readAny(Buffer.from(task.bytes)) };
  } catch (error) {
    if (error instanceof ExchangeError) return { code: error.code, text: error.text };
    throw error;
  }
}

const firstOf = ({ sheets }: { readonly sheets: readonly SheetToWrite[] }) => sheets[0]?.rows ?? [];

async function readAny(bytes: Buffer) {
  const start = bytes.toString("latin1", 0, 4);
  if (start === "PK\u0003\u0004") return readXlsx(bytes);
  if (start === "\u00d0\u00cf\u0011\u00e0")
    throw badFile(
      "this is an old .xls file, or one with a password: save it as .xlsx without a password",
      "这是旧版 .xls 文件或加密文件，请另存为不加密的 .xlsx",
    );
  const { rows } = parseCsv(decodeText(bytes));
  return { rows: rows.map((row) => row.map(unguarded)) };
}

/** Our own exports put a quote before what a spreadsheet would calculate. */
const unguarded = (cell: Cell): Cell => (typeof cell === "string" ? readGuarded(cell) : cell);

// A bug of ours ends the process, and with it the task.
process.on("message", async (task: SheetTask) => process.send?.(await carryOut(task)));
