import { formatTime } from "../format.ts";
import { language, t, word } from "../i18n/language.ts";
import { timelineText } from "../timeline-text.ts";
import type { TicketEvent } from "../types.ts";

interface Props {
  readonly events: readonly TicketEvent[];
  /** Name of an engineer, for who may see it. */
  readonly nameOf?: (engineerId: string) => string;
}

/** What happened to a ticket, newest first. */
export function Timeline({ events, nameOf }: Props) {
  return (
    <section class="card">
      <h2>{t("timeline")}</h2>
      <ol class="timeline" data-testid="timeline">
        {[...events].reverse().map((event) => {
          const { text, note } = timelineText(event, events, language.value, nameOf);
          return (
            <li key={event.seq} data-event={event.type}>
              <b>{text}</b>
              {note !== undefined && <p class="note">{note}</p>}
              <p class="faint">
                <time dateTime={event.at}>{formatTime(event.at, language.value)}</time>
                {" · "}
                {event.actor.kind === "system" ? t("bySystem") : event.actor.id}
                {event.type === "closed" && event.outcome && ` · ${word("outcome", event.outcome)}`}
              </p>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
