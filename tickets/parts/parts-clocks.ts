import { type Calendar, createCalendar } from "../sla/calendar.ts";
import { cancelClocks, stopClocks } from "../sla/clock-actions.ts";
import { readHolidays } from "../sla/load-holidays.ts";
import type { SlaClock } from "../sla/sla-clock.ts";
import { isDelivered, partsDeliveryTarget, partsRequestTargets } from "../sla/sla-targets.ts";
import { addClock, changedClocks } from "../sla/ticket-clocks.ts";
import type { Ticket } from "../ticket.ts";
import type { Priority } from "../vocabulary.ts";
import type { PartsDemand } from "./parts-demand.ts";

const calendars = new Map<string, Calendar>();

/** Working days of a time zone, with the holiday file that comes with Firebreak. `zone`: IANA name. */
export function calendarOf(zone: string): Calendar {
  const known = calendars.get(zone);
  if (known) return known;
  const calendar = createCalendar(readHolidays(), zone);
  calendars.set(zone, calendar);
  return calendar;
}

type Promised = Pick<PartsDemand, "isWearListed" | "isCentreCovered">;

/** The clocks of a new request: the reply, and the supply unless a delivery is promised instead (O-06). Pure. */
export function clocksOfRequest(
  demand: Promised,
  priority: Priority,
  { at, calendar }: { readonly at: string; readonly calendar: Calendar },
): SlaClock[] {
  return partsRequestTargets({ ...demand, priority }).reduce<SlaClock[]>(
    (clocks, { kind, target }) => addClock(clocks, { kind, at, target }, calendar),
    [],
  );
}

type Clocked = Pick<Ticket, "sla" | "demand" | "priority">;

/** The delivery clock starts with the approval, where a delivery is promised (O-21). Pure. */
export function clocksOfApproval({ sla, demand, priority }: Clocked, at: string): SlaClock[] {
  if (!demand || !isDelivered({ ...demand, priority }) || hasKind(sla, "parts_delivery")) return [];
  const start = { kind: "parts_delivery", at, target: partsDeliveryTarget(priority) } as const;
  return changedClocks(sla, addClock(sla, start, calendarOf("Asia/Shanghai")));
}

const hasKind = (clocks: readonly SlaClock[], wanted: SlaClock["kind"]): boolean =>
  clocks.some(({ kind }) => kind === wanted);

/** A promised date answers the request. Pure. */
export const clocksOfCommit = ({ sla }: Clocked, at: string): SlaClock[] =>
  changedClocks(sla, stopClocks(sla, "parts_reply", at));

/** All lines are at their destination: supply and delivery are done. Pure. */
export const clocksOfArrival = ({ sla }: Clocked, at: string): SlaClock[] =>
  changedClocks(sla, stopClocks(stopClocks(sla, "parts_supply", at), "parts_delivery", at));

/** The ticket is over: nothing is promised any more. Pure. */
export const clocksOfEnd = ({ sla }: Clocked, at: string): SlaClock[] =>
  changedClocks(sla, cancelClocks(sla, at));

/**
 * A request that has become urgent is owed a delivery instead of a supply: exactly one of them is promised. Once the
 * supply is done, or the delivery runs, nothing changes. Pure.
 */
export function clocksOfRaise(ticket: Clocked, priority: Priority, at: string): SlaClock[] {
  const { sla, demand } = ticket;
  const isOwed = sla.some(({ kind, stoppedAt }) => kind === "parts_supply" && !stoppedAt);
  if (!demand || !isOwed || !isDelivered({ ...demand, priority })) return [];
  const start = { kind: "parts_delivery", at, target: partsDeliveryTarget(priority) } as const;
  const cancelled = cancelClocks(sla, at, "parts_supply");
  return changedClocks(sla, addClock(cancelled, start, calendarOf("Asia/Shanghai")));
}
