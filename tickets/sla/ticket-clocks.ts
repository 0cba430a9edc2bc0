import type { Calendar } from "./calendar.ts";
import { limitClock, settleClock, startClock, tightenClock } from "./clock-actions.ts";
import { type ClockKind, isLive, nextClockId, type SlaClock, type SlaTarget } from "./sla-clock.ts";
import type { KindTarget } from "./sla-targets.ts";

/** All clocks of a ticket with one more. The id is made here: events hold it, so it never has to be made again. */
export const addClock = (
  clocks: readonly SlaClock[],
  start: { readonly kind: ClockKind; readonly at: string; readonly target: SlaTarget },
  calendar: Calendar,
): SlaClock[] => [
  ...clocks,
  startClock({ ...start, clockId: nextClockId(start.kind, clocks) }, calendar),
];

/**
 * Starts what begins at `from`. A clock of the same kind that lives already is not reset: the earlier due time counts.
 */
export function startTargets(
  clocks: readonly SlaClock[],
  targets: readonly KindTarget[],
  begin: { readonly from: KindTarget["from"]; readonly at: string; readonly calendar: Calendar },
): SlaClock[] {
  const { from, at, calendar } = begin;
  return targets
    .filter((one) => one.from === from)
    .reduce<SlaClock[]>(
      (all, { kind, target }) => {
        const living = all.find((clock) => clock.kind === kind && isLive(clock));
        return living === undefined
          ? addClock(all, { kind, at, target }, calendar)
          : replace(all, tightenClock(living, at, target));
      },
      [...clocks],
    );
}

/**
 * MR-4: a raised priority tightens what runs or is held, and starts what only the higher priority promises. What is over
 * stays over.
 */
export function raiseClocks(
  clocks: readonly SlaClock[],
  targets: readonly KindTarget[],
  raise: { readonly at: string; readonly calendar: Calendar },
): SlaClock[] {
  const wanted = targets.filter(
    ({ kind, from }) =>
      from === "opening" &&
      kind !== "dispatch_confirmation" &&
      clocks.every((clock) => clock.kind !== kind || isLive(clock)),
  );
  return startTargets(clocks, wanted, { ...raise, from: "opening" });
}

/**
 * MR-3: the clocks of the ticket that stays, after another was merged into it at `at`. For a kind that both still owe the
 * earliest due time wins; what the staying ticket never promised is taken over; nothing is extended or started anew.
 */
export function mergeClocks(
  staying: readonly SlaClock[],
  merged: readonly SlaClock[],
  at: string,
): SlaClock[] {
  let all = [...staying];
  for (const clock of merged.filter(isLive)) {
    const same = all.filter(({ kind }) => kind === clock.kind);
    const living = same.find(isLive);
    if (living) all = replace(all, limitClock(living, at, settleClock(clock, at).dueAt));
    else if (same.length === 0) all.push({ ...clock, clockId: nextClockId(clock.kind, all) });
  }
  return all;
}

/** By clock id, as `fold` takes the `clocks` of an event. */
export const replaceClocks = (
  clocks: readonly SlaClock[],
  changed: readonly SlaClock[],
): SlaClock[] => changed.reduce<SlaClock[]>(replace, [...clocks]);

function replace(clocks: readonly SlaClock[], changed: SlaClock): SlaClock[] {
  return clocks.some(({ clockId }) => clockId === changed.clockId)
    ? clocks.map((clock) => (clock.clockId === changed.clockId ? changed : clock))
    : [...clocks, changed];
}

/** What of `after` is new or different: an event that changes clocks carries these. */
export const changedClocks = (
  before: readonly SlaClock[],
  after: readonly SlaClock[],
): SlaClock[] => after.filter((clock) => !before.includes(clock));
