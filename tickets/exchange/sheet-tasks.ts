import { Worker } from "node:worker_threads";
import type { I18nText } from "../evidence.ts";
import { exchangeConfig } from "./exchange-config.ts";
import { ExchangeError, tooLarge } from "./exchange-error.ts";
import type { Table } from "./table.ts";
import type { SheetToWrite } from "./xlsx.ts";

export type SheetTask =
  | { readonly type: "read"; readonly bytes: Uint8Array }
  | { readonly type: "write"; readonly sheets: readonly SheetToWrite[] };

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
  const answer = await inThread({ type: "read", bytes }, config);
  if (!("table" in answer)) throw new TypeError("a reading thread answers with a table");
  return answer.table;
}

/** Writes .xlsx, the first row of each sheet as its header. */
export async function writeSheets(
  sheets: readonly SheetToWrite[],
  config = exchangeConfig,
): Promise<Buffer> {
  const answer = await inThread({ type: "write", sheets }, config);
  if (!("bytes" in answer)) throw new TypeError("a writing thread answers with bytes");
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

function inThread(task: SheetTask, config: typeof exchangeConfig): Promise<SheetAnswer> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./sheet-worker.ts", import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: config.readerMegabytes },
    });
    const timeout = setTimeout(() => {
      reject(greedy());
      void thread.terminate();
    }, config.readerTimeoutMs);
    thread.once("message", (answer: SheetAnswer) =>
      "code" in answer ? reject(new ExchangeError(answer.code, answer.text)) : resolve(answer),
    );
    thread.once("error", (error: Error & { code?: string }) =>
      reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? greedy() : error),
    );
    thread.once("exit", () => {
      clearTimeout(timeout);
      reject(new TypeError("the thread ended without an answer"));
    });
  });
}
