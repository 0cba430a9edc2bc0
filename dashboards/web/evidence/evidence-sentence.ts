import type { Fact } from "@firebreak/rules/finding.ts";
import type { Evidence, I18nText } from "@firebreak/tickets/evidence.ts";
import { firstMessages } from "../i18n/first-messages.ts";
import { machineMessages } from "../i18n/machine-messages.ts";
import type { Language, Message } from "../i18n/messages.ts";
import { formatNumber, formatPercent } from "../plain-format.ts";
import {
  amountText,
  dayText,
  type EvidenceReader,
  fmiWord,
  lengthText,
  phrase,
  sayingOf,
  spanText,
  timeText,
  wordOf,
} from "./evidence-words.ts";

type Lamps = Extract<Evidence, { kind: "dtc" }>["lamps"];
const lampNames = ["redStop", "amberWarning", "mil", "protect"] as const;

/** The lamps that are lit or flash, the gravest first. Pure. */
export const lampsOn = (lamps: Lamps): (keyof Lamps)[] =>
  lampNames.filter((name) => ["on", "slow-flash", "fast-flash"].includes(lamps[name]));

/** Networks from here on are CANopen's. */
export const canopenNetworks = 128;

/** An emergency error code as CiA 301 prints it. Pure. */
export const hexCode = (code: number): string =>
  `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;

/**
 * One piece of evidence in one plain sentence: what was expected, what was seen, since when, in which context and how
 * sure. Pure.
 */
export function evidenceSentence(evidence: Evidence, reader: EvidenceReader): string {
  const { language } = reader;
  const main =
    evidence.kind === "dtc"
      ? dtcClause(evidence, reader)
      : evidence.kind === "silence"
        ? silenceClause(evidence, language)
        : signalClause(evidence, reader);
  const { context, contextTitle, confidence } =
    evidence.kind === "signal" ? evidence : { context: null };
  const named = contextTitle?.[language] ?? context;
  return phrase(language, "whole", {
    main,
    span: spanText(evidence.from, evidence.to, reader),
    during: named === null ? "" : phrase(language, "during", { context: named }),
    sure:
      confidence === undefined
        ? ""
        : phrase(language, "sure", { share: formatPercent(confidence, language) }),
  });
}

/** In both languages, for whoever reads it elsewhere. `titleOf` gives the plan's name of a signal. */
export const evidenceText = (
  evidence: Evidence,
  titleOf: (signal: string, language: Language) => string,
  zone: string,
): I18nText => {
  const say = (language: Language) =>
    evidenceSentence(evidence, { language, zone, titleOf: (name) => titleOf(name, language) });
  return { en: say("en"), "zh-CN": say("zh-CN") };
};

type SignalEvidence = Extract<Evidence, { kind: "signal" }>;

function signalClause(evidence: SignalEvidence, reader: EvidenceReader): string {
  const { language, titleOf } = reader;
  const { unit, observed, says, quality, others = [] } = evidence;
  const values = {
    signal: evidence.signalTitle?.[language] ?? titleOf(evidence.signal),
    quality: wordOf(language, "quality", quality),
    others: others.map(titleOf).join(phrase(language, "and")),
    ...(observed === null ? {} : { observed: amountText(observed, unit, language) }),
  };
  const said = says && sayingOf(language, says.word, { ...values, ...factsOf(says, reader) });
  if (said !== undefined) return said;
  if (observed === null) return phrase(language, "quality", values);
  const { measure, limit } = evidence;
  if (measure !== undefined)
    return phrase(language, `measure.${measure}`, {
      ...values,
      limit: amountText(limit, unit, language),
    });
  const { low, high } = expectedOf(evidence);
  const bounds = { low: amountText(low, unit, language), high: amountText(high, unit, language) };
  if (low !== null && high !== null) return phrase(language, "between", { ...values, ...bounds });
  if (high !== null) return phrase(language, "atMost", { ...values, ...bounds });
  return phrase(language, low === null ? "value" : "atLeast", { ...values, ...bounds });
}

/** A limit alone is of the side from which it was passed. */
export function expectedOf({
  expected,
  limit,
  observed,
}: Pick<SignalEvidence, "expected" | "limit" | "observed">) {
  if (expected !== undefined) return expected;
  const isAbove = observed !== null && limit !== null && observed >= limit;
  return isAbove ? { low: null, high: limit } : { low: limit, high: null };
}

const factsOf = (
  { facts }: NonNullable<SignalEvidence["says"]>,
  reader: EvidenceReader,
): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, factText(fact, reader)]));

function factText(fact: Fact, reader: EvidenceReader): string {
  const { language, titleOf } = reader;
  switch (fact.is) {
    case "amount":
      return amountText(fact.value, fact.unit, language);
    case "count":
      return formatNumber(fact.value, language, 0);
    case "share":
      return formatPercent(fact.value, language);
    case "duration":
      return lengthText(fact.seconds, language);
    case "time":
      return dayText(fact.at, reader);
    case "signals":
      return fact.signals.map(titleOf).join(phrase(language, "and"));
  }
}

type DtcEvidence = Extract<Evidence, { kind: "dtc" }>;

function dtcClause(evidence: DtcEvidence, reader: EvidenceReader): string {
  const { language, titleOf } = reader;
  const { isUncertain, life, onset = [] } = evidence;
  const clauses = [codeClause(evidence, language)];
  if (isUncertain) clauses.push(phrase(language, "uncertain"));
  if (life) {
    const first = timeText(life.first, reader);
    clauses.push(phrase(language, "life", { first, count: life.messages }));
  }
  if (onset.length > 0) {
    const values = onset.map(({ signal, value, unit, quality }) => {
      const read =
        value === null ? wordOf(language, "quality", quality) : amountText(value, unit, language);
      return `${titleOf(signal)} ${read}`;
    });
    const joined = values.join(language === "en" ? ", " : "、");
    clauses.push(phrase(language, "onset", { values: joined }));
  }
  return clauses.join(language === "en" ? "; " : "；");
}

function codeClause({ spn, fmi, sa, oc, network = 0, lamps }: DtcEvidence, language: Language) {
  if (network >= canopenNetworks)
    return phrase(language, "emergency", { node: sa, code: hexCode(spn) });
  const lit = lampsOn(lamps).map((name) => wordOf(language, "lamp", name));
  const joined = lit.join(phrase(language, "and"));
  const lamp =
    lit.length === 0
      ? phrase(language, "noLamp")
      : phrase(language, "lampsOn", { lamps: language === "en" ? joined.toLowerCase() : joined });
  const count =
    oc === null || oc === 0
      ? phrase(language, "noCount")
      : phrase(language, "counted", { count: oc });
  return phrase(language, "dtc", { sa, spn, fmi, meaning: fmiWord(language, fmi), lamp, count });
}

const silenceWords: Readonly<Record<string, Message>> = { ...firstMessages, ...machineMessages };

function silenceClause(
  { cause, isCertain, detail }: Extract<Evidence, { kind: "silence" }>,
  language: Language,
): string {
  const word = (vocabulary: string, name: string): string =>
    silenceWords[`${vocabulary}.${name}`]?.[language] ?? name;
  const main = isCertain
    ? phrase(language, "silence", { cause: withoutStop(word("silenceSays", cause)) })
    : phrase(language, "silenceLikely", { cause: word("silence", cause) });
  if (detail === "") return main;
  return `${main}${language === "en" ? "; " : "；"}${withoutStop(word("silenceDetail", detail))}`;
}

/** The catalogue's words of silence are sentences; here they are part of one. */
const withoutStop = (text: string): string => text.replace(/[.。]$/, "");
