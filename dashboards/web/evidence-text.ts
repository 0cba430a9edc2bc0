import { formatNumber, formatSpan, formatUnit } from "./format.ts";
import { isMessageKey, translate } from "./i18n/language.ts";
import type { Language } from "./i18n/messages.ts";
import type { Evidence, TroubleCode } from "./types.ts";

type Lamps = TroubleCode["lamps"];
const lampNames = ["redStop", "amberWarning", "mil", "protect"] as const;

/** The lamps that are lit or flash, the gravest first. Pure. */
export const lampsOn = (lamps: Lamps): (keyof Lamps)[] =>
  lampNames.filter((name) => ["on", "slow-flash", "fast-flash"].includes(lamps[name]));

/** What a failure mode indicator of SAE J1939-73 means. Pure. */
export function fmiText(fmi: number, language: Language): string {
  const key = `fmi.${fmi}`;
  return isMessageKey(key) ? translate(language, key) : translate(language, "fmi.other", { fmi });
}

/** One piece of evidence as a plain sentence; `signalTitle` is the plan's name of the signal. Pure. */
export function evidenceSentence(
  evidence: Evidence,
  language: Language,
  signalTitle: (name: string) => string = (name) => name,
): string {
  const span = formatSpan(evidence.from, evidence.to, language);
  if (evidence.kind === "dtc") {
    const { spn, fmi, sa, oc } = evidence;
    const lit = lampsOn(evidence.lamps).map((name) => translate(language, `lamp.${name}`));
    const joined = lit.join(language === "en" ? " and " : "、");
    const lamp =
      lit.length === 0
        ? translate(language, "evidence.noLamp")
        : translate(language, "evidence.lampsOn", {
            lamps: language === "en" ? joined.toLowerCase() : joined,
          });
    const count =
      oc === null
        ? translate(language, "evidence.noCount")
        : translate(language, "evidence.count", { count: oc });
    const meaning = fmiText(fmi, language);
    return translate(language, "evidence.dtc", {
      sa,
      spn,
      fmi,
      meaning,
      lamp,
      oc: count,
      span,
    });
  }
  const { signal, unit, observed, limit, quality, context, contextTitle } = evidence;
  const name = signalTitle(signal);
  const amount = (value: number | null) =>
    value === null ? "–" : `${formatNumber(value, language)} ${formatUnit(unit)}`.trim();
  const qualityKey = `quality.${quality}`;
  const sentence =
    observed === null
      ? translate(language, "evidence.quality", {
          signal: name,
          quality: isMessageKey(qualityKey) ? translate(language, qualityKey) : quality,
          span,
        })
      : translate(language, "evidence.signal", {
          signal: name,
          observed: amount(observed),
          limit: amount(limit),
          span,
        });
  if (context === null) return sentence;
  const during = translate(language, "evidence.during", {
    context: contextTitle?.[language] ?? context,
  });
  return `${sentence}${language === "en" ? " " : ""}${during}`;
}
