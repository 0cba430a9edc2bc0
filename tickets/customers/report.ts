import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "../vocabulary.ts";
import { Contact } from "./contact.ts";

/** By telephone, on the web, by the code on the machine, at an outlet, to an engineer. */
export const reportWays = ["phone", "web", "qr", "outlet", "engineer"] as const;
export type ReportWay = (typeof reportWays)[number];

/** What people type is kept as typed, without what no keyboard makes. */
const Words = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, description });

export const ReportContent = Type.Object(
  {
    serialNumber: Type.Optional(Words(100, "as read from the machine's plate, however written")),
    symptom: Words(2_000, "what is wrong, in the customer's words"),
    failureMode: Type.Optional(Words(100, "of the plan, where the reporter chose one")),
    machineStopped: Type.Boolean({ description: "it cannot work" }),
    place: Type.Optional(Words(300, "where the machine is")),
    contact: Type.Optional(Contact),
  },
  closed,
);
export type ReportContent = Static<typeof ReportContent>;

export const reportStates = ["identified", "to_identify", "dismissed"] as const;

/** A customer's report as people who may see it do; the contact is a person's id. */
export const Report = Type.Object(
  {
    reportId: Type.String(),
    at: Instant,
    way: literals(reportWays),
    state: literals(reportStates),
    machineId: Type.Optional(Type.String()),
    ticketId: Type.Optional(Type.String()),
    customerId: Type.Optional(Type.String()),
    serialNumber: Type.Optional(Type.String({ description: "as typed" })),
    symptom: Type.String(),
    failureMode: Type.Optional(Type.String()),
    machineStopped: Type.Boolean(),
    place: Type.Optional(Type.String()),
    contactId: Type.Optional(Type.String({ description: "id of a person" })),
    attached: Type.Boolean({ description: "the ticket was open before" }),
    repeats: Type.Integer({ minimum: 0, description: "how often the same was told again" }),
    dismissedFor: Type.Optional(Type.String()),
  },
  closed,
);
export type Report = Static<typeof Report>;
