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

/** One promise and its time, as a result: nobody computes it again from profile or calendar. */
export const SlaClock = Type.Object(
  {
    clockId: Type.String({ minLength: 1, description: "unique in its ticket: kind and number" }),
    kind: literals(clockKinds),
    calendar: literals(["24x7", "working_days"]),
    startedAt: Instant,
    targetMinutes: Type.Optional(Type.Integer({ minimum: 0 })),
    targetWorkingDays: Type.Optional(Type.Integer({ minimum: 0 })),
    pauses: Type.Array(
      Type.Object({ from: Instant, to: Type.Optional(Instant), reason: Type.String() }, closed),
    ),
    dueAt: Instant,
    stoppedAt: Type.Optional(Instant),
    status: literals(clockStates),
  },
  closed,
);
export type SlaClock = Static<typeof SlaClock>;
