import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatTime } from "../format.ts";
import { inLanguage, isMessageKey, language, loadMessages, t } from "../i18n/language.ts";
import { hubProblems, lostSince, onLive, type TicketNews } from "../live/live-events.ts";
import { route, ticketPath } from "../router.ts";

const clock = (ms: number) => formatTime(new Date(ms).toISOString(), language.value, "minute");
const mostNews = 3;

/** What a reader must know on every page: the line is down, the hub has a problem, a ticket has just come. */
export function Banners() {
  return (
    <>
      <div role="alert">
        {lostSince.value !== null && (
          <p class="banner bad" data-testid="connection-lost">
            {t("connectionLost", { time: clock(lostSince.value) })}
          </p>
        )}
        <HubProblems />
      </div>
      <NewTickets />
    </>
  );
}

/** What is wrong with the hub, what that means for who reads here, and since when; in small what the hub says of it. */
function HubProblems() {
  const problems = hubProblems.value;
  const isUnknown = problems.some(({ name }) => !isMessageKey(`hub.${name}`));
  useEffect(() => {
    if (isUnknown) loadMessages().catch(() => undefined);
  }, [isUnknown]);
  return (
    <>
      {problems.map(({ name, severity, problem, since }) => {
        const key = `hub.${name}`;
        const isKnown = isMessageKey(key);
        return (
          <p
            key={name}
            class={severity === "warning" ? "banner mild" : "banner bad"}
            data-testid="hub-problem"
            data-problem={name}
          >
            {t("hubProblem", {
              time: sinceText(since),
              problem: isKnown ? t(key) : `${name}: ${problem}`,
            })}
            {isKnown && <small> {problem}</small>}
          </p>
        );
      })}
    </>
  );
}

/** The time, with its day where that is not today. */
function sinceText(since: string): string {
  const isToday = new Date(since).toDateString() === new Date().toDateString();
  return formatTime(since, language.value, isToday ? "minute" : "full");
}

/** The newest tickets, until each is opened, put away or over. */
function NewTickets() {
  const news = useSignal<readonly TicketNews[]>([]);
  const here = route.value.page === "ticket" ? route.value.params.ticketId : undefined;
  useEffect(
    () =>
      onLive("ticket", (ticket) => {
        const others = news.value.filter(({ ticketId }) => ticketId !== ticket.ticketId);
        if (ticket.change === "ended") news.value = others;
        if (ticket.change === "opened" && ticket.kind !== "parts")
          news.value = [ticket, ...others].slice(0, mostNews);
      }),
    [news],
  );
  const putAway = (id: string) => {
    news.value = news.value.filter(({ ticketId }) => ticketId !== id);
  };
  const isOpened = news.value.some(({ ticketId }) => ticketId === here);
  useEffect(() => {
    if (isOpened && here !== undefined) putAway(here);
  }, [isOpened, here]);
  return (
    <div aria-live="polite">
      {news.value
        .filter(({ ticketId }) => ticketId !== here)
        .map(({ ticketId, title, machineId }) => (
          <p key={ticketId} class="banner news" data-testid="new-ticket">
            <a href={ticketPath(ticketId)}>{t("newTicket", { title: inLanguage(title) })}</a>
            {machineId !== null && <span>{machineId}</span>}
            <button
              type="button"
              class="put-away"
              aria-label={t("dismiss")}
              onClick={() => putAway(ticketId)}
            >
              ×
            </button>
          </p>
        ))}
    </div>
  );
}
