import { useEffect } from "preact/hooks";
import { path } from "../api-client.ts";
import { formatTime } from "../format.ts";
import { inLanguage, language, t, word } from "../i18n/language.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Ago, Priority, State } from "../parts/badges.tsx";
import { Problem } from "../parts/problem.tsx";
import { TicketActions } from "../parts/ticket-actions.tsx";
import { CauseList, CheckList, EvidenceList } from "../parts/ticket-findings.tsx";
import { TicketParts } from "../parts/ticket-parts.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { machinePath, ticketPath } from "../router.ts";
import type { ListOf, SignalNow, Ticket } from "../types.ts";

/** What is wrong, why we think so, what to check, what to bring, and who does it. */
export function TicketPage({ ticketId }: { ticketId: string }) {
  const ticket = useResource<Ticket>(path`/tickets/${ticketId}`, 30_000);
  const { reload } = ticket;
  const machineId = ticket.data?.machineId;
  const linked = useResource<ListOf<Ticket>>(
    machineId === undefined ? undefined : path`/tickets?machine=${machineId}&limit=200`,
  );
  const signals = useResource<ListOf<SignalNow>>(
    machineId === undefined ? undefined : path`/machines/${machineId}/signals`,
  );
  const reloadLinked = linked.reload;
  useEffect(
    () =>
      onLive("ticket", (news) => {
        if (news.ticketId === ticketId) reload();
        reloadLinked();
      }),
    [ticketId, reload, reloadLinked],
  );

  usePageTitle(ticket.data ? inLanguage(ticket.data.title) : ticketId);
  if (ticket.data === undefined)
    return (
      <section class="page" aria-busy={ticket.error === undefined}>
        <Problem error={ticket.error} />
      </section>
    );
  const shown = ticket.data;
  const relatives = (linked.data?.items ?? []).filter(
    (one) => one.ticketId === shown.parentId || shown.childIds.includes(one.ticketId),
  );
  const titleOf = (name: string): string => {
    const found = signals.data?.items.find((one) => one.name === name);
    return found ? inLanguage(found.title) : name;
  };
  const isParts = shown.kind === "parts";
  const parts = <TicketParts ticket={shown} relatives={relatives} />;
  const symptom = shown.candidateFaults[0]?.symptom;
  return (
    <article class={`page ticket ${shown.priority}`} data-ticket-id={ticketId}>
      <header class="title-row">
        <div>
          <p class="over-title">
            <Priority of={shown} />
            <State of={shown} />
            <span data-field="kind">{word("kind", shown.kind)}</span>
            <span class="id">{ticketId}</span>
          </p>
          <h1 data-field="title">{inLanguage(shown.title)}</h1>
          <p class="under-title">
            {machineId !== undefined && <a href={machinePath(machineId)}>{machineId}</a>}
            <span>{word("trigger", shown.trigger)}</span>
            <span>
              {t("openedAt")} {formatTime(shown.createdAt, language.value)} ·{" "}
              <Ago at={shown.createdAt} />
            </span>
            {!isParts && (
              <span>
                {t("occurrences")}{" "}
                <b data-field="occurrenceCount" data-value={shown.occurrenceCount}>
                  {shown.occurrenceCount}
                </b>
              </span>
            )}
            {shown.ownerId !== "" && (
              <span>
                {t("owner")} {shown.ownerId}
              </span>
            )}
          </p>
        </div>
      </header>
      <Problem error={ticket.error} />
      <div class="columns three">
        <div class="head">
          <TicketActions ticket={shown} relatives={relatives} onDone={reload} />
          {!isParts && parts}
        </div>
        <div class="body">
          {shown.evidence.length > 0 && (
            <section class="card lead-card">
              <h2>{t("whyWeThinkSo")}</h2>
              <EvidenceList ticket={shown} titleOf={titleOf} />
              {symptom && (
                <p class="symptom">
                  <span class="faint">{t("symptom")}</span> {inLanguage(symptom)}
                </p>
              )}
            </section>
          )}
          <CauseList ticket={shown} />
          <CheckList ticket={shown} titleOf={titleOf} />
          {isParts && parts}
        </div>
        <div class="tail">
          {relatives.length > 0 && (
            <section class="card">
              <h2>{t("linkedTickets")}</h2>
              <ul class="plain">
                {relatives.map((one) => (
                  <li key={one.ticketId} data-linked={one.ticketId}>
                    <a href={ticketPath(one.ticketId)}>{word("kind", one.kind)}</a>
                    <State of={one} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          <Timeline events={shown.timeline} />
        </div>
      </div>
    </article>
  );
}
