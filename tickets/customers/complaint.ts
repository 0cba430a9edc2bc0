import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "../vocabulary.ts";
import { customersConfig } from "./customers-config.ts";

export const complaintStates = ["open", "handled", "answered", "closed"] as const;
export type ComplaintState = (typeof complaintStates)[number];

const Words = Type.String({ minLength: 1, maxLength: 4_000 });

/** A complaint (投诉): what is done about it, what the customer was answered, and that it is over. */
export const Complaint = Type.Object(
  {
    complaintId: Type.String(),
    state: literals(complaintStates),
    openedAt: Instant,
    /** Of the next step; absent when it is closed. */
    dueAt: Type.Optional(Instant),
    ticketId: Type.Optional(Type.String()),
    customerId: Type.Optional(Type.String()),
    machineId: Type.Optional(Type.String()),
    contactId: Type.Optional(Type.String({ description: "id of a person" })),
    text: Words,
    steps: Type.Array(
      Type.Object(
        { state: literals(complaintStates), at: Instant, by: Type.String(), note: Words },
        closed,
      ),
      { description: "what was done, in order" },
    ),
    version: Type.Integer({ minimum: 1 }),
  },
  closed,
);
export type Complaint = Static<typeof Complaint>;

const nextOf: Readonly<Record<ComplaintState, ComplaintState | undefined>> = {
  open: "handled",
  handled: "answered",
  answered: "closed",
  closed: undefined,
};

const { complaintHandleMs, complaintAnswerMs, complaintCloseMs } = customersConfig;
const dueAfterMs: Readonly<Record<ComplaintState, number | undefined>> = {
  open: complaintHandleMs,
  handled: complaintAnswerMs,
  answered: complaintCloseMs,
  closed: undefined,
};

/** When the step that follows a state is due, counted from the opening. */
export function dueOf(state: ComplaintState, openedAt: string): string | undefined {
  const ms = dueAfterMs[state];
  return ms === undefined ? undefined : new Date(Date.parse(openedAt) + ms).toISOString();
}

/** One step on; pure. @throws CodedError COMPLAINT_STATE when the step is not the next one */
export function advance(
  complaint: Complaint,
  step: {
    readonly to: ComplaintState;
    readonly at: string;
    readonly by: string;
    readonly note: string;
  },
): Complaint {
  const { to, at, by, note } = step;
  if (nextOf[complaint.state] !== to)
    throw new CodedError(
      "COMPLAINT_STATE",
      `a complaint that is ${complaint.state} cannot be ${to}`,
    );
  const { dueAt: _before, ...rest } = complaint;
  const dueAt = dueOf(to, complaint.openedAt);
  return {
    ...rest,
    state: to,
    ...(dueAt === undefined ? {} : { dueAt }),
    steps: [...complaint.steps, { state: to, at, by, note }],
    version: complaint.version + 1,
  };
}
