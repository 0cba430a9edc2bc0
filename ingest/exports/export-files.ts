import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { syncFolder, writeFileDurably } from "@firebreak/kit/files.ts";
import type { ExportJob } from "./export-job.ts";

/** `<id>.json` is what is known of an export, `<id>.part` its file while it grows, `<id>.file` once it is whole. */
export interface ExportFiles {
  readonly folder: string;
  partOf(id: string): string;
  fileOf(id: string): string;
  /** Those that can be read. What belongs to none is removed; what the disk does not give at present is left alone. */
  load(): ExportJob[];
  put(job: ExportJob): void;
  /** The part becomes the file. */
  finish(id: string): void;
  removePart(id: string): void;
  remove(id: string): void;
  bytes(): number;
  bytesOf(id: string): number;
}

const endings = ["part", "file", "json"] as const;
const pattern = /^([0-9a-f-]{36})\.(json|part|file)$/;

export function openExportFiles(folder: string): ExportFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (id: string, ending: string) => join(folder, `${id}.${ending}`);
  const files = () =>
    readdirSync(folder).flatMap((name) => {
      const [, id, ending] = pattern.exec(name) ?? [];
      return id && ending ? [{ id, ending, name }] : [];
    });
  const remove = (id: string) => {
    for (const ending of endings) rmSync(at(id, ending), { force: true });
  };
  return {
    folder,
    partOf: (id) => at(id, "part"),
    fileOf: (id) => at(id, "file"),
    load() {
      const ids = files().flatMap(({ id, ending }) => (ending === "json" ? [id] : []));
      const found = new Map(ids.map((id) => [id, readJob(at(id, "json"))]));
      for (const { id } of files()) if (found.get(id) === undefined) remove(id);
      return [...found.values()].flatMap((job) => (job && job !== "unread" ? job : []));
    },
    put: (job) => writeFileDurably(at(job.id, "json"), `${JSON.stringify(job)}\n`),
    finish(id) {
      renameSync(at(id, "part"), at(id, "file"));
      syncFolder(folder);
    },
    removePart: (id) => rmSync(at(id, "part"), { force: true }),
    remove,
    bytes: () => files().reduce((sum, { name }) => sum + sizeOf(join(folder, name)), 0),
    bytesOf: (id) => endings.reduce((sum, ending) => sum + sizeOf(at(id, ending)), 0),
  };
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** `undefined`: there is none, or it is damaged. */
function readJob(path: string): ExportJob | "unread" | undefined {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as ExportJob | null) ?? undefined;
  } catch (error) {
    return error instanceof SyntaxError || errorCode(error) === "ENOENT" ? undefined : "unread";
  }
}
