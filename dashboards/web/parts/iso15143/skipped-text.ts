import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/iso15143-texts.ts";

const { t } = textsOf(texts);

type Skip = Extract<keyof typeof texts, `skip.${string}`>;

/** The interface's own words, and ours; groups are what the words name. */
const patterns: readonly (readonly [RegExp, Skip])[] = [
  [/^(?<element>.+): not an element of ISO 15143-3 that is known$/, "skip.element"],
  [/^(?<element>.+): no time that can be$/, "skip.time"],
  [/^(?<field>.+) is neither true nor false$/, "skip.flag"],
  [/^(?<field>.+) is no number$/, "skip.number"],
  [/^(?<field>.+) is in a unit that is not known$/, "skip.unit"],
  [/^(?<field>.+) is out of range$/, "skip.range"],
  [/^a machine without PIN, serial number and equipment id$/, "skip.nameless"],
  [/^a machine that is there twice$/, "skip.twice"],
  [/^machines beyond (?<most>\d+)$/, "skip.beyond"],
  [/^a time that lies ahead$/, "skip.ahead"],
];

/** Why something of a reading could not be used, in the reader's language; a reason that is not known, as it came. */
export function skippedText(reason: string): string {
  for (const [pattern, key] of patterns) {
    const match = pattern.exec(reason);
    if (match) return t(key, match.groups ?? {});
  }
  return reason;
}
