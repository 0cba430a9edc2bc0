import type { Ticket } from "./ticket.ts";
import type { TicketState } from "./vocabulary.ts";

const onTheWay: readonly TicketState[] = ["assigned", "en_route"];

/** When the engineer is expected, ISO 8601: as reckoned at the assignment, else as promised; undefined before and after. */
export function arrivalEstimateOf({ state, assignment, sla }: Ticket): string | undefined {
  if (!onTheWay.includes(state)) return undefined;
  const promised = sla.find(({ kind, status }) => kind === "arrival" && status === "running");
  return assignment?.arrivalEstimateAt ?? promised?.dueAt;
}
