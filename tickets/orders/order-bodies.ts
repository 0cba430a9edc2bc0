import type { Permission } from "@firebreak/kit/roles.ts";
import { type Static, type TSchema, Type } from "typebox";
import { Note } from "../event-shape.ts";
import {
  Attempt,
  Consult,
  holdReasons,
  MissingPart,
  resolutionModes,
} from "../lifecycle/work-shapes.ts";
import { closed, Instant, literals, outcomes, priorities } from "../vocabulary.ts";

const Id = Type.String({ minLength: 1, maxLength: 100 });
const MayNote = Type.Optional(Note);
const body = <const Facts extends Record<string, TSchema>>(facts: Facts) =>
  Type.Object(facts, closed);
const Place = Type.Object(
  {
    lat: Type.Number({ minimum: -90, maximum: 90 }),
    lon: Type.Number({ minimum: -180, maximum: 180 }),
  },
  closed,
);
const Attempts = Type.Array(Attempt, { minItems: 1, maxItems: 20 });

/** What people may order of an inspection or repair, and what they say with it. */
export const orderBodies = {
  acknowledge: body({ note: MayNote }),
  release: body({}),
  assign: body({
    engineerId: Type.Optional(
      Type.String({ minLength: 1, description: "absent: whoever is suggested" }),
    ),
    reason: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description: "needed when it is not the one suggested",
      }),
    ),
  }),
  accept: body({}),
  reject: body({ reason: Note }),
  withdraw: body({ reason: Note }),
  "start-remote": body({ contact: Note }),
  "remote-fixed": body({ mode: Type.Optional(literals(resolutionModes)), note: Note }),
  "remote-failed": body({
    note: Note,
    predictedParts: Type.Optional(Type.Array(MissingPart, { maxItems: 50 })),
  }),
  "change-owner": body({ ownerId: Id }),
  note: body({ note: Note }),
  "raise-priority": body({ priority: literals(priorities), reason: Note }),
  "lower-priority": body({ priority: literals(priorities), reason: Note }),
  reschedule: body({ from: Instant, to: Instant, reason: MayNote }),
  "share-visit": body({
    ticketIds: Type.Array(Id, {
      minItems: 1,
      maxItems: 20,
      description: "tickets to be done on the same visit; nothing is merged (MR-9)",
    }),
  }),
  depart: body({}),
  arrive: body({
    place: Type.Optional(Place),
    reason: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1000, description: "when far from the machine" }),
    ),
  }),
  "start-work": body({
    isSafetyChecked: Type.Boolean({ description: "power cut, area secured" }),
    photoIds: Type.Optional(Type.Array(Id, { maxItems: 20 })),
  }),
  consult: body({ consult: Consult }),
  "miss-parts": body({
    lines: Type.Array(MissingPart, { minItems: 1, maxItems: 50 }),
    leavesSite: Type.Boolean(),
    note: MayNote,
  }),
  "leave-site": body({ note: MayNote }),
  "parts-ready": body({}),
  hold: body({ reason: literals(holdReasons), note: MayNote, until: Type.Optional(Instant) }),
  resume: body({ note: MayNote }),
  "receive-in-workshop": body({}),
  finish: body({
    attempts: Attempts,
    isMachineChecked: Type.Boolean({ description: "the full check of the machine is done" }),
    inspection: Type.Optional(
      body({
        isAnswered: Type.Boolean(),
        isSurveyed: Type.Boolean(),
        failedSteps: Type.Array(Id, { maxItems: 200 }),
      }),
    ),
    note: MayNote,
  }),
  "not-fixed": body({ attempts: Attempts, consult: Type.Optional(Consult), note: MayNote }),
  "submit-report": body({
    reportId: Id,
    cause: Note,
    solution: Note,
    preventionAdvice: Note,
    faultCode: Type.Optional(Id),
    causeId: Type.Optional(Id),
    partsUsed: Type.Optional(
      Type.Array(
        body({ partNo: Id, quantity: Type.Integer({ minimum: 1 }), reportLine: Type.Optional(Id) }),
        { maxItems: 100 },
      ),
    ),
  }),
  "verification-confirmed": body({ detail: Note }),
  "verification-not-applicable": body({ detail: Note }),
  "verification-failed": body({ detail: Note }),
  "follow-up-done": body({ note: Note }),
  close: body({
    outcome: literals(outcomes),
    note: Note,
    partsUsed: Type.Optional(Type.Array(Id, { maxItems: 100 })),
  }),
  reopen: body({ reason: Note }),
  cancel: body({ reason: Note }),
  merge: body({ into: Id }),
} as const;

export type OrderName = keyof typeof orderBodies;
export const orderNames = Object.keys(orderBodies) as OrderName[];

/** An order of a person: its name and what was said with it. */
export type PersonOrder = {
  [Name in OrderName]: { readonly type: Name } & Readonly<Static<(typeof orderBodies)[Name]>>;
}[OrderName];
export type OrderOf<Name extends OrderName> = Extract<PersonOrder, { type: Name }>;

/** Orders of work in the field that may be recorded on a phone without a line. */
export const offlineOrders = [
  "accept",
  "reject",
  "start-remote",
  "remote-fixed",
  "remote-failed",
  "note",
  "depart",
  "arrive",
  "start-work",
  "consult",
  "miss-parts",
  "leave-site",
  "parts-ready",
  "hold",
  "resume",
  "finish",
  "not-fixed",
] as const satisfies readonly OrderName[];

/** Orders of work in the field: an engineer gives them on the own tickets alone. */
const engineersOwn: readonly OrderName[] = [...offlineOrders, "submit-report"];

export const isForEngineers = (name: OrderName): boolean =>
  name === "acknowledge" || engineersOwn.includes(name);
/** What somebody needs to give an order at all. */
export function accessTo(name: OrderName): Permission {
  if (isForEngineers(name)) return "tickets.work";
  return name === "close" || name === "follow-up-done" ? "tickets.close" : "tickets.dispatch";
}
export const isForTheirOwn = (name: OrderName): boolean => engineersOwn.includes(name);
