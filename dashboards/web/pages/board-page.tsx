import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { may } from "../api-client.ts";
import { inLanguage, textsOf, word } from "../i18n/language.ts";
import { texts } from "../i18n/pages/board-texts.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { AssignPanel } from "../parts/board/assign-panel.tsx";
import type { BoardItem, CrewRow as Member } from "../parts/board/board-data.ts";
import { CrewRow } from "../parts/board/crew-row.tsx";
import { QueueCard } from "../parts/board/queue-card.tsx";
import { Problem } from "../parts/problem.tsx";
import { query, setQuery } from "../router.ts";
import type { ListOf } from "../types.ts";

const { t } = textsOf(texts);
const priorities = ["emergency", "major", "general", "planned"] as const;
const pageSize = 100;
const pollMs = 30_000;

interface Region {
  readonly regionId: string;
  readonly name: Readonly<Record<"en" | "zh-CN", string>>;
}

/** The interface's address of the queue, from the filters in the page's address. */
function boardPath(limit: number): string {
  const given = query.value;
  const wanted = new URLSearchParams({ limit: String(limit) });
  if (given.get("show") !== "all") wanted.set("engineer", "none");
  for (const name of ["sort", "region", "priority", "text"]) {
    const value = given.get(name);
    if (value) wanted.set(name, value);
  }
  return `/board?${wanted}`;
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
  const { reload } = board;
  const reloadCrew = crew.reload;
  useEffect(
    () =>
      onLive("ticket", () => {
        reload();
        reloadCrew();
      }),
    [reload, reloadCrew],
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
      </div>
      <Filters />
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

function Filters() {
  const regions = useResource<ListOf<Region>>("/organisation/regions?limit=500");
  const value = (name: string) => query.value.get(name) ?? "";
  return (
    <div class="tools">
      <fieldset class="switch wide">
        <legend class="unseen">{t("show")}</legend>
        {(["assign", "all"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={(value("show") || "assign") === one}
            data-show={one}
            onClick={() => setQuery({ show: one === "all" ? "all" : undefined })}
          >
            {t(one === "all" ? "allWork" : "toAssign")}
          </button>
        ))}
      </fieldset>
      <label>
        <span class="unseen">{t("sort")}</span>
        <select
          value={value("sort") || "due"}
          onChange={(event) => setQuery({ sort: event.currentTarget.value })}
        >
          <option value="due">{t("byDue")}</option>
          <option value="exposure">{t("byExposure")}</option>
        </select>
      </label>
      <label>
        <span class="unseen">{t("region")}</span>
        <select
          data-testid="region"
          value={value("region")}
          onChange={(event) => setQuery({ region: event.currentTarget.value })}
        >
          <option value="">{t("allRegions")}</option>
          {regions.data?.items.map(({ regionId, name }) => (
            <option key={regionId} value={regionId}>
              {inLanguage(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{t("allPriorities")}</span>
        <select
          data-testid="priority"
          value={value("priority")}
          onChange={(event) => setQuery({ priority: event.currentTarget.value })}
        >
          <option value="">{t("allPriorities")}</option>
          {priorities.map((one) => (
            <option key={one} value={one}>
              {word("priority", one)}
            </option>
          ))}
        </select>
      </label>
      <label class="find">
        <span class="unseen">{t("findHint")}</span>
        <input
          type="search"
          placeholder={t("findHint")}
          value={value("text")}
          onChange={(event) => setQuery({ text: event.currentTarget.value.trim() })}
        />
      </label>
    </div>
  );
}
