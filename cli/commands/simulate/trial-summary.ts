import { type FaultTrial, type SoundLife, ticketsOf } from "./fault-trial.ts";

export interface TrialSummary {
  readonly trials: number;
  readonly foundInTime: number;
  readonly medianLeadHours: number | null;
  readonly falseTickets: number;
  readonly soundDays: number;
  /** Of one machine in 30 days. */
  readonly falsePerMonth: number;
}

export function summaryOf(
  trials: readonly FaultTrial[],
  lives: readonly SoundLife[],
): TrialSummary {
  const soundDays = lives.reduce((sum, { days }) => sum + days, 0);
  const falseTickets = lives.reduce((sum, { alarms }) => sum + ticketsOf(alarms).length, 0);
  return {
    trials: trials.length,
    foundInTime: trials.filter(({ isFoundInTime }) => isFoundInTime).length,
    medianLeadHours: medianOf(leadsOf(trials)),
    falseTickets,
    soundDays,
    falsePerMonth: soundDays === 0 ? 0 : (falseTickets / soundDays) * 30,
  };
}

/** How a failure mode fared. */
export interface ModeFigures {
  readonly failureMode: string;
  readonly trials: number;
  readonly inTime: number;
  readonly leadHours: { readonly least: number; readonly median: number } | null;
  /** Rules that were the first to tell of it, the most frequent first. */
  readonly foundBy: readonly string[];
  /** Tickets of this mode on sound machines: journeys for nothing. */
  readonly wasted: number;
  /** Tickets of this mode on machines that had another fault; they may follow from it. */
  readonly aside: number;
}

export function figuresByMode(
  trials: readonly FaultTrial[],
  lives: readonly SoundLife[],
): ModeFigures[] {
  const modes = new Set([
    ...trials.map(({ failureMode }) => failureMode),
    ...lives.flatMap(({ alarms }) => alarms.map(({ failureMode }) => failureMode)),
  ]);
  return [...modes].sort().map((failureMode) => {
    const own = trials.filter((trial) => trial.failureMode === failureMode);
    const leads = leadsOf(own);
    const tells = ({ alarms }: FaultTrial | SoundLife) =>
      alarms.some((alarm) => alarm.failureMode === failureMode);
    return {
      failureMode,
      trials: own.length,
      inTime: own.filter(({ isFoundInTime }) => isFoundInTime).length,
      leadHours: leads.length === 0 ? null : { least: leads[0] ?? 0, median: medianOf(leads) ?? 0 },
      foundBy: byFrequency(own.flatMap(({ found }) => found?.rule ?? [])),
      wasted: lives.filter(tells).length,
      aside: trials.filter((trial) => trial.failureMode !== failureMode && tells(trial)).length,
    };
  });
}

/** How a kind of rule fared: each rule counts once for a machine. */
export interface KindFigures {
  readonly kind: string;
  /** Machines with a fault on which a rule of the kind told of that fault. */
  readonly right: number;
  /** Of these, before every other kind. */
  readonly first: number;
  readonly medianLeadHours: number | null;
  /** Told of another failure mode on a machine with a fault. */
  readonly aside: number;
  /** Told of anything on a sound machine. */
  readonly wasted: number;
  /** Right by right, aside and wasted together: what is aside is counted as wrong. */
  readonly precision: number;
}

export function figuresByKind(
  trials: readonly FaultTrial[],
  lives: readonly SoundLife[],
): KindFigures[] {
  const kinds = new Set([...trials, ...lives].flatMap(({ alarms }) => alarms.map(kindOf)));
  return [...kinds].sort().map((kind) => {
    let [right, first, aside] = [0, 0, 0];
    const leads: number[] = [];
    for (const { alarms, failureMode, failedAt, found } of trials) {
      const own = alarms.filter((alarm) => alarm.kind === kind);
      const told = own.find((alarm) => alarm.failureMode === failureMode);
      if (told) right++;
      if (told && failedAt !== null) leads.push(hoursBetween(told.at, failedAt));
      if (found?.kind === kind) first++;
      aside += new Set(
        own.flatMap((alarm) => (alarm.failureMode === failureMode ? [] : alarm.rule)),
      ).size;
    }
    const wasted = lives.reduce(
      (sum, { alarms }) =>
        sum + new Set(alarms.flatMap((one) => (one.kind === kind ? one.rule : []))).size,
      0,
    );
    const precision = right / Math.max(1, right + aside + wasted);
    leads.sort(ascending);
    return { kind, right, first, medianLeadHours: medianOf(leads), aside, wasted, precision };
  });
}

const kindOf = ({ kind }: { readonly kind: string }): string => kind;

const hoursBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / 3_600_000;

const ascending = (one: number, other: number): number => one - other;

const leadsOf = (trials: readonly FaultTrial[]): number[] =>
  trials
    .flatMap(({ leadHours, isFoundInTime }) =>
      isFoundInTime && leadHours !== null ? [leadHours] : [],
    )
    .sort(ascending);

const medianOf = (inOrder: readonly number[]): number | null =>
  inOrder[Math.floor(inOrder.length / 2)] ?? null;

function byFrequency(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([word]) => word);
}
