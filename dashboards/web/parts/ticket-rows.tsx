import { inLanguage, t, word } from "../i18n/language.ts";
import { machinePath, ticketPath } from "../router.ts";
import type { Ticket } from "../types.ts";
import { Ago, Priority, State } from "./badges.tsx";

/** Tickets as a table; on a narrow screen each becomes a card. */
export function TicketRows({ tickets }: { tickets: readonly Ticket[] | undefined }) {
  if (tickets?.length === 0) return <p class="empty">{t("noTickets")}</p>;
  return (
    <table class="rows tickets" data-testid="tickets" aria-busy={tickets === undefined}>
      <thead>
        <tr>
          <th scope="col">{t("priority")}</th>
          <th scope="col">{t("ticket")}</th>
          <th scope="col">{t("machine")}</th>
          <th scope="col">{t("kind")}</th>
          <th scope="col">{t("state")}</th>
          <th scope="col">{t("occurrences")}</th>
          <th scope="col">{t("openedAt")}</th>
        </tr>
      </thead>
      <tbody>
        {tickets?.map((ticket) => (
          <TicketRow key={ticket.ticketId} ticket={ticket} />
        ))}
      </tbody>
    </table>
  );
}

function TicketRow({ ticket }: { ticket: Ticket }) {
  const { ticketId, kind, state, priority, machineId, title, occurrenceCount, createdAt } = ticket;
  return (
    <tr data-ticket-id={ticketId} class={priority}>
      <td data-field="priority" data-value={priority}>
        <Priority of={ticket} />
      </td>
      <th scope="row" data-field="title" data-value={ticketId}>
        <a href={ticketPath(ticketId)}>{inLanguage(title)}</a>
        <small class="id">{ticketId}</small>
      </th>
      <td data-field="machineId" data-value={machineId ?? ""} data-label={t("machine")}>
        {machineId !== undefined && <a href={machinePath(machineId)}>{machineId}</a>}
      </td>
      <td data-field="kind" data-value={kind} data-label={t("kind")}>
        {word("kind", kind)}
      </td>
      <td data-field="state" data-value={state} data-label={t("state")}>
        <State of={ticket} />
      </td>
      <td data-field="occurrenceCount" data-value={occurrenceCount} data-label={t("occurrences")}>
        {occurrenceCount}
      </td>
      <td data-field="createdAt" data-value={createdAt} data-label={t("openedAt")}>
        <Ago at={createdAt} />
      </td>
    </tr>
  );
}
