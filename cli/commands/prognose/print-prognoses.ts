import { csvText } from "@firebreak/kit/csv-cell.ts";
import type { Prognosis } from "./prognose-files.ts";

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** A header and a row per unit; comma, decimal point, LF. */
export const toCsv = (prognoses: readonly Prognosis[]): string =>
  [
    "unit,rul,lo,hi",
    ...prognoses.map(({ unit, rul, lo, hi }) =>
      [csvText(unit), ...[rul, lo, hi].map(rounded)].join(","),
    ),
    "",
  ].join("\n");

/** A line of JSON per unit. */
export const toJsonLines = (prognoses: readonly Prognosis[]): string =>
  prognoses
    .map(({ unit, rul, lo, hi }) =>
      JSON.stringify({ unit, rul: rounded(rul), lo: rounded(lo), hi: rounded(hi) }),
    )
    .map((line) => `${line}\n`)
    .join("");
