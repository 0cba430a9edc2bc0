import { CodedError } from "@firebreak/kit/coded-error.ts";

/** Where a page of rows ordered by (time, id) ends. */
export const cursorOf = (at: string, id: string): string =>
  Buffer.from(`${at} ${id}`).toString("base64url");

/** @throws CodedError BAD_CURSOR */
export function parseCursor(cursor: string): [at: string, id: string] {
  const [at, id, more] = Buffer.from(cursor, "base64url").toString().split(" ");
  if (!at || !id || more !== undefined || Number.isNaN(Date.parse(at)))
    throw new CodedError("BAD_CURSOR", "this is not a `next` of a page of this list");
  return [at, id];
}
