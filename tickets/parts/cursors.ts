import { CodedError } from "@firebreak/kit/coded-error.ts";

/** One page of a list; `next` is null on the last one. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export const toCursor = (keys: readonly string[]): string =>
  Buffer.from(JSON.stringify(keys)).toString("base64url");

/** @throws CodedError STOCK_CURSOR */
export function parseCursor(cursor: string): readonly [string, string] {
  const keys = parsedOf(cursor);
  if (Array.isArray(keys) && keys.length <= 2 && keys.every((key) => typeof key === "string"))
    return [String(keys[0] ?? ""), String(keys[1] ?? "")];
  throw new CodedError("STOCK_CURSOR", "this is not a `next` of such a list");
}

function parsedOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

/** Cuts one page out of `limit + 1` rows. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  {
    toItem,
    keysOf,
  }: { readonly toItem: (row: Row) => Item; readonly keysOf: (row: Row) => readonly string[] },
): PageOf<Item> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(toItem), next: last ? toCursor(keysOf(last)) : null };
}
