/** Spellings of "no value" that spreadsheets, loggers and statistics programs write. */
const missing: ReadonlySet<string> = new Set([
  "",
  "-",
  "?",
  "na",
  "n/a",
  "#n/a",
  "nan",
  "null",
  "none",
]);

/** @param text of a cell, trimmed */
export const isMissing = (text: string): boolean => missing.has(text.toLowerCase());
