import { types } from "pg";

const INT8 = 20;
const BOOL = 16;
const NUMERIC = 1700;

/** Refuses what a JavaScript number cannot hold, as the embedded database does. */
function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is no safe integer`);
  return value;
}

/** Values as the embedded database gives them: counts and sums are numbers, and what is true is 1. */
export const portableTypes = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === INT8) return parseInteger;
    if (oid === NUMERIC) return Number;
    if (oid === BOOL) return (text: string) => (text === "t" ? 1 : 0);
    return types.getTypeParser(oid, format as "text");
  }) as typeof types.getTypeParser,
};
