import { fmiMessages } from "../i18n/fmi-messages.ts";
import type { Language, Message } from "../i18n/messages.ts";
import { stateMessages } from "../i18n/state-messages.ts";
import { formatNumber, formatUnit } from "../plain-format.ts";
import { type EvidenceMessage, evidenceMessages } from "./evidence-messages.ts";

/** How one reader has it: the language, the plan's names of signals, and the zone of times. */
export interface EvidenceReader {
  readonly language: Language;
  /** The plan's name of a signal. */
  readonly titleOf: (signal: string) => string;
  /** IANA name; absent: the zone of whoever runs this. */
  readonly zone?: string;
}

type Values = Readonly<Record<string, string | number>>;

const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );

/** A text of the catalogue, filled. */
export const phrase = (language: Language, key: EvidenceMessage, values: Values = {}): string =>
  fill(evidenceMessages[key][language], values);

/** What a kind says, if the catalogue knows the word and every place of it is filled. */
export function sayingOf(language: Language, word: string, values: Values): string | undefined {
  const known: Readonly<Record<string, Message>> = evidenceMessages;
  const text = known[`says.${word}`]?.[language];
  const said = text === undefined ? undefined : fill(text, values);
  return said === undefined || /\{\w+\}/.test(said) ? undefined : said;
}

/** A word of the vocabularies `quality` and `lamp`, or the word itself when it is not known here. */
export function wordOf(language: Language, vocabulary: "quality" | "lamp", name: string): string {
  const known: Readonly<Record<string, Message>> = stateMessages;
  return known[`${vocabulary}.${name}`]?.[language] ?? name;
}

/** What a failure mode indicator of SAE J1939-73 means. */
export function fmiWord(language: Language, fmi: number): string {
  const known: Readonly<Record<string, Message>> = fmiMessages;
  return (known[`fmi.${fmi}`] ?? fmiMessages["fmi.other"])[language].replace("{fmi}", String(fmi));
}

export const amountText = (value: number | null, unit: string, language: Language): string =>
  value === null ? "–" : `${formatNumber(value, language)} ${formatUnit(unit)}`.trim();

/** Seconds below 90, then minutes, hours and days. */
export function lengthText(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [key, count] =
    whole < 90
      ? (["length.seconds", whole] as const)
      : whole < 90 * 60
        ? (["length.minutes", Math.floor(whole / 60)] as const)
        : whole < 48 * 3600
          ? (["length.hours", Math.floor(whole / 3600)] as const)
          : (["length.days", Math.floor(whole / 86_400)] as const);
  return phrase(language, key, { count }).replace(" ", "\u00a0");
}

const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

/** Day and time; the text itself where it is no time. */
export function timeText(iso: string, { language, zone }: EvidenceReader, withDay = true): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  const day = withDay ? ({ month: "short", day: "numeric" } as const) : {};
  const options = { ...day, ...clock, hourCycle: "h23", timeZone: zone } as const;
  return new Intl.DateTimeFormat(language, options).format(ms);
}

/** A day of the year. */
export function dayText(iso: string, { language, zone }: EvidenceReader): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: zone }).format(ms);
}

/** A stretch of time, said once: its beginning, its end in short, its length. */
export function spanText(from: string, to: string, reader: EvidenceReader): string {
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  const start = timeText(from, reader);
  if (Number.isNaN(seconds) || seconds <= 0) return start;
  const isSameDay = dayText(from, reader) === dayText(to, reader);
  const end = timeText(to, reader, !isSameDay);
  const length = lengthText(seconds, reader.language);
  return phrase(reader.language, "timeSpan", { start, end, length });
}
