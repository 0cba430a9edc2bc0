import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatTime } from "../format.ts";
import { inLanguage, language, t } from "../i18n/language.ts";
import { hubProblems, lostSince, onLive, type TicketNews } from "../live/live-events.ts";
import { ticketPath } from "../router.ts";

const clock = (ms: number) => formatTime(new Date(ms).toISOString(), language.value, "minute");
const shownForMs = 20_000;

/** What a reader must know on every page: the line is down, the hub has a problem, a ticket has just come. */
export function Banners() {
  const news = useSignal<TicketNews | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onLive("ticket", (ticket) => {
      if (ticket.change !== "opened" || ticket.kind === "parts") return;
      news.value = ticket;
      clearTimeout(timer);
      timer = setTimeout(() => {
        news.value = null;
      }, shownForMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [news]);
  return (
    <>
      <div role="alert">
        {lostSince.value !== null && (
          <p class="banner bad" data-testid="connection-lost">
            {t("connectionLost", { time: clock(lostSince.value) })}
          </p>
        )}
        {hubProblems.value.map(({ name, problem, sinceMs }) => (
          <p key={name} class="banner bad" data-testid="hub-problem">
            {t("hubProblem", { time: clock(sinceMs), problem: `${name}: ${problem}` })}
          </p>
        ))}
      </div>
      <div aria-live="polite">
        {news.value !== null && (
          <p class="banner news" data-testid="new-ticket">
            <a href={ticketPath(news.value.ticketId)}>
              {t("newTicket", { title: inLanguage(news.value.title) })}
            </a>
            {news.value.machineId !== null && <span>{news.value.machineId}</span>}
          </p>
        )}
      </div>
    </>
  );
}
