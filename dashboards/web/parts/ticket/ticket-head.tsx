import { formatTime } from "../../format.ts";
import { t as common, inLanguage, language, textsOf, word } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import type { NameOf } from "../../names.ts";
import { machinePath } from "../../router.ts";
import type { Ticket } from "../../types.ts";
import { Ago, Priority, State } from "../badges.tsx";

const { t, word: own } = textsOf(texts);

interface Props {
  readonly ticket: Ticket;
  readonly stationOf: NameOf;
}

/** What it is about, in a few lines. */
export function TicketHead({ ticket, stationOf }: Props) {
  const { ticketId, kind, machineId, createdAt, ownerId, stationId, about } = ticket;
  return (
    <header class="title-row">
      <div>
        <p class="over-title">
          <Priority of={ticket} />
          <State of={ticket} />
          {signsOf(ticket).map((sign) => (
            <span key={sign} class="chip sign">
              {sign}
            </span>
          ))}
          <span data-field="kind">{word("kind", kind)}</span>
          <span class="id">{ticketId}</span>
        </p>
        <h1 data-field="title">{inLanguage(ticket.title)}</h1>
        <p class="under-title">
          {machineId !== undefined && <a href={machinePath(machineId)}>{machineId}</a>}
          <span>{word("trigger", ticket.trigger)}</span>
          {stationId !== "" && <span>{stationOf(stationId)}</span>}
          <span>
            {common("openedAt")} {formatTime(createdAt, language.value)} · <Ago at={createdAt} />
          </span>
          {kind !== "parts" && (
            <span>
              {common("occurrences")}{" "}
              <b data-field="occurrenceCount" data-value={ticket.occurrenceCount}>
                {ticket.occurrenceCount}
              </b>
            </span>
          )}
          {ownerId !== "" && (
            <span>
              {common("owner")} {ownerId}
            </span>
          )}
        </p>
        {about && <p class="about">{inLanguage(about)}</p>}
        {ticket.hold && (
          <p class="problem">{t("onHoldFor", { reason: own("pause", ticket.hold.reason) })}</p>
        )}
      </div>
    </header>
  );
}

function signsOf(ticket: Ticket): string[] {
  const { safetyRelated, flapping, customerReported, reopenCount, workshop, dueWindow } = ticket;
  const { occurrenceCount } = ticket;
  const number = (count: number) => new Intl.NumberFormat(language.value).format(count);
  const day = (at: string) =>
    new Intl.DateTimeFormat(language.value, { month: "short", day: "numeric" }).format(
      Date.parse(at),
    );
  return [
    ...(safetyRelated ? [t("safetyRelated")] : []),
    ...(flapping ? [t("flapping", { count: number(flapping.totalCount ?? occurrenceCount) })] : []),
    ...(customerReported ? [t("customerReported")] : []),
    ...(reopenCount > 0 ? [t("reopened", { count: reopenCount })] : []),
    ...(workshop ? [t("inWorkshop")] : []),
    ...(dueWindow ? [t("windowIs", { from: day(dueWindow.from), to: day(dueWindow.to) })] : []),
  ];
}
