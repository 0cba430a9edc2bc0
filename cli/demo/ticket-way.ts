import type { PersonOrder } from "@firebreak/tickets/orders/order-bodies.ts";
import type { DemoStage, DemoTicket } from "./demo-ticket.ts";

/** One step of a ticket's way, and how many minutes after the one before. */
export interface WayStep {
  readonly name: StepName;
  readonly afterMinutes: number;
}

export type StepName =
  | "open"
  | "acknowledge"
  | "start-remote"
  | "assign"
  | "accept"
  | "depart"
  | "arrive"
  | "start-work"
  | "miss-parts"
  | "hold"
  | "finish"
  | "report"
  | "confirm"
  | "follow-up"
  | "rate"
  | "cancel";

const toWork = [
  "open",
  "acknowledge",
  "assign",
  "accept",
  "depart",
  "arrive",
  "start-work",
] as const;
const toReport = [...toWork, "finish", "report"] as const;

const ways: Readonly<Record<DemoStage, readonly StepName[]>> = {
  new: ["open"],
  acknowledged: ["open", "acknowledge"],
  remote: ["open", "acknowledge", "start-remote"],
  assigned: toWork.slice(0, 3),
  accepted: toWork.slice(0, 4),
  "en-route": toWork.slice(0, 5),
  working: toWork,
  "waiting-parts": [...toWork, "miss-parts"],
  "on-hold": ["open", "acknowledge", "hold"],
  verifying: toReport,
  "follow-up": [...toReport, "confirm"],
  closed: [...toReport, "confirm", "follow-up", "rate"],
  cancelled: ["open", "acknowledge", "cancel"],
};

/** Minutes from the step before; engineering defaults. A finish takes as long as the work. */
const minutesBefore: Readonly<Record<StepName, number>> = {
  open: 0,
  acknowledge: 12,
  "start-remote": 15,
  assign: 9,
  accept: 11,
  depart: 30,
  arrive: 75,
  "start-work": 15,
  "miss-parts": 70,
  hold: 45,
  finish: 120,
  report: 35,
  confirm: 20 * 60,
  "follow-up": 16 * 60,
  rate: 30,
  cancel: 25,
};

/** The way of a ticket to its stage. Nobody is asked to rate where there is no rating, and some find nothing to prove. */
export function wayOfTicket({ stage, rating, work }: DemoTicket): WayStep[] {
  return ways[stage]
    .filter((name) => name !== "rate" || rating !== undefined)
    .map((name) => ({
      name,
      afterMinutes: name === "finish" && work ? work.hours * 60 : minutesBefore[name],
    }));
}

/** What a person orders by a step; undefined for those that are more than an order of the life cycle. */
export function orderOfStep(name: StepName, { missing = [] }: DemoTicket): PersonOrder | undefined {
  switch (name) {
    case "acknowledge":
    case "assign":
    case "accept":
    case "depart":
      return { type: name };
    case "start-remote":
      return { type: name, contact: "操作手，电话 / operator, by telephone" };
    case "start-work":
      return { type: name, isSafetyChecked: true };
    case "miss-parts":
      return { type: name, lines: [...missing], leavesSite: true };
    case "hold":
      return {
        type: name,
        reason: "customer_postponed",
        note: "工地停工待料，客户改期 / the site waits for material",
      };
    case "confirm":
      return {
        type: "verification-confirmed",
        detail: "电话回访，工作正常 / works, by telephone",
      };
    case "follow-up":
      return { type: "follow-up-done", note: "客户满意 / the customer is content" };
    case "cancel":
      return { type: name, reason: "重复 / told twice" };
    default:
      return undefined;
  }
}
