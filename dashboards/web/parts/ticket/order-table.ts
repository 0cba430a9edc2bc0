import type { PossibleOrder } from "@firebreak/tickets/orders/possible-orders.ts";
import type { Ticket } from "../../types.ts";

/** One thing that is said with an order. `name` with a dot is a part of an object. */
export interface OrderField {
  readonly name: string;
  readonly kind: "text" | "long" | "choice" | "check" | "time" | "ids" | "attempts" | "lines";
  /** `field.<label>` of the texts; the name when left out. */
  readonly label?: string;
  readonly isRequired?: boolean;
  readonly words?: readonly string[];
  /** Of the words of a choice. */
  readonly vocabulary?: string;
}

const text = (name: string, more: Partial<OrderField> = {}): OrderField => ({
  name,
  kind: "text",
  isRequired: true,
  ...more,
});
const long = (name: string, more: Partial<OrderField> = {}) =>
  text(name, { kind: "long", ...more });
const maybe = { isRequired: false } as const;
const check = (name: string, more: Partial<OrderField> = {}) =>
  text(name, { kind: "check", ...more });

const consult: readonly OrderField[] = [
  text("consult.mode", {
    kind: "choice",
    words: ["expert", "hotline", "maker"],
    vocabulary: "consult",
  }),
  long("consult.question"),
  long("consult.advice", maybe),
];
const priority = (words: readonly string[]): OrderField =>
  text("priority", { kind: "choice", words, vocabulary: "priority" });

/** What is said with each order; the interface's own table says when an order can be given, and by whom. */
export const orderFields: Readonly<Record<PossibleOrder, readonly OrderField[]>> = {
  acknowledge: [],
  release: [],
  assign: [],
  accept: [],
  reject: [long("reason")],
  withdraw: [long("reason")],
  "start-remote": [text("contact")],
  "remote-fixed": [
    text("mode", {
      kind: "choice",
      words: ["remote_guidance", "self_replacement_guided"],
      vocabulary: "mode",
    }),
    long("note"),
  ],
  "remote-failed": [long("note")],
  "change-owner": [text("ownerId")],
  note: [long("note")],
  "raise-priority": [priority(["emergency", "major", "general"]), long("reason")],
  "lower-priority": [priority(["major", "general", "planned"]), long("reason")],
  reschedule: [text("from", { kind: "time" }), text("to", { kind: "time" }), long("reason", maybe)],
  "share-visit": [text("ticketIds", { kind: "ids" })],
  depart: [],
  arrive: [text("reason", { label: "arriveReason", ...maybe })],
  "start-work": [check("isSafetyChecked")],
  consult,
  "miss-parts": [text("lines", { kind: "lines" }), check("leavesSite", maybe), long("note", maybe)],
  "leave-site": [long("note", maybe)],
  "parts-ready": [],
  hold: [
    text("reason", {
      kind: "choice",
      words: ["customer_postponed", "site_closed", "safety"],
      vocabulary: "hold",
      label: "holdReason",
    }),
    text("until", { kind: "time", ...maybe }),
    long("note", maybe),
  ],
  resume: [],
  "receive-in-workshop": [],
  finish: [
    text("attempts", { kind: "attempts", words: ["fixed", "no_fault_found"] }),
    check("isMachineChecked"),
    long("note", maybe),
  ],
  "not-fixed": [
    text("attempts", { kind: "attempts", words: ["not_fixed", "awaiting_parts"] }),
    ...consult,
    long("note", maybe),
  ],
  "submit-report": [],
  "verification-confirmed": [long("detail")],
  "verification-not-applicable": [long("detail")],
  "verification-failed": [long("detail")],
  "follow-up-done": [long("note")],
  close: [],
  reopen: [long("reason")],
  cancel: [long("reason")],
  merge: [text("into")],
  "parts/request": [text("lines", { kind: "lines" }), text("neededBy", { kind: "time", ...maybe })],
  "parts/approve": [long("reason", maybe)],
  "parts/source": [],
  "parts/commit": [text("commitAt", { kind: "time" })],
  "parts/ready": [],
  "parts/hand-out": [text("engineerId", maybe), check("isIssue", maybe)],
  "parts/close": [],
  "parts/cancel": [long("reason")],
};

/** Orders with a form of their own, beside what the table can say. */
export const ownForms: readonly PossibleOrder[] = ["assign", "close", "submit-report"];

/** What is most likely to be done next in a state, the likeliest first; all else is behind "More". */
const likely: Partial<Record<Ticket["state"], readonly PossibleOrder[]>> = {
  planned: ["release", "assign"],
  new: ["acknowledge", "assign"],
  acknowledged: ["assign", "start-remote", "close"],
  remote_support: ["remote-fixed", "remote-failed"],
  assigned: ["accept", "depart", "reject", "withdraw"],
  en_route: ["arrive"],
  on_site: ["start-work", "consult"],
  in_progress: ["finish", "miss-parts", "not-fixed"],
  waiting_parts: ["parts-ready", "leave-site"],
  on_hold: ["resume"],
  work_done: ["submit-report"],
  verifying: ["verification-confirmed", "verification-failed"],
  follow_up: ["follow-up-done", "reopen"],
  closed: ["reopen"],
  requested: ["parts/approve", "parts/cancel"],
  backordered: ["parts/source", "parts/commit"],
  reserved: ["parts/ready", "parts/hand-out"],
  in_transit: ["parts/commit"],
  ready: ["parts/hand-out"],
  consumed: ["parts/close"],
  returned: ["parts/close"],
};

/** Orders in two groups: what is likely next, then the rest. Pure. */
export function grouped(
  state: Ticket["state"],
  possible: readonly PossibleOrder[],
): { readonly next: readonly PossibleOrder[]; readonly more: readonly PossibleOrder[] } {
  const next = (likely[state] ?? []).filter((name) => possible.includes(name));
  return { next, more: possible.filter((name) => !next.includes(name)) };
}

/** Fields for this very ticket: an inspection is finished with its checklist and survey. Pure. */
export function fieldsOf(name: PossibleOrder, ticket: Ticket): readonly OrderField[] {
  const fields = orderFields[name];
  if (name !== "finish" || ticket.kind !== "inspection") return fields;
  return [
    ...fields,
    check("inspection.isAnswered", { label: "isAnswered" }),
    check("inspection.isSurveyed", { label: "isSurveyed" }),
  ];
}
