/** Numbers of the work life cycle. Engineering defaults unless the comment says otherwise. */
export interface WorkPolicy {
  /** Within which an engineer must accept. */
  readonly acceptMinutes: { readonly emergency: number; readonly other: number };
  /** Farther from the machine an arrival needs a reason. */
  readonly arrivalKm: number;
  /** A photo of the site is needed before work starts. */
  readonly needsStartPhoto: boolean;
  /** The fault that comes back within this time after closing opens its ticket again (MR-7). */
  readonly reopenDays: number;
  /** ... and within this one it is called a recurrence. */
  readonly recurrenceDays: number;
  /** A ticket in follow-up closes by itself after this time. */
  readonly autoCloseDays: number;
  /** A ticket on hold is called to mind this often. */
  readonly holdReminderHours: number;
  /** An emergency that nobody has taken on is assigned by itself after this time ... */
  readonly assignAfterMinutes: number;
  /** ... and when nobody could go, tried again after this one. */
  readonly assignAgainMinutes: number;
  /** False: nobody is ever assigned by itself. */
  readonly assignsItself: boolean;
  /** Onsets within one minute from which a finding is called flapping. */
  readonly flappingOnsets: number;
  /** Episodes on one machine within the time that are one electrical or communication fault (MR-5). */
  readonly storm: { readonly episodes: number; readonly withinMinutes: number };
  /** Attempts in one visit from which an expert is suggested (ES-5). */
  readonly attemptsForExpert: number;
}

export const workPolicy: WorkPolicy = {
  acceptMinutes: { emergency: 15, other: 60 },
  arrivalKm: 2,
  needsStartPhoto: false,
  reopenDays: 7,
  recurrenceDays: 30,
  autoCloseDays: 7,
  holdReminderHours: 24,
  assignAfterMinutes: 10,
  assignAgainMinutes: 15,
  assignsItself: true,
  flappingOnsets: 3,
  storm: { episodes: 10, withinMinutes: 10 },
  attemptsForExpert: 3,
};
