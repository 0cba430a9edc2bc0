import { createCalendar, plainWeeks } from "./calendar.ts";
import { startClock } from "./clock-actions.ts";
import type { ClockKind, SlaClock, SlaTarget } from "./sla-clock.ts";

/** Shanghai, without public holidays. */
export const plain = createCalendar(plainWeeks);

/** Shanghai's wall clock as an instant: `shanghai("2026-03-02 08:00")`. */
export const shanghai = (wall: string): string =>
  new Date(`${wall.replace(" ", "T")}+08:00`).toISOString();

export const msAfter = (at: string, ms: number): string =>
  new Date(Date.parse(at) + ms).toISOString();

export const hour = 3_600_000;

export const running = (
  at: string,
  target: SlaTarget = { minutes: 60 },
  kind: ClockKind = "arrival",
): SlaClock => startClock({ clockId: `${kind}-1`, kind, at, target }, plain);
