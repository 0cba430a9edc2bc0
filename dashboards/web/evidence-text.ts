import { formatNumber, formatSpan, formatTime, formatUnit } from "./format.ts";
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

type DtcEvidence = Extract<Evidence, { kind: "dtc" }>;
type TitleOf = (name: string) => string;

/** Networks from here on are CANopen's. */
export const canopenNetworks = 128;

/** An emergency error code as CiA 301 prints it. Pure. */
export const hexCode = (code: number): string =>
  `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;

function dtcSentences(evidence: DtcEvidence, language: Language, titleOf: TitleOf): string {
  const { isUncertain, life, onset = [] } = evidence;
  const sentences = [dtcSentence(evidence, language)];
  if (isUncertain) sentences.push(translate(language, "evidence.uncertain"));
  if (life)
    sentences.push(
      translate(language, "evidence.life", {
        first: formatTime(life.first, language),
        count: life.messages,
      }),
    );
  if (onset.length > 0) {
    const values = onset.map((one) => `${titleOf(one.signal)} ${onsetValue(one, language)}`);
    const joined = values.join(language === "en" ? ", " : "、");
    sentences.push(translate(language, "evidence.onset", { values: joined }));
  }
  return sentences.join(language === "en" ? " " : "");
}

function onsetValue(
  { value, unit, quality }: NonNullable<DtcEvidence["onset"]>[number],
  language: Language,
): string {
  const key = `quality.${quality}`;
  if (value === null) return isMessageKey(key) ? translate(language, key) : quality;
  return `${formatNumber(value, language)} ${formatUnit(unit)}`.trim();
}

function dtcSentence(evidence: DtcEvidence, language: Language): string {
  const { spn, fmi, sa, oc, network = 0 } = evidence;
  const span = formatSpan(evidence.from, evidence.to, language);
  if (network >= canopenNetworks)
    return translate(language, "evidence.emergency", {
      node: sa,
      code: hexCode(spn),
      span,
    });
  const lit = lampsOn(evidence.lamps).map((name) => translate(language, `lamp.${name}`));
  const joined = lit.join(language === "en" ? " and " : "、");
  const lamp =
    lit.length === 0
      ? translate(language, "evidence.noLamp")
      : translate(language, "evidence.lampsOn", {
          lamps: language === "en" ? joined.toLowerCase() : joined,
        });
  const count =
    oc === null || oc === 0
      ? translate(language, "evidence.noCount")
      : translate(language, "evidence.count", { count: oc });
  const meaning = fmiText(fmi, language);
  return translate(language, "evidence.dtc", { sa, spn, fmi, meaning, lamp, oc: count, span });
}

function silenceSentences(
  { from, to, cause, isCertain, detail }: Extract<Evidence, { kind: "silence" }>,
  language: Language,
): string {
  const word = (vocabulary: string, name: string): string => {
    const key = `${vocabulary}.${name}`;
    return isMessageKey(key) ? translate(language, key) : name;
  };
  const span = formatSpan(from, to, language);
  const sentences = [
    translate(language, "evidence.silence", { span }),
    isCertain
      ? word("silenceSays", cause)
      : translate(language, "evidence.silenceLikely", { cause: word("silence", cause) }),
    ...(detail === "" ? [] : [word("silenceDetail", detail)]),
  ];
  return sentences.join(language === "en" ? " " : "");
}

/** One piece of evidence in plain sentences; `signalTitle` is the plan's name of the signal. Pure. */
export function evidenceSentence(
  evidence: Evidence,
  language: Language,
  signalTitle: (name: string) => string = (name) => name,
): string {
  if (evidence.kind === "dtc") return dtcSentences(evidence, language, signalTitle);
  if (evidence.kind === "silence") return silenceSentences(evidence, language);
  const span = formatSpan(evidence.from, evidence.to, language);
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
