import type { SmartWorkOrder } from "@firebreak/tickets/field/work-order.ts";
import type { PossibleOrder } from "@firebreak/tickets/orders/possible-orders.ts";
import { useEffect } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { inLanguage, t } from "../i18n/language.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { stationName, useEngineerNames, usePlaceNames, useStations } from "../names.ts";
import { usePageTitle } from "../page-title.ts";
import { CapturesCard } from "../parts/captures-card.tsx";
import { FreezeFrames } from "../parts/freeze-frames.tsx";
import { Problem } from "../parts/problem.tsx";
import { AssignmentCard } from "../parts/ticket/assignment-card.tsx";
import { ClockList } from "../parts/ticket/clock-list.tsx";
import { DemandCard } from "../parts/ticket/demand-card.tsx";
import { FeedbackCard } from "../parts/ticket/feedback-card.tsx";
import { LinksCard } from "../parts/ticket/links-card.tsx";
import { MediaCard } from "../parts/ticket/media-card.tsx";
import { OrderPanel } from "../parts/ticket/order-panel.tsx";
import { PartsCard } from "../parts/ticket/parts-card.tsx";
import { ProofCard, ReportCards } from "../parts/ticket/proof-card.tsx";
import { TicketHead } from "../parts/ticket/ticket-head.tsx";
import { EvidenceCharts, PastCards, PlaceCard } from "../parts/ticket/work-order-cards.tsx";
import { CauseList, CheckList, EvidenceList } from "../parts/ticket-findings.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { finalStates } from "../ticket-order.ts";
import type { ListOf, SignalNow, Ticket } from "../types.ts";

const pollMs = 30_000;

/** All that is fetched for one ticket, and fetched again when it changes. */
function useTicket(ticketId: string) {
  const ticket = useResource<Ticket>(path`/tickets/${ticketId}`, pollMs);
  const possible = useResource<ListOf<PossibleOrder>>(path`/tickets/${ticketId}/orders`, pollMs);
  const machineId = ticket.data?.machineId;
  const linked = useResource<ListOf<Ticket>>(
    machineId === undefined ? undefined : path`/tickets?machine=${machineId}&limit=200`,
  );
  // A machine without a gateway has none.
  const hasSpoken = (ticket.data?.evidence.length ?? 0) > 0;
  const signals = useResource<ListOf<SignalNow>>(
    machineId === undefined || !hasSpoken ? undefined : path`/machines/${machineId}/signals`,
  );
  const isWork = ticket.data !== undefined && ticket.data.kind !== "parts";
  const order = useResource<SmartWorkOrder>(
    isWork ? path`/tickets/${ticketId}/work-order` : undefined,
  );
  const reload = () => {
    ticket.reload();
    possible.reload();
    linked.reload();
  };
  const reloadThis = ticket.reload;
  const reloadOrders = possible.reload;
  const reloadLinked = linked.reload;
  useEffect(
    () =>
      onLive("ticket", (news) => {
        if (news.ticketId === ticketId) {
          reloadThis();
          reloadOrders();
        }
        reloadLinked();
      }),
    [ticketId, reloadThis, reloadOrders, reloadLinked],
  );
  return { ticket, possible, linked, signals, order, reload };
}

/** What is wrong, why we think so, what to check, what to bring, who does it, and what can be done next. */
export function TicketPage({ ticketId }: { ticketId: string }) {
  const { ticket, possible, linked, signals, order, reload } = useTicket(ticketId);
  const shown = ticket.data;
  const nameOf = useEngineerNames(shown !== undefined);
  const stations = useStations();
  const placeOf = usePlaceNames(shown?.kind === "parts" && may("stock.read"));
  usePageTitle(shown ? inLanguage(shown.title) : ticketId);
  if (shown === undefined)
    return (
      <section class="page" aria-busy={ticket.error === undefined}>
        <Problem error={ticket.error} />
      </section>
    );
  const related = new Set([
    shown.parentId,
    shown.mergedInto,
    shown.recurrenceOf,
    ...shown.childIds,
    ...shown.absorbedIds,
  ]);
  const relatives = (linked.data?.items ?? []).filter((one) => related.has(one.ticketId));
  const titleOf = (name: string): string => {
    const found = signals.data?.items.find((one) => one.name === name);
    return found ? inLanguage(found.title) : name;
  };
  const isParts = shown.kind === "parts";
  const isOpen = !finalStates.includes(shown.state);
  const symptom = shown.candidateFaults[0]?.symptom;
  return (
    <article class={`page ticket ${shown.priority}`} data-ticket-id={ticketId}>
      <TicketHead ticket={shown} stationOf={(id) => stationName(stations, id)} />
      <Problem error={ticket.error} />
      <div class="columns three">
        <div class="head">
          <OrderPanel
            ticket={shown}
            relatives={relatives}
            possible={possible.data?.items}
            onDone={reload}
          />
          {isOpen && possible.data?.items.length === 0 && !may("tickets.work") && !isParts && (
            <p class="faint">{t("mayNotAct")}</p>
          )}
          <ClockList ticket={shown} />
          <AssignmentCard ticket={shown} nameOf={nameOf} />
          <ProofCard ticket={shown} />
          {!isParts && <PartsCard ticket={shown} relatives={relatives} />}
        </div>
        <div class="body">
          {isParts && (
            <DemandCard ticket={shown} nameOf={nameOf} placeOf={placeOf} onDone={reload} />
          )}
          {shown.evidence.length > 0 && (
            <section class="card lead-card">
              <h2>{t("whyWeThinkSo")}</h2>
              <EvidenceList ticket={shown} titleOf={titleOf} />
              {shown.machineId && (
                <FreezeFrames
                  machineId={shown.machineId}
                  codes={shown.evidence.filter((piece) => piece.kind === "dtc")}
                />
              )}
              {symptom && (
                <p class="symptom">
                  <span class="faint">{t("symptom")}</span> {inLanguage(symptom)}
                </p>
              )}
            </section>
          )}
          <EvidenceCharts order={order.data} />
          {!isParts && shown.machineId && <CapturesCard machineId={shown.machineId} isOfTicket />}
          <CauseList ticket={shown} />
          <CheckList ticket={shown} titleOf={titleOf} />
          <ReportCards ticket={shown} nameOf={nameOf} />
          <MediaCard ticketId={ticketId} isOpen={isOpen} />
          <PastCards order={order.data} />
        </div>
        <div class="tail">
          <PlaceCard order={order.data} />
          <LinksCard ticket={shown} relatives={relatives} />
          <FeedbackCard ticketId={ticketId} />
          <Timeline events={shown.timeline} nameOf={nameOf} />
        </div>
      </div>
    </article>
  );
}
