import type { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import type { EpochOffer, NumberRange } from "@firebreak/wire/session.ts";

/** Cumulative count of one machine just before and just behind a number that is accounted for. */
export interface CountPoint {
  readonly number: number;
  readonly before: number;
  readonly after: number;
}

/** What surrounds a gap, for one machine. */
export interface Surroundings {
  readonly previous: CountPoint | undefined;
  readonly next: CountPoint | undefined;
  /** Samples quarantined between the two without a count of their own. */
  readonly quarantined: number;
}

/** Numbers that the offer neither holds nor the hub has. */
export function lostRanges(seen: NumberRanges, offer: EpochOffer): NumberRange[] {
  const held = offer.held;
  return seen.missing(1, offer.next - 1).flatMap(([first, last]) => {
    const gaps: NumberRange[] = [];
    let from = first;
    for (const [heldFirst, heldLast] of held) {
      if (heldLast < from || heldFirst > last) continue;
      if (heldFirst > from) gaps.push([from, heldFirst - 1]);
      from = Math.max(from, heldLast + 1);
    }
    if (from <= last) gaps.push([from, last]);
    return gaps;
  });
}

/**
 * Samples of one machine in a gap, by its cumulative counts on either side. Undefined while a batch between the gap and
 * its neighbours is still to come: then the difference would hold more than the gap.
 */
export function samplesLost(
  [first, last]: NumberRange,
  { previous, next, quarantined }: Surroundings,
  context: {
    readonly settled: NumberRanges;
    readonly offer: EpochOffer;
    readonly machineId: string;
  },
): number | undefined {
  const { settled, offer, machineId } = context;
  const stated = offer.machines[machineId]?.produced;
  const end = next?.number ?? offer.next;
  const before = next?.before ?? stated;
  if (before === undefined) return 0; // never heard of behind the gap, and the gateway knows no such machine
  if (settled.missing(last + 1, end - 1).length > 0) return undefined;
  if (settled.missing((previous?.number ?? 0) + 1, first - 1).length > 0) return undefined;
  return Math.max(0, before - (previous?.after ?? 0) - quarantined);
}
