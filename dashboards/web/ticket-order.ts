import type { Ticket } from "./types.ts";

/** Every ticket directly before its children, otherwise in the order given. Pure. */
export function parentsFirst<One extends Pick<Ticket, "ticketId" | "parentId">>(
  tickets: readonly One[],
): One[] {
  const known = new Set(tickets.map(({ ticketId }) => ticketId));
  const isChild = ({ parentId }: One) => parentId !== undefined && known.has(parentId);
  const withChildren = (one: One): One[] => [
    one,
    ...tickets.filter(({ parentId }) => parentId === one.ticketId).flatMap(withChildren),
  ];
  return tickets.filter((one) => !isChild(one)).flatMap(withChildren);
}

/** The states in which nothing is left to do. */
export const finalStates: readonly string[] = ["closed", "cancelled", "merged"];
