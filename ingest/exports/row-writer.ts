import { type FileHandle, open } from "node:fs/promises";
import { csvText } from "@firebreak/kit/csv-cell.ts";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { nsOfIso } from "../iso-ns.ts";
import type { RawSeries } from "../store/store.ts";
import type { ExportFormat } from "./export-job.ts";

/** Whose samples a page holds. `unit`: of the signal's newest sample. */
export interface RowsOf {
  readonly machineId: string;
  readonly signal: string;
  readonly unit: string;
}

/** Writes samples into one file, page by page; nothing of a page stays in memory. */
export interface RowWriter {
  readonly bytes: number;
  /** @throws the system's error, ENOSPC say */
  add(of: RowsOf, page: RawSeries): Promise<void>;
  /** Everything is on disk afterwards. */
  finish(): Promise<void>;
  /** Gives it up; finished or not. */
  close(): Promise<void>;
}

export async function openRowWriter(path: string, format: ExportFormat): Promise<RowWriter> {
  const file = await open(path, "w", 0o600);
  const into = { file, bytes: 0 };
  const { add, end } = format === "csv" ? csvWriter(into) : parquetWriter(into);
  return {
    get bytes() {
      return into.bytes;
    },
    add,
    async finish() {
      await end();
      await file.sync();
      await file.close();
    },
    close: () => file.close().catch(() => undefined),
  };
}

interface Into {
  readonly file: FileHandle;
  bytes: number;
}

async function append(into: Into, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await into.file.write(bytes, at);
    at += bytesWritten;
    into.bytes += bytesWritten;
  }
}

const csvHeader = "\uFEFFmachine,signal,unit,time,value,quality\r\n";

/** RFC 4180 with the mark of UTF-8, as Excel wants it; names that it would calculate are guarded. */
function csvWriter(into: Into) {
  const begin = async () => {
    if (into.bytes === 0) await append(into, Buffer.from(csvHeader));
  };
  return {
    async add({ machineId, signal, unit }: RowsOf, { t, value, quality }: RawSeries) {
      await begin();
      const head = [machineId, signal, unit].map(csvText).join(",");
      let text = "";
      for (const [row, time] of t.entries())
        text += `${head},${time},${value[row] ?? ""},${quality[row]}\r\n`;
      await append(into, Buffer.from(text));
    },
    end: begin,
  };
}

const text = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" } as const;
const utcNanoseconds = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" } as const;
const columns: SchemaElement[] = [
  { name: "machine", ...text },
  { name: "signal", ...text },
  { name: "unit", ...text },
  { name: "time", type: "INT64", logical_type: utcNanoseconds, repetition_type: "REQUIRED" },
  { name: "value", type: "DOUBLE", repetition_type: "OPTIONAL" },
  { name: "quality", ...text },
];
const schema: SchemaElement[] = [{ name: "samples", num_children: columns.length }, ...columns];
/** Small groups would make a large footer, one for each series an endless one; large ones hold up others. */
const groupRows = 50_000;

/** A row group for each 50,000 rows, of as many series as it takes. @see Apache Parquet format 2.x, LogicalTypes: TIMESTAMP */
function parquetWriter(into: Into) {
  const buffer = new ByteWriter(64 * 1024);
  const writer = new ParquetWriter({ writer: buffer, schema, createdBy: "firebreak" });
  const flush = async () => {
    const bytes = buffer.getBytes().slice();
    buffer.index = 0;
    await append(into, bytes);
  };
  let waiting = newGroup();
  const writeGroup = async () => {
    const { machine, signal, unit, time, value, quality } = waiting;
    waiting = newGroup();
    if (time.length === 0) return;
    await writer.write({
      columnData: [
        { name: "machine", data: machine },
        { name: "signal", data: signal },
        { name: "unit", data: unit },
        { name: "time", data: time, encoding: "DELTA_BINARY_PACKED" },
        { name: "value", data: value },
        { name: "quality", data: quality },
      ],
      rowGroupSize: groupRows * 2,
    });
    await flush();
  };
  return {
    async add({ machineId, signal, unit }: RowsOf, page: RawSeries) {
      if (waiting.time.length >= groupRows) await writeGroup();
      for (const [row, time] of page.t.entries()) {
        waiting.machine.push(machineId);
        waiting.signal.push(signal);
        waiting.unit.push(unit);
        waiting.time.push(nsOfIso(time));
        waiting.value.push(page.value[row] ?? null);
        waiting.quality.push(page.quality[row] ?? "");
      }
    },
    async end() {
      await writeGroup();
      await writer.finish();
      await flush();
    },
  };
}

interface Group {
  readonly machine: string[];
  readonly signal: string[];
  readonly unit: string[];
  readonly time: bigint[];
  readonly value: (number | null)[];
  readonly quality: string[];
}

const newGroup = (): Group => ({
  ...{ machine: [], signal: [], unit: [] },
  ...{ time: [], value: [], quality: [] },
});
