import { inLanguage, t, word } from "../i18n/language.ts";
import { machinePath, ticketPath } from "../router.ts";
import { parentsFirst } from "../ticket-order.ts";
import type { Ticket } from "../types.ts";
import { Ago, Priority, State } from "./badges.tsx";

interface Props {
  readonly tickets: readonly Ticket[] | undefined;
  /** The page is about one machine: it need not be named. */
  readonly isOfOneMachine?: boolean;
}

/** Tickets as a table, parts tickets below their parents; on a narrow screen each becomes a card. */
export function TicketRows({ tickets, isOfOneMachine = false }: Props) {
  if (tickets?.length === 0) return <p class="empty">{t("noTickets")}</p>;
  return (
    <table
      class={`rows tickets ${isOfOneMachine ? "one-machine" : "all-machines"}`}
      data-testid="tickets"
      aria-busy={tickets === undefined}
    >
      <thead>
        <tr>
          <th scope="col">{t("priority")}</th>
          <th scope="col">{t("ticket")}</th>
          {!isOfOneMachine && <th scope="col">{t("machine")}</th>}
          <th scope="col">{t("kind")}</th>
          <th scope="col">{t("state")}</th>
          <th scope="col">{t("occurrences")}</th>
          <th scope="col">{t("openedAt")}</th>
        </tr>
      </thead>
      <tbody>
        {parentsFirst(tickets ?? []).map((ticket) => (
          <TicketRow key={ticket.ticketId} ticket={ticket} isOfOneMachine={isOfOneMachine} />
        ))}
      </tbody>
    </table>
  );
}

function TicketRow({ ticket, isOfOneMachine }: { ticket: Ticket; isOfOneMachine: boolean }) {
  const { ticketId, kind, state, priority, machineId, title, occurrenceCount, createdAt } = ticket;
  return (
    <tr data-ticket-id={ticketId} class={`${priority} kind-${kind}`}>
      <td data-field="priority" data-value={priority}>
        <Priority of={ticket} />
      </td>
      <th
        scope="row"
        class={kind === "parts" ? "of-parent" : undefined}
        data-field="title"
        data-value={ticketId}
      >
        <a href={ticketPath(ticketId)}>{inLanguage(title)}</a>
        <small class="id">{ticketId}</small>
      </th>
      {!isOfOneMachine && (
        <td data-field="machineId" data-value={machineId ?? ""} data-label={t("machine")}>
          {machineId !== undefined && <a href={machinePath(machineId)}>{machineId}</a>}
        </td>
      )}
      <td data-field="kind" data-value={kind} data-label={t("kind")}>
        {word("kind", kind)}
      </td>
      <td data-field="state" data-value={state} data-label={t("state")}>
        <State of={ticket} />
      </td>
      <td data-field="occurrenceCount" data-value={occurrenceCount} data-label={t("occurrences")}>
        {kind !== "parts" && occurrenceCount}
      </td>
      <td data-field="createdAt" data-value={createdAt} data-label={t("openedAt")}>
        <Ago at={createdAt} />
      </td>
    </tr>
  );
}
