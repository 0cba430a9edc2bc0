import { createLineParser, type LineParser } from "../recording-line.ts";
import { createAscLineParser } from "./asc-line.ts";
import type { ColumnMap } from "./column-map.ts";
import { layoutOf } from "./csv-columns.ts";
import { createCsvLineParser } from "./csv-line.ts";
import { rowText } from "./row-text.ts";
import { createTrcLineParser } from "./trc-line.ts";

export type RecordingFormat = "candump" | "asc" | "trc" | "csv";

const ascHead =
  /^\s*(?:date\s+\S+\s+\S+\s+\d|base\s+(?:hex|dec)\b|\/\/\s*version|begin\s+triggerblock)/i;
/** Without its head: `2.5010 1 18EBFF00x Rx d 8 …` */
const ascRow = /^\s*-?\d+\.\d+\s+\d+\s+[0-9a-f]+x?\s+[rt]x\s+[dr]\b/i;
/** Without its head: `1)  1059.9  Rx  0300  7  …` */
const trcRow = /^\s*\d+\)\s+-?\d/;

/**
 * Parses lines of a recording whose format shows in its first lines; they need not be the very first. Until one is
 * recognised, lines are taken for candump's, which has no head.
 */
export function createFormatDetector(columns?: ColumnMap): {
  readonly parse: LineParser;
  /** Once known. */
  readonly found: () =>
    | { readonly format: RecordingFormat; readonly parse: LineParser }
    | undefined;
} {
  const candump = createLineParser();
  let found: { readonly format: RecordingFormat; readonly parse: LineParser } | undefined;

  function recognise(text: string): typeof found {
    if (/^\s*;/.test(text) || trcRow.test(text))
      return { format: "trc", parse: createTrcLineParser() };
    if (ascHead.test(text) || ascRow.test(text))
      return { format: "asc", parse: createAscLineParser() };
    const layout = layoutOf(text, columns);
    return layout && { format: "csv", parse: createCsvLineParser(layout) };
  }

  return {
    parse(bytes, from, until, frame) {
      const outcome = columns === undefined ? candump(bytes, from, until, frame) : "other";
      if (outcome === "frame") found = { format: "candump", parse: candump };
      if (outcome === "frame" || outcome === "blank") return outcome;
      found = recognise(rowText(bytes, from, until));
      return found?.parse(bytes, from, until, frame) ?? outcome;
    },
    found: () => found,
  };
}
