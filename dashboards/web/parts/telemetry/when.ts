import { language } from "../../i18n/language.ts";

/** Date with its year, and time to the minute: history may be of any year. */
export const whenText = (iso: string): string => {
  const options = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(language.value, options).format(Date.parse(iso));
};

/** `UTC+08:00`, as this device has it now. Pure but for the zone. */
export function offsetText(at: Date = new Date()): string {
  const minutes = -at.getTimezoneOffset();
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}

/** An instant as an input of date and time shows it, in this device's zone. */
export const toInput = (ms: number): string => {
  const shifted = ms - new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 16);
};
