import { formatTime } from "./format.ts";
import { language, textsOf } from "./i18n/language.ts";
import { texts } from "./i18n/pages/gateway-texts.ts";
import type { HealthProblem, Interruption } from "./types.ts";

const { t, word } = textsOf(texts);

/** `3 h 12 min`, `14 min`, `90 s`; units that both languages read. Pure. */
export function spanText(seconds: number): string {
  const whole = Math.abs(Math.round(seconds));
  if (whole < 120) return `${whole}\u00a0s`;
  const minutes = Math.round(whole / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest}\u00a0min`;
  return rest === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${rest}\u00a0min`;
}

/** An instant as short as it can be: the time of day where it is today's. */
export function whenText(iso: string | null): string {
  if (iso === null) return "";
  const isToday = new Date(iso).toDateString() === new Date().toDateString();
  return formatTime(iso, language.value, isToday ? "minute" : "full");
}

/** A problem in plain words, with what to do. */
export function problemText({ code, since, facts }: HealthProblem): string {
  const key = `problem.${code}` as const;
  const difference = spanText(Number(facts.seconds ?? 0));
  const memory = spanText(60 * Number(facts.minutes ?? 0));
  return t(key, { ...facts, since: whenText(since), difference, memory });
}

/** Why samples are missing. */
export function interruptionText({ cause, subject, state, isToCome }: Interruption): string {
  if (cause === "bus") return t("gap.bus", { subject, state: word("bus", state) });
  if (cause === "device") return t("gap.device", { subject });
  if (cause === "lost") return t("gap.lost", { subject: word("lost", subject) });
  if (cause === "link" && isToCome) return t("gap.link-to-come");
  return t(`gap.${cause}`);
}

export const noSamplesText = (): string => t("gap.unknown");
