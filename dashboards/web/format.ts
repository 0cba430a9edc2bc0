import { translate } from "./i18n/language.ts";
import type { Language } from "./i18n/messages.ts";

export { formatNumber, formatPercent, formatUnit } from "./plain-format.ts";

const durations = {
  secondsAgo: "seconds",
  minutesAgo: "minutes",
  hoursAgo: "hours",
  daysAgo: "days",
} as const;

/** An age as text key and count: seconds below 90, then minutes, hours and days. Pure. */
export function ageOf(seconds: number): { key: keyof typeof durations; count: number } {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 90) return { key: "secondsAgo", count: whole };
  if (whole < 90 * 60) return { key: "minutesAgo", count: Math.floor(whole / 60) };
  if (whole < 48 * 3600) return { key: "hoursAgo", count: Math.floor(whole / 3600) };
  return { key: "daysAgo", count: Math.floor(whole / 86_400) };
}

/** A length of time in words, never broken: seconds below 90, then minutes, hours and days. Pure. */
export function durationText(seconds: number, language: Language): string {
  const { key, count } = ageOf(seconds);
  return translate(language, durations[key], { count }).replace(" ", "\u00a0");
}

/** A stretch of time, said once: its beginning, its end in short, its length. Pure. */
export function formatSpan(from: string, to: string, language: Language): string {
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  const start = formatTime(from, language);
  if (Number.isNaN(seconds) || seconds <= 0) return start;
  const day = (iso: string) => new Date(iso).toDateString();
  const end = formatTime(to, language, day(from) === day(to) ? "second" : "full");
  const length = durationText(seconds, language);
  return translate(language, "timeSpan", { start, end, length });
}

/** Date and time of an ISO stamp in the reader's zone, with the year unless it is this one; the text itself when it is none. */
export function formatTime(
  iso: string,
  language: Language,
  style: "full" | "minute" | "second" = "full",
): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  const options: Intl.DateTimeFormatOptions =
    style === "minute"
      ? { hour: "2-digit", minute: "2-digit" }
      : style === "second"
        ? { hour: "2-digit", minute: "2-digit", second: "2-digit" }
        : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const isThisYear = new Date(ms).getFullYear() === new Date().getFullYear();
  const year = style === "full" && !isThisYear ? ({ year: "numeric" } as const) : {};
  return new Intl.DateTimeFormat(language, { ...year, ...options, hourCycle: "h23" }).format(ms);
}

/** The zone in which times are shown, and how far it is off then: `Asia/Kathmandu, GMT+5:45`. */
export function zoneText(atMs: number, timeZone?: string): string {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "shortOffset" });
  const offset = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName");
  return `${format.resolvedOptions().timeZone}, ${offset?.value ?? ""}`;
}
