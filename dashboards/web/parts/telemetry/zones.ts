import { offsetText } from "./when.ts";

const halves = [
  ...["-09:30", "-03:30", "+03:30", "+04:30", "+05:30", "+05:45", "+06:30"],
  ...["+08:45", "+09:30", "+10:30", "+12:45"],
];

/** Offsets of time zones, this device's first. Pure but for that. */
export function zones(): string[] {
  const own = offsetText();
  const whole = Array.from({ length: 27 }, (_, index) => index - 12)
    .filter((hour) => hour !== 0)
    .map((hour) => `${hour < 0 ? "-" : "+"}${String(Math.abs(hour)).padStart(2, "0")}:00`);
  const minutes = (one: string) =>
    Number(`${one[0]}1`) * (Number(one.slice(1, 3)) * 60 + Number(one.slice(4)));
  const others = [...whole, ...halves].sort((a, b) => minutes(a) - minutes(b));
  return [...new Set([own === "+00:00" ? "Z" : own, "Z", ...others])];
}
