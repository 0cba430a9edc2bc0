import { CodedError } from "./coded-error.ts";

/** Where the next page of a list begins: the sort key of the last row, as text that nobody needs to read. */
export const toCursor = (...key: readonly string[]): string =>
  Buffer.from(key.join("\n")).toString("base64url");

/** The `length` parts of a key. @throws CodedError BAD_CURSOR when it is not one of `toCursor` */
export function parseCursor(cursor: string, length: number): readonly string[] {
  const key = Buffer.from(cursor, "base64url").toString().split("\n");
  if (key.length !== length || toCursor(...key) !== cursor)
    throw new CodedError("BAD_CURSOR", "this is not a `next` of such a page");
  return key;
}
