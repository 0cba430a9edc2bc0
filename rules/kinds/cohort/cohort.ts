import { CohortRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import {
  type DayVerdict,
  defineHistoryKind,
  type PeerSummary,
} from "../../history/history-kind.ts";
import {
  dailyValues,
  endOfDay,
  hoursPerDay,
  type MachineHours,
  median,
  startOfDay,
} from "../../history/hours.ts";
import { idleDays } from "../../history/judge-rule.ts";
import { fewestPeers, limitFor } from "./limit-for.ts";

interface Prepared {
  readonly rule: CohortRule;
  readonly unit: string;
  readonly hourMeter: string | undefined;
}

/** What a machine shows on a day: the median of so many days of work, the last of them no older than `idleDays`. */
const levelDays = 7;
const fewestLevelDays = 3;
/** Machines of like age and duty, at most so many: more do not make the band better. */
const mostPeers = 60;
/** Duty and age are alike within this factor; ages below `youngHours` always. Engineering defaults. */
const alikeFactor = 2;
const youngHours = 1_000;
/** Standard deviation of normal scatter per median absolute deviation. @see Rousseeuw & Croux 1993 */
const sdPerMad = 1.4826;

/**
 * Finds a machine that has been far from the others of its type for days: its level lies outside the robust band (median
 * and median absolute deviation) of at least five machines of like age and duty.
 */
export const cohort = defineHistoryKind<CohortRule, Prepared>({
  kind: "cohort",
  judges: "history",
  schema: CohortRule,
  signalsOf: ({ signal, hours = [] }, plan) => [
    signal,
    ...hours.map((one) => one.signal),
    ...(plan.service.hourMeter === undefined ? [] : [plan.service.hourMeter]),
  ],
  prepare: (rule, plan) => ({
    rule,
    unit: plan.acquisition.signals[rule.signal]?.unit ?? "",
    hourMeter: plan.service.hourMeter,
  }),
  summarise: summaryOf,
  *judge(prepared, hours, { most, fromDay, lastDay, peers }) {
    const own = summaryOf(prepared, hours, lastDay);
    const alike = peersLike(own, peers);
    yield;
    const days = own.workedOn.filter((day) => day >= fromDay).slice(-most);
    return days.flatMap((day): DayVerdict[] => {
      const band = bandOf(alike, day);
      const level = own.levels.get(day);
      if (band === undefined || level === undefined) return [];
      const isAbove = level > band.high && prepared.rule.side !== "below";
      const isBelow = level < band.low && prepared.rule.side !== "above";
      return [{ day, speaks: isAbove || isBelow }];
    });
  },
  describe(prepared, hours, { since, newest, lastDay, peers }) {
    const { rule, unit } = prepared;
    const own = summaryOf(prepared, hours, lastDay);
    const band = bandOf(peersLike(own, peers), newest.day);
    const observed = own.levels.get(newest.day) ?? null;
    const amount = (value: number) => ({ is: "amount" as const, value, unit });
    return {
      failureMode: rule.failureMode,
      severity: rule.severity,
      evidence: [
        {
          kind: "signal",
          signal: rule.signal,
          unit,
          observed,
          limit: null,
          quality: qualityName(Quality.good),
          context: null,
          from: startOfDay(since.day),
          to: endOfDay(newest.day),
          rule: rule.id,
          ...(band
            ? {
                expected: { low: band.low, high: band.high },
                says: {
                  word: "cohort",
                  facts: {
                    machines: { is: "count", value: band.machines },
                    low: amount(band.low),
                    high: amount(band.high),
                  },
                },
              }
            : {}),
        },
      ],
    };
  },
});

function summaryOf(
  { rule, hourMeter }: Prepared,
  hours: MachineHours,
  lastDay: number,
): PeerSummary {
  const from = lastDay - 2 * idleDays;
  const days = dailyValues(
    hours,
    { signal: rule.signal, of: rule.of, when: rule.hours ?? [] },
    from * hoursPerDay,
  ).filter(({ day }) => day <= lastDay);
  const levels = new Map<number, number>();
  for (let day = lastDay - idleDays; day <= lastDay; day++) {
    const last = days.filter((one) => one.day <= day && one.day > day - idleDays);
    if (last.length < fewestLevelDays) continue;
    levels.set(day, median(last.slice(-levelDays).map(({ value }) => value)));
  }
  const dutyHours = days.reduce((sum, one) => sum + one.hours, 0) / (2 * idleDays);
  return {
    ageHours: ageOf(hours, hourMeter, lastDay),
    dutyHours,
    workedOn: days.map(({ day }) => day),
    levels,
  };
}

function ageOf(hours: MachineHours, hourMeter: string | undefined, lastDay: number): number | null {
  const meter = hours.get(hourMeter ?? "");
  if (meter === undefined) return null;
  for (let row = meter.hour.length - 1; row >= 0; row--)
    if ((meter.hour[row] ?? 0) < (lastDay + 1) * hoursPerDay) return meter.max[row] ?? null;
  return null;
}

function peersLike(own: PeerSummary, peers: readonly PeerSummary[]): PeerSummary[] {
  const alike: PeerSummary[] = [];
  for (const peer of peers) {
    if (alike.length >= mostPeers) break;
    if (isAlike(own.dutyHours, peer.dutyHours) && isOfAge(own.ageHours, peer.ageHours))
      alike.push(peer);
  }
  return alike;
}

const isAlike = (one: number, other: number): boolean =>
  one > 0 && other > 0 && Math.max(one, other) <= alikeFactor * Math.min(one, other);

/** Where the plan has no meter, age is nobody's; a machine whose meter says nothing has no peers among those that have. */
const isOfAge = (one: number | null, other: number | null): boolean =>
  one === null || other === null
    ? one === other
    : Math.max(one, other) <= youngHours || isAlike(one, other);

interface Band {
  readonly low: number;
  readonly high: number;
  readonly machines: number;
}

/** Undefined for fewer than five machines, or those that show one and the same value. */
function bandOf(peers: readonly PeerSummary[], day: number): Band | undefined {
  const levels = peers.flatMap(({ levels }) => levels.get(day) ?? []);
  if (levels.length < fewestPeers) return undefined;
  const middle = median(levels);
  const scatter = sdPerMad * median(levels.map((level) => Math.abs(level - middle)));
  if (!(scatter > 0)) return undefined;
  const reach = limitFor(levels.length) * scatter;
  return { low: middle - reach, high: middle + reach, machines: levels.length };
}
