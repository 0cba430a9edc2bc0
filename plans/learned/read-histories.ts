import { createHash } from "node:crypto";
import type { RemainingLifeRule } from "../learned-rule-schema.ts";
import type { Acquisition } from "../plan-schema.ts";
import { type LifeRows, parseHistories } from "./parse-histories.ts";
import { readBeside } from "./read-beside.ts";

/** A hundred lives of three years in hours and ten signals are larger, and are to be thinned. Engineering default. */
export const mostHistoryBytes = 32_000_000;

export interface ReadLives {
  readonly lives: readonly LifeRows[];
  /** Of the file, SHA-256 in hexadecimal. */
  readonly hash: string;
}

/** The lives that a rule names, from the folder of its plan; or what is wrong, as `file:line:column: message`. */
export function readHistories(
  rule: RemainingLifeRule,
  { folder, signals }: { readonly folder: string; readonly signals: Acquisition["signals"] },
): ReadLives | { readonly problems: readonly string[] } {
  const read = readBeside(folder, rule.histories, mostHistoryBytes);
  if ("problem" in read) return { problems: [read.problem] };
  const parsed = parseHistories(read.bytes.toString("utf8"), rule, signals);
  if ("lives" in parsed)
    return { ...parsed, hash: createHash("sha256").update(read.bytes).digest("hex") };
  return {
    problems: parsed.mistakes.map(({ line, column, message }) =>
      line === 0
        ? `${rule.histories}: ${message}`
        : `${rule.histories}:${line}:${column}: ${message}`,
    ),
  };
}
