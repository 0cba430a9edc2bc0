import { type ChildProcess, fork } from "node:child_process";
import type { I18nText } from "../evidence.ts";
import { exchangeConfig } from "./exchange-config.ts";
import { ExchangeError, tooLarge } from "./exchange-error.ts";
import type { Table } from "./table.ts";
import type { SheetToWrite } from "./xlsx.ts";

export type SheetTask =
  | { readonly type: "read"; readonly bytes: Uint8Array }
  | {
      readonly type: "write";
      readonly format: SheetFormat;
      readonly sheets: readonly SheetToWrite[];
    };

export const sheetFormats = ["xlsx", "csv"] as const;
export type SheetFormat = (typeof sheetFormats)[number];

export type SheetAnswer =
  | { readonly table: Table }
  | { readonly bytes: Uint8Array }
  | { readonly code: string; readonly text: I18nText };

/**
 * Reads a file that somebody sent: .xlsx or CSV, told apart by its first bytes.
 * @throws ExchangeError EXCHANGE_FILE, EXCHANGE_TOO_LARGE
 */
export async function readTable(bytes: Uint8Array, config = exchangeConfig): Promise<Table> {
  if (bytes.length > config.maxFileBytes) throw fileTooLarge(config.maxFileBytes);
  const answer = await inProcess({ type: "read", bytes }, config);
  if (!("table" in answer)) throw new TypeError("a reader answers with a table");
  return answer.table;
}

/** Writes .xlsx, the first row of each sheet as its header; or CSV, the first sheet only. */
export async function writeSheets(
  format: SheetFormat,
  sheets: readonly SheetToWrite[],
  config = exchangeConfig,
): Promise<Buffer> {
  const answer = await inProcess({ type: "write", format, sheets }, config);
  if (!("bytes" in answer)) throw new TypeError("a writer answers with bytes");
  return Buffer.from(answer.bytes);
}

export const fileTooLarge = (maxBytes: number) =>
  tooLarge(
    `the file is larger than ${Math.round(maxBytes / 2 ** 20)} MB: split it`,
    `文件超过 ${Math.round(maxBytes / 2 ** 20)} MB，请拆分文件`,
  );

const greedy = () =>
  tooLarge(
    "reading the file takes more time or memory than it may: split it, or save it again in Excel",
    "读取文件所需的时间或内存超出限制，请拆分文件或用 Excel 重新保存",
  );

/** A process that has nothing to do waits for the next small task; it keeps no other alive. */
let idle: ChildProcess | undefined;

/** A process, not a thread: a sheet that makes its reader run out of memory takes only that along. */
function takeReader({ readerMegabytes }: typeof exchangeConfig): ChildProcess {
  const waiting = idle;
  idle = undefined;
  if (!waiting)
    return fork(new URL("./sheet-process.ts", import.meta.url), {
      execArgv: [`--max-old-space-size=${readerMegabytes}`],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
  forget(waiting);
  waiting.ref();
  waiting.channel?.ref();
  return waiting;
}

/** One that has just read much has much memory: it ends, as does one too many. */
function giveBack(reader: ChildProcess, task: SheetTask): void {
  forget(reader);
  const isSmall =
    task.type === "read" ? task.bytes.length < SMALL_BYTES : rowsOf(task) < SMALL_ROWS;
  if (idle || !isSmall) return void reader.kill();
  idle = reader;
  reader.once("exit", () => {
    if (idle === reader) idle = undefined;
  });
  reader.unref();
  reader.channel?.unref();
}

function forget(reader: ChildProcess): void {
  for (const event of ["message", "error", "exit"]) reader.removeAllListeners(event);
  // What ends now may still say why; nobody listens.
  reader.on("error", () => undefined);
}

const SMALL_BYTES = 1_000_000;
const SMALL_ROWS = 5_000;
const rowsOf = ({ sheets }: Extract<SheetTask, { type: "write" }>): number =>
  sheets.reduce((sum, { rows }) => sum + rows.length, 0);

function inProcess(task: SheetTask, config: typeof exchangeConfig): Promise<SheetAnswer> {
  return new Promise((resolve, reject) => {
    const reader = takeReader(config);
    const fail = (error: Error) => {
      clearTimeout(timeout);
      forget(reader);
      reader.kill("SIGKILL");
      reject(error);
    };
    const timeout = setTimeout(() => fail(greedy()), config.readerTimeoutMs);
    reader.once("message", (answer: SheetAnswer) => {
      clearTimeout(timeout);
      giveBack(reader, task);
      if ("code" in answer) reject(new ExchangeError(answer.code, answer.text));
      else resolve(answer);
    });
    reader.once("error", fail);
    reader.once("exit", () => fail(greedy()));
    reader.send(task);
  });
}
