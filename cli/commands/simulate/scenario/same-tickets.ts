import type { Ticket } from "@firebreak/tickets/ticket.ts";

/** Every difference of two lists of tickets but their random ids; empty when a person could not tell them apart. */
export function sameTickets(before: readonly Ticket[], after: readonly Ticket[]): string[] {
  const one = linesOf(before);
  const other = linesOf(after);
  return [
    ...one.filter((line) => !other.includes(line)).map((line) => `only undisturbed: ${line}`),
    ...other.filter((line) => !one.includes(line)).map((line) => `only disturbed: ${line}`),
    ...(before.length === after.length ? [] : [`${before.length} and ${after.length} tickets`]),
  ];
}

const linesOf = (tickets: readonly Ticket[]): string[] =>
  tickets.map((ticket) =>
    [
      ticket.machineId,
      ticket.kind,
      ticket.faultCode,
      ticket.state,
      ticket.priority,
      `created ${ticket.createdAt}`,
      `${ticket.occurrenceCount} onsets`,
      ...ticket.sla.map(({ kind, dueAt, status }) => `${kind} ${status} due ${dueAt}`),
    ].join(" "),
  );
