import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";

const parts = ["organisation", "tickets", "history"] as const;
export type DemoPart = (typeof parts)[number];

interface DemoRecord {
  /** The first start, ms since the epoch. */
  readonly startedMs: number;
  readonly done: readonly DemoPart[];
}

/** What a data folder has of the demonstration: told in a file, so that a start that was cut off is gone on with. */
export interface DemoBook {
  /** The first start, from which all times of the demonstration count; ms since the epoch. */
  readonly startedMs: number;
  isDone(part: DemoPart): boolean;
  done(part: DemoPart): void;
}

const fileIn = (data: string) => join(data, "demo.json");

/**
 * The book of a data folder; an empty folder gets one. Undefined for a folder that was begun without the demonstration:
 * nobody's own data are mixed with invented ones.
 * @throws CodedError BAD_CONFIGURATION for a file that is none
 */
export function openDemoBook(data: string, nowMs: number): DemoBook | undefined {
  const path = fileIn(data);
  const isEmpty = !existsSync(data) || readdirSync(data).length === 0;
  if (!existsSync(path) && !isEmpty) return undefined;
  let record: DemoRecord = existsSync(path) ? read(path) : { startedMs: nowMs, done: [] };
  const write = () => writeFileDurably(path, `${JSON.stringify(record)}\n`);
  if (isEmpty) write();
  return {
    startedMs: record.startedMs,
    isDone: (part) => record.done.includes(part),
    done(part) {
      record = { ...record, done: [...new Set([...record.done, part])] };
      write();
    },
  };
}

function read(path: string): DemoRecord {
  const { startedMs, done }: { startedMs?: unknown; done?: unknown } = parse(path);
  if (typeof startedMs !== "number" || !Array.isArray(done)) throw notOurs(path);
  return { startedMs, done: parts.filter((part) => done.includes(part)) };
}

function parse(path: string): object {
  try {
    return Object(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (error instanceof SyntaxError) throw notOurs(path, error);
    throw error;
  }
}

const notOurs = (path: string, cause?: unknown) =>
  new CodedError(
    "BAD_CONFIGURATION",
    `${path} is not the demonstration's; delete it, and the folder is used as it is`,
    { cause },
  );
