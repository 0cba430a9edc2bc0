import { durationText, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";

const { t } = textsOf(texts);

type Words = (found: readonly string[], faultName: (code: string) => string) => string;
const time = (iso: string) => formatTime(iso, language.value);
const span = (seconds: string | undefined) => durationText(Number(seconds), language.value);

/** What verification writes down, in words of both languages. */
const sentences: readonly (readonly [pattern: RegExp, words: Words])[] = [
  [/^(\d+) of (\d+) s of operation$/, () => t("awaits", { what: t("awaitsOperation") })],
  [
    /^a normal value of (.+)$/,
    ([, signals = ""]) => t("awaits", { what: t("awaitsNormal", { signals }) }),
  ],
  [/^signals inside their normal bands$/, () => t("awaits", { what: t("awaitsBands") })],
  [
    /^health of (\d+); it is (\w+)$/,
    ([, least = "", now = ""]) => t("awaits", { what: t("awaitsHealth", { least, now }) }),
  ],
  [
    /^(\d+) s of operation without the fault, signals normal, health (\w+)$/,
    ([, seconds, health = ""]) => t("provedBy", { time: span(seconds), health }),
  ],
  [
    /^(.+) never went away$/,
    ([, fault = ""], nameOf) => t("neverWentAway", { what: nameOf(fault) }),
  ],
  [
    /^(.+) came again at (\S+)$/,
    ([, fault = "", at = ""], nameOf) => t("cameAgain", { what: nameOf(fault), time: time(at) }),
  ],
  [
    /^(\w+) was (\S+) and so outside its normal band since (\S+)$/,
    ([, signal = "", value = "", at = ""]) => t("outsideBand", { signal, value, time: time(at) }),
  ],
  [/^not enough was seen in time/, () => t("notEnoughSeen")],
];

/** Words for what verification says of faults it names by their codes; a person's own words stay as they are. */
export function proofText(detail: string, faultName: (code: string) => string): string {
  for (const [pattern, words] of sentences) {
    const found = pattern.exec(detail);
    if (found) return words([...found], faultName);
  }
  return detail;
}
