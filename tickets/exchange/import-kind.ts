import type { I18nText } from "../evidence.ts";
import type { Reader } from "../organisation/file-store.ts";
import type { OrganisationWork } from "../organisation/put-machine.ts";
import type { Columns } from "./columns.ts";
import type { ReadRows, RowFault } from "./read-rows.ts";

/** What an import would do, or did: rows by what becomes of what they speak of. */
export interface ImportCounts {
  readonly created: number;
  readonly changed: number;
  /** Said already what is stored. */
  readonly same: number;
}

/** An import that was thought through: its faults, and what it does when there are none. */
export interface ImportPlan {
  readonly faults: readonly RowFault[];
  readonly counts: ImportCounts;
  /** Writes everything; `wrote` is told the number of rows so far, and may let others have a turn. */
  write(work: OrganisationWork, wrote: (rows: number) => Promise<void>): Promise<void>;
}

/** One kind of list that files bring in and take out. */
export interface ImportKind {
  readonly title: I18nText;
  readonly columns: Columns;
  /** The column that every row has: an id, by which rows find what is stored. */
  readonly firstKey: string;
  /** Columns that are personal, and whose: ours, or the people at customers. */
  readonly personal?: { readonly of: "engineers" | "contacts"; readonly keys: readonly string[] };
  /** What somebody who fills the template in must know. */
  readonly notes: readonly I18nText[];
  plan(reader: Reader, read: ReadRows<Columns>, at: string): Promise<ImportPlan>;
  /** Everything that is stored, by column. */
  values(reader: Reader): Promise<Readonly<Record<string, unknown>>[]>;
}
