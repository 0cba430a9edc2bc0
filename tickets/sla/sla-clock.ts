import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "../vocabulary.ts";

export const clockKinds = [
  "response",
  "dispatch_confirmation",
  "arrival",
  "resolution",
  "report_upload",
  "parts_reply",
  "parts_supply",
  "parts_delivery",
  "repair_turnaround",
  "flying_squad_response",
  "follow_up",
  "due_window",
] as const;
export type ClockKind = (typeof clockKinds)[number];

export const clockStates = ["running", "paused", "met", "breached", "cancelled"] as const;
export type SlaStatus = (typeof clockStates)[number];

/** ES-1, in this order: station manager, HQ and customer, HQ's manager. */
export const reachedLevels = ["warned", "breached", "escalated"] as const;
export type ReachedLevel = (typeof reachedLevels)[number];

/** How long something may take: exactly one of the three. */
export const SlaTarget = Type.Union([
  Type.Object(
    { minutes: Type.Number({ minimum: 0, description: "of the whole day, every day" }) },
    closed,
  ),
  Type.Object(
    {
      workingDays: Type.Integer({
        minimum: 1,
        description: "to the end of the n-th working day after the day of the start",
      }),
    },
    closed,
  ),
  Type.Object({ until: Instant }, { ...closed, description: "to a date, as of a due window" }),
]);
export type SlaTarget = Static<typeof SlaTarget>;

const Pause = Type.Object(
  { from: Instant, to: Type.Optional(Instant), reason: Type.String({ minLength: 1 }) },
  closed,
);

/**
 * One promise about time. A clock is a value: the functions of this folder give the next one. `dueAt` of a paused clock
 * is what it would be if the pause ended at once.
 */
export const SlaClock = Type.Object(
  {
    clockId: Type.String({ minLength: 1, description: "<kind>-<number>, unique in its ticket" }),
    kind: literals(clockKinds),
    calendar: literals(["24x7", "working_days"]),
    startedAt: Instant,
    targetMinutes: Type.Optional(Type.Number({ minimum: 0 })),
    targetWorkingDays: Type.Optional(Type.Integer({ minimum: 1 })),
    targetAt: Type.Optional(Type.String({ description: "the date itself, as of a due window" })),
    /** Later, shorter promises (raised priority, merged clocks): the earliest due counts. */
    limits: Type.Optional(
      Type.Array(Type.Object({ from: Instant, dueAt: Instant }, closed), {
        description: "dueAt as it stood at `from`; pauses after that move it",
      }),
    ),
    pauses: Type.Array(Pause),
    dueAt: Instant,
    stoppedAt: Type.Optional(Instant),
    status: literals(clockStates),
    breachedAt: Type.Optional(Type.String({ description: "the due time that passed" })),
    toldLevel: Type.Optional(
      Type.Enum(reachedLevels, { description: "the highest level people have been told of" }),
    ),
    overrunMs: Type.Optional(
      Type.Integer({ minimum: 1, description: "milliseconds from due to stop, when breached" }),
    ),
    calendarRef: Type.Optional(
      Type.String({
        description: "holiday file and zone a working-day due time was reckoned with",
      }),
    ),
    uncertainYears: Type.Optional(
      Type.Array(Type.Integer(), {
        description: "years whose holidays the file does not know for certain",
      }),
    ),
  },
  closed,
);
export type SlaClock = Static<typeof SlaClock>;

/** Of the three targets the one that a stored clock has. */
export function targetOf({
  targetMinutes,
  targetWorkingDays,
  targetAt,
  dueAt,
}: SlaClock): SlaTarget {
  if (targetMinutes !== undefined) return { minutes: targetMinutes };
  if (targetWorkingDays !== undefined) return { workingDays: targetWorkingDays };
  return { until: targetAt ?? dueAt };
}

/** Neither stopped nor cancelled; a breached clock lives on until it is stopped. */
export const isLive = ({ stoppedAt, status }: SlaClock): boolean =>
  stoppedAt === undefined && status !== "cancelled";

/** `response-1`, or the next number when the ticket has had such a clock already. */
export const nextClockId = (kind: ClockKind, clocks: readonly SlaClock[]): string =>
  `${kind}-${clocks.filter((clock) => clock.kind === kind).length + 1}`;
