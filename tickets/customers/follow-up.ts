import { type Static, Type } from "typebox";
import type { Ticket } from "../ticket.ts";
import { closed, Instant, literals } from "../vocabulary.ts";

export const followUpModes = ["human", "automated"] as const;
export const followUpStates = ["open", "done", "cancelled"] as const;
export const followUpReasons = ["high_value", "emergency", "breached", "not_reachable"] as const;
export type FollowUpReason = (typeof followUpReasons)[number];

/** Asking the customer whether it is solved. */
export const FollowUp = Type.Object(
  {
    followUpId: Type.String(),
    ticketId: Type.String(),
    round: Type.Integer({ minimum: 0, description: "how often the ticket had been reopened" }),
    mode: literals(followUpModes),
    reasons: Type.Array(literals(followUpReasons), { description: "why a person is to call" }),
    state: literals(followUpStates),
    regionId: Type.String(),
    stationId: Type.String(),
    machineId: Type.Optional(Type.String()),
    customerId: Type.Optional(Type.String()),
    createdAt: Instant,
    dueAt: Instant,
    doneAt: Type.Optional(Instant),
    agentId: Type.Optional(Type.String()),
    outcome: Type.Optional(literals(["solved", "not_solved", "not_reached"])),
    note: Type.Optional(Type.String()),
  },
  closed,
);
export type FollowUp = Static<typeof FollowUp>;

/**
 * Tiered follow-up (CU-1): a person calls the customers that matter most, and whoever had an emergency or was let down;
 * all others are asked by a message. Who cannot be reached by a message is called too.
 */
export function tierOf(
  { priority, sla, timeline }: Pick<Ticket, "priority" | "sla" | "timeline">,
  customer: { readonly isHighValue: boolean; readonly isReachable: boolean },
): { readonly mode: FollowUp["mode"]; readonly reasons: FollowUpReason[] } {
  const was = timeline.some(
    (event) => event.type === "priority-raised" && event.to === "emergency",
  );
  const reasons: FollowUpReason[] = [
    ...(customer.isHighValue ? (["high_value"] as const) : []),
    ...(priority === "emergency" || was ? (["emergency"] as const) : []),
    ...(sla.some(({ status }) => status === "breached") ? (["breached"] as const) : []),
    ...(customer.isReachable ? [] : (["not_reachable"] as const)),
  ];
  return { mode: reasons.length > 0 ? "human" : "automated", reasons };
}
