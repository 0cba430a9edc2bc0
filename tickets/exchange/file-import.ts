import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { I18nText } from "../evidence.ts";
import { checkDraft } from "../organisation/check-draft.ts";
import { type DraftKind, emptyDraft } from "../organisation/draft.ts";
import { inBatches, type Reader } from "../organisation/file-store.ts";
import { loadKnown } from "../organisation/load-known.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { loadPeople, savePerson } from "../organisation/people.ts";
import type { Person } from "../organisation/person.ts";
import { type FileOf, kindOf, putAny } from "../organisation/write-file.ts";
import type { Columns, RowOf } from "./columns.ts";
import { exchangeConfig } from "./exchange-config.ts";
import type { ImportKind, ImportPlan } from "./import-kind.ts";
import { countOf, RowPlan } from "./plan-rows.ts";
import type { ReadRow, ReadRows } from "./read-rows.ts";

/** Lists that are files of the organisation. */
type FileList = Exclude<
  DraftKind,
  "regions" | "centres" | "stations" | "commitments" | "overrides"
>;

interface FileImport<Kind extends FileList, Some extends Columns> {
  readonly kind: Kind;
  readonly schema: TSchema;
  readonly title: ImportKind["title"];
  readonly columns: Some;
  readonly firstKey: keyof Some & string;
  readonly notes: ImportKind["notes"];
  readonly personal?: ImportKind["personal"];
  /** The file as it is after the row. Required cells are there when `before` is not. */
  readonly toFile: (row: RowOf<Some>, before: FileOf[Kind] | undefined, at: string) => FileOf[Kind];
  /** What is wrong with a row beyond its file: the column at fault, and why. */
  readonly rowFault?: (
    row: RowOf<Some>,
    after: FileOf[Kind],
  ) => { readonly key: keyof Some & string; readonly message: I18nText } | undefined;
  readonly toValues: (file: FileOf[Kind], person: Person | undefined) => RowOf<Some>;
  /** Who is personal in a row: his id, and what is known of him after it. */
  readonly personIdOf?: (file: FileOf[Kind]) => string | undefined;
  readonly toPerson?: (
    row: RowOf<Some>,
    personId: string,
    before: Person | undefined,
  ) => Person | undefined;
}

interface Change<File> {
  readonly row: ReadRow<Columns>;
  readonly file: File;
  readonly person: Person | undefined;
  readonly put: "created" | "changed" | "same";
}

/** An import of files of the organisation: rows are laid over what is stored, and checked as every other change is. */
export function fileImport<Kind extends FileList, Some extends Columns>(
  spec: FileImport<Kind, Some>,
): ImportKind {
  const { kind, title, columns, firstKey, notes } = spec;
  const valid = Compile(spec.schema);

  const plan = async (reader: Reader, read: ReadRows<Columns>, at: string): Promise<ImportPlan> => {
    const rows = new RowPlan(columns, read);
    const changes = await toChanges(spec, reader, rows, at);
    const draft = { ...emptyDraft, [kind]: changes.map(({ file }) => file) };
    for (const fault of checkDraft(draft, await loadKnown(reader, draft))) {
      const change = changes[fault.index];
      if (change) rows.report(change.row, fault.field, fault.message);
    }
    for (const { row, file } of changes)
      for (const { instancePath, message } of valid.Check(file) ? [] : valid.Errors(file))
        rows.report(row, instancePath.split("/")[1] ?? firstKey, { en: message, "zh-CN": message });
    return {
      faults: rows.faults,
      counts: countOf(changes.map(({ put }) => put)),
      async write(work, wrote) {
        for (const [index, { file, person, put }] of changes.entries()) {
          if (put !== "same") await putAny(work, kind, file);
          if (put !== "same" && person) await savePerson(work.tx, person);
          await wrote(index + 1);
        }
      },
    };
  };

  return {
    title,
    columns,
    firstKey,
    notes,
    ...(spec.personal ? { personal: spec.personal } : {}),
    plan,
    async values(reader) {
      const files = await storedFiles<FileOf[Kind]>(reader, kind);
      const personOf = await peopleOf(spec, reader, files);
      return files.map((file) => spec.toValues(file, personOf(file)) as Record<string, unknown>);
    },
  };
}

async function toChanges<Kind extends FileList, Some extends Columns>(
  spec: FileImport<Kind, Some>,
  reader: Reader,
  rows: RowPlan,
  at: string,
): Promise<Change<FileOf[Kind]>[]> {
  const { kind, firstKey, toFile, toPerson } = spec;
  const idOf = (row: ReadRow<Columns>) => row.values[firstKey] as string | undefined;
  const unique = rows.byKey(idOf, () => firstKey);
  const ids = unique.map((row) => idOf(row) ?? "");
  const stored = await storedFiles<FileOf[Kind]>(reader, kind, ids);
  const befores = new Map(stored.map((file) => [kindOf(kind).idOf(file), file]));
  const personOf = await peopleOf(spec, reader, stored);
  const changes: Change<FileOf[Kind]>[] = [];
  for (const [index, row] of unique.entries()) {
    if (index % exchangeConfig.rowsPerTurn === 0) await nextTurn();
    const before = befores.get(idOf(row) ?? "");
    const values = rows.wholeValues(row, before === undefined) as RowOf<Some>;
    const drafted = toFile(values, before, at);
    const fault = spec.rowFault?.(values, drafted);
    if (fault) rows.report(row, fault.key, fault.message);
    const personId = spec.personIdOf?.(drafted);
    const known = before && personOf(before);
    const person = personId === undefined ? undefined : toPerson?.(values, personId, known);
    const isSame = isDeepStrictEqual(before, drafted) && isDeepStrictEqual(known, person);
    const put = before === undefined ? "created" : isSame ? "same" : "changed";
    changes.push({ row, file: drafted, person, put });
  }
  return changes;
}

/** All files of a kind, or those with these ids. */
async function storedFiles<File>(
  reader: Reader,
  kind: FileList,
  ids?: readonly string[],
): Promise<File[]> {
  const { table } = kindOf(kind);
  const query = reader
    .tables<OrganisationTables>()
    .selectFrom(table as "customers")
    .select("body")
    .orderBy("id");
  const rows = ids
    ? await inBatches(ids, (batch) => query.where("id", "in", batch).execute())
    : await query.execute();
  return rows.map(({ body }) => JSON.parse(body) as File);
}

async function peopleOf<Kind extends FileList, Some extends Columns>(
  { personIdOf }: FileImport<Kind, Some>,
  reader: Reader,
  files: readonly FileOf[Kind][],
): Promise<(file: FileOf[Kind]) => Person | undefined> {
  const ids = files.flatMap((file) => personIdOf?.(file) ?? []);
  const people = await loadPeople(reader, ids);
  return (file) => people.get(personIdOf?.(file) ?? "");
}

/** What a row leaves out stays; what it takes away (null) goes. */
export function laidOver<File extends object>(
  before: Partial<File>,
  row: Readonly<Record<string, unknown>>,
): File {
  const after: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(row))
    if (value === null) delete after[key];
    else if (value !== undefined) after[key] = value;
  return after as File;
}
