import type { BoardFigures } from "@firebreak/tickets/board-figures.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/board-texts.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { stationName, useStations } from "../names.ts";
import { usePageTitle } from "../page-title.ts";
import { AssignPanel } from "../parts/board/assign-panel.tsx";
import type { BoardItem, CrewRow as Member } from "../parts/board/board-data.ts";
import { BoardFilters } from "../parts/board/board-filters.tsx";
import { BoardStrip } from "../parts/board/board-strip.tsx";
import { CrewRow } from "../parts/board/crew-row.tsx";
import { PhonedIn } from "../parts/board/phoned-in.tsx";
import { QueueCard } from "../parts/board/queue-card.tsx";
import { Problem } from "../parts/problem.tsx";
import { query } from "../router.ts";
import type { ListOf } from "../types.ts";

const { t } = textsOf(texts);
const pageSize = 100;
const pollMs = 30_000;

/** The interface's address of the queue, from the filters in the page's address. */
function boardPath(limit: number): string {
  const given = query.value;
  const wanted = new URLSearchParams({ limit: String(limit) });
  if (given.get("show") !== "all") wanted.set("engineer", "none");
  for (const name of ["sort", "region", "station", "priority", "text"]) {
    const value = given.get(name);
    if (value) wanted.set(name, value);
  }
  return `/board?${wanted}`;
}

/** The figures are of the places that are looked at, whatever else the queue leaves out. */
function figuresPath(): string {
  const wanted = new URLSearchParams();
  for (const name of ["region", "station"]) {
    const value = query.value.get(name);
    if (value) wanted.set(name, value);
  }
  return `/board/figures?${wanted}`;
}

/** The queue of work and the people who do it: choose or drag, and somebody goes. */
export function BoardPage() {
  usePageTitle(t("title"));
  const limit = useSignal(pageSize);
  const board = useResource<ListOf<BoardItem>>(boardPath(limit.value), pollMs);
  const crew = useResource<ListOf<Member>>("/board/engineers", pollMs);
  const chosenId = useSignal<string | undefined>(undefined);
  const dropped = useSignal<string | undefined>(undefined);
  const said = useSignal("");
  const figures = useResource<BoardFigures>(figuresPath(), pollMs);
  const stations = useStations();
  const { reload } = board;
  const reloadCrew = crew.reload;
  const reloadFigures = figures.reload;
  useEffect(
    () =>
      onLive("ticket", () => {
        reload();
        reloadCrew();
        reloadFigures();
      }),
    [reload, reloadCrew, reloadFigures],
  );

  const items = board.data?.items ?? [];
  const members = crew.data?.items ?? [];
  const chosen = items.find(({ ticketId }) => ticketId === chosenId.value);
  const isMovable = (item: BoardItem) =>
    may("tickets.dispatch") && ["new", "acknowledged", "planned"].includes(item.state);
  const choose = (ticketId: string) => {
    dropped.value = undefined;
    chosenId.value = ticketId;
  };

  return (
    <section class="page board">
      <div class="title-row">
        <h1>{t("title")}</h1>
        <p class="lead" role="status" data-testid="said">
          {said.value || t("total", { count: items.length })}
        </p>
        {may("tickets.intake") && (
          <PhonedIn
            onTaken={(text) => {
              said.value = text;
              reload();
            }}
          />
        )}
      </div>
      <BoardStrip figures={figures.data} />
      <BoardFilters stations={stations} />
      <Problem error={board.error ?? crew.error} />
      <div class="board-columns">
        <div class="board-queue">
          {board.data && items.length === 0 && <p class="empty">{t("emptyQueue")}</p>}
          <ul data-testid="queue" aria-busy={board.data === undefined}>
            {items.map((item) => (
              <QueueCard
                key={item.ticketId}
                item={item}
                isChosen={item.ticketId === chosenId.value}
                isMovable={isMovable(item)}
                engineerName={
                  item.engineerId &&
                  (members.find((one) => one.engineerId === item.engineerId)?.name ??
                    item.engineerId)
                }
                onChoose={choose}
                onChanged={reload}
              />
            ))}
          </ul>
          {board.data?.next && limit.value < 200 && (
            <button
              type="button"
              onClick={() => {
                limit.value = 200;
              }}
            >
              {t("moreTickets")}
            </button>
          )}
        </div>
        <div class="board-crew">
          {chosen ? (
            <AssignPanel
              key={chosen.ticketId}
              item={chosen}
              crew={members}
              stationOf={(id) => stationName(stations, id)}
              wanted={dropped.value}
              onAssigned={(name) => {
                said.value = t("assigned", { ticket: chosen.ticketId, name });
                chosenId.value = undefined;
                reload();
                reloadCrew();
              }}
            />
          ) : (
            <p class="lead">{t("chooseTicket")}</p>
          )}
          <section class="card">
            <h2>{t("engineers")}</h2>
            <ul class="crew" data-testid="crew">
              {members.map((member) => (
                <CrewRow
                  key={member.engineerId}
                  member={member}
                  stationOf={(id) => stationName(stations, id)}
                  onDrop={
                    chosen && isMovable(chosen)
                      ? (engineerId) => {
                          dropped.value = engineerId;
                        }
                      : undefined
                  }
                />
              ))}
            </ul>
          </section>
        </div>
      </div>
    </section>
  );
}
