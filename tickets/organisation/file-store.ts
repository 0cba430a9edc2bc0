import { setImmediate as nextTurn } from "node:timers/promises";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { FileRow } from "./organisation-tables.ts";

/** What is committed, or inside a transaction its own writes too. */
export type Reader = Pick<Database | Transaction, "tables">;

export type FileTable =
  | "regions"
  | "centres"
  | "customers"
  | "sites"
  | "engineers"
  | "machine_files"
  | "commitments"
  | "plan_overrides";

/** How one kind of file is stored. */
export interface FileKind<File> {
  readonly table: FileTable;
  /** For people, as in "there is no customer C-1". */
  readonly noun: string;
  readonly idOf: (file: File) => string;
  /** Whatever lists are searched by; nothing personal. */
  readonly searchOf: (file: File) => readonly (string | undefined)[];
  /** Columns beside id, version, search and body. */
  readonly columnsOf: (file: File) => Readonly<Record<string, string | null>>;
}

export interface Stored<File> {
  readonly file: File;
  readonly version: number;
}

/** All kinds have these columns, so one type stands for them. */
const rowsOf = (reader: Reader) => reader.tables<Record<"customers", FileRow>>();
const tableOf = ({ table }: Pick<FileKind<never>, "table">) => table as "customers";

export async function findFile<File>(
  reader: Reader,
  kind: FileKind<File>,
  id: string,
): Promise<Stored<File> | undefined> {
  const row = await rowsOf(reader)
    .selectFrom(tableOf(kind))
    .select(["body", "version"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { file: JSON.parse(row.body) as File, version: Number(row.version) };
}

/** @throws CodedError ORGANISATION_UNKNOWN */
export async function requireFile<File>(
  reader: Reader,
  kind: FileKind<File>,
  id: string,
): Promise<Stored<File>> {
  const stored = await findFile(reader, kind, id);
  if (!stored) throw unknown(kind.noun, id);
  return stored;
}

export const unknown = (noun: string, id: string): CodedError =>
  new CodedError("ORGANISATION_UNKNOWN", `there is no ${noun} ${id}`);

/** @throws CodedError ORGANISATION_EXISTS */
export async function insertFile<File>(
  tx: Transaction,
  kind: FileKind<File>,
  file: File,
): Promise<Stored<File>> {
  const id = kind.idOf(file);
  if (await findFile(tx, kind, id))
    throw new CodedError("ORGANISATION_EXISTS", `there is a ${kind.noun} ${id} already`);
  await rowsOf(tx)
    .insertInto(tableOf(kind))
    .values({ id, version: 1, ...columns(kind, file) })
    .execute();
  return { file, version: 1 };
}

/** `version`: of the file that was changed. @throws CodedError ORGANISATION_CHANGED, ORGANISATION_UNKNOWN */
export async function updateFile<File>(
  tx: Transaction,
  kind: FileKind<File>,
  { file, version }: Stored<File>,
): Promise<Stored<File>> {
  const id = kind.idOf(file);
  const { numUpdatedRows } = await rowsOf(tx)
    .updateTable(tableOf(kind))
    .set({ version: version + 1, ...columns(kind, file) })
    .where("id", "=", id)
    .where("version", "=", version)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) {
    await requireFile(tx, kind, id);
    throw changed(kind.noun, id);
  }
  return { file, version: version + 1 };
}

export const changed = (noun: string, id: string): CodedError =>
  new CodedError(
    "ORGANISATION_CHANGED",
    `the ${noun} ${id} was changed meanwhile: read it again and repeat your change`,
  );

function columns<File>(kind: FileKind<File>, file: File) {
  const search = kind
    .searchOf(file)
    .filter((text) => text !== undefined)
    .join("\n")
    .toLowerCase();
  return { search, body: JSON.stringify(file), ...kind.columnsOf(file) };
}

export async function allFiles<File>(reader: Reader, kind: FileKind<File>): Promise<File[]> {
  const rows = await rowsOf(reader)
    .selectFrom(tableOf(kind))
    .select("body")
    .orderBy("id")
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as File);
}

export interface FileQuery {
  /** Part of an id or a name, upper or lower case. */
  readonly search?: string | undefined;
  /** Columns that must have these values. */
  readonly where?: Readonly<Record<string, string | undefined>>;
  /** 1 to 1000. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface FilePage<File> {
  readonly items: Stored<File>[];
  readonly next: string | null;
}

/** In the order of their ids. @throws CodedError ORGANISATION_CURSOR */
export async function pageOfFiles<File>(
  reader: Reader,
  kind: FileKind<File>,
  { search, where = {}, limit, after }: FileQuery,
): Promise<FilePage<File>> {
  const size = Math.min(Math.max(1, limit), 1000);
  let query = rowsOf(reader)
    .selectFrom(tableOf(kind))
    .select(["id", "body", "version"])
    .orderBy("id")
    .limit(size + 1);
  for (const [column, value] of Object.entries(where))
    if (value !== undefined) query = query.where(column as "id", "=", value);
  if (search) query = query.where("search", "like", patternOf(search));
  if (after !== undefined) query = query.where("id", ">", parseCursor(after));
  const rows = await query.execute();
  const shown = rows.slice(0, size);
  const last = rows.length > size ? shown.at(-1) : undefined;
  return {
    items: shown.map(({ body, version }) => ({
      file: JSON.parse(body) as File,
      version: Number(version),
    })),
    next: last ? toCursor(last.id) : null,
  };
}

/** What means something in a pattern stands for any one character. */
const patternOf = (search: string): string =>
  `%${search.toLowerCase().replaceAll(/[%_\\]/g, "_")}%`;

export const toCursor = (id: string): string => Buffer.from(id).toString("base64url");

/** @throws CodedError ORGANISATION_CURSOR */
export function parseCursor(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString();
  if (id === "" || Buffer.from(id).toString("base64url") !== cursor)
    throw new CodedError("ORGANISATION_CURSOR", "this is not a `next` of a page");
  return id;
}

/** Fewer than the parameters that a statement of either database may have. */
const BATCH = 500;

/** Asks for each wanted value once, in statements of bounded size. */
export async function inBatches<Row>(
  wanted: readonly (string | undefined)[],
  ask: (batch: string[]) => Promise<Row[]>,
): Promise<Row[]> {
  const values = [...new Set(wanted.filter((value) => value !== undefined))];
  const rows: Row[] = [];
  for (let at = 0; at < values.length; at += BATCH) {
    // The embedded database answers at once: without this nobody else would be answered until the last batch is read.
    if (at > 0) await nextTurn();
    rows.push(...(await ask(values.slice(at, at + BATCH))));
  }
  return rows;
}
