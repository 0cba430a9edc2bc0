import type { Language, MessageKey } from "./i18n/messages.ts";

/** An age as text key and count: seconds below 90, then minutes, hours and days. Pure. */
export function ageOf(seconds: number): { key: MessageKey; count: number } {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 90) return { key: "secondsAgo", count: whole };
  if (whole < 90 * 60) return { key: "minutesAgo", count: Math.floor(whole / 60) };
  if (whole < 48 * 3600) return { key: "hoursAgo", count: Math.floor(whole / 3600) };
  return { key: "daysAgo", count: Math.floor(whole / 86_400) };
}

/** A number with up to `digits` after the point and the separators of the language. Pure. */
export const formatNumber = (value: number, language: Language, digits = 2): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

/** Date and time of an ISO stamp in the reader's time zone; the text itself when it is none. Pure. */
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
  return new Intl.DateTimeFormat(language, { ...options, hourCycle: "h23" }).format(ms);
}

const unitTexts: Readonly<Record<string, string>> = {
  m3: "m³",
  "m3/h": "m³/h",
  deg: "°",
  count: "",
  state: "",
  gear: "",
};

/** How a unit of the plans is written for people. Pure. */
export const formatUnit = (unit: string): string => unitTexts[unit] ?? unit;
