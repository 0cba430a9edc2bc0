import { useEffect } from "preact/hooks";
import { may } from "../api-client.ts";
import { inLanguage, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/tickets-texts.ts";
import { onLive } from "../live/live-events.ts";
import { usePages } from "../live/use-pages.ts";
import { useStations } from "../names.ts";
import { usePageTitle } from "../page-title.ts";
import { ExactFilter, Filter, SearchFilter } from "../parts/filters.tsx";
import { MoreButton } from "../parts/more.tsx";
import { Problem } from "../parts/problem.tsx";
import { EngineerFilter } from "../parts/ticket/engineer-filter.tsx";
import { ExportButtons } from "../parts/ticket/export-buttons.tsx";
import { TicketRows } from "../parts/ticket-rows.tsx";
import { query, setQuery } from "../router.ts";
import { filterNames, isFiltered, listQueryOf } from "../ticket-list.ts";
import type { Ticket } from "../types.ts";

const { t, word } = textsOf(texts);
const pageSize = 50;
const kinds = ["work", "inspection", "repair", "parts"];
const priorities = ["emergency", "major", "general", "planned"];
const triggers = [
  "anomaly",
  "dtc",
  "predicted_failure",
  "customer_report",
  "service_hours",
  "calendar",
  "peak_season",
  "parts_demand",
  "replenishment",
  "verification_failure",
  "machine_silent",
  "manual",
];
const states = [
  "planned",
  "new",
  "acknowledged",
  "remote_support",
  "assigned",
  "en_route",
  "on_site",
  "in_progress",
  "waiting_parts",
  "on_hold",
  "work_done",
  "verifying",
  "follow_up",
];

/** All tickets, newest first; new ones appear by themselves. What is listed stands in the address. */
export function TicketsPage() {
  usePageTitle(t("tickets"));
  const asked = listQueryOf(query.value);
  const list = usePages<Ticket>(`/tickets?${asked}`, { pageSize, keyOf: ticketIdOf });
  const { reload, data } = list;
  useEffect(() => onLive("ticket", reload), [reload]);
  return (
    <section class="page">
      <div class="title-row">
        <h1>{t("tickets")}</h1>
        {may("exchange.export") && <ExportButtons asked={asked} />}
      </div>
      <Filters />
      <Problem error={list.error} />
      {data?.items.length === 0 && isFiltered(query.value) ? (
        <p class="empty">
          {t("noneMatches")}{" "}
          <button type="button" onClick={clear}>
            {t("clear")}
          </button>
        </p>
      ) : (
        <TicketRows tickets={data?.items} />
      )}
      {data?.next && <MoreButton onMore={list.more} isBusy={list.isBusy} />}
    </section>
  );
}

const ticketIdOf = ({ ticketId }: Ticket): string => ticketId;
const clear = () => setQuery(Object.fromEntries(filterNames.map((name) => [name, undefined])));

function Filters() {
  const stations = useStations();
  const state = query.value.get("state") ?? "open";
  const stationName = (id: string) => {
    const found = stations.get(id);
    return found ? inLanguage(found.name) : id;
  };
  return (
    <div class="tools" data-testid="filters">
      <fieldset class="switch wide">
        <legend class="unseen">{t("state")}</legend>
        {(["open", "closed", "all"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={state === one}
            data-state={one}
            onClick={() => setQuery({ state: one === "open" ? undefined : one })}
          >
            {t(one)}
          </button>
        ))}
      </fieldset>
      <Filter
        name="state"
        label={t("state")}
        none={t("anyState")}
        words={states}
        textOf={(one) => word("state", one)}
      />
      <Filter
        name="kind"
        label={t("kind")}
        none={t("allKinds")}
        words={kinds}
        textOf={(one) => word("kind", one)}
      />
      <Filter
        name="priority"
        label={t("priority")}
        none={t("allPriorities")}
        words={priorities}
        textOf={(one) => word("priority", one)}
      />
      <Filter
        name="trigger"
        label={t("trigger")}
        none={t("allTriggers")}
        words={triggers}
        textOf={(one) => word("trigger", one)}
      />
      <Filter
        name="station"
        label={t("station")}
        none={t("allStations")}
        words={[...stations.keys()]}
        textOf={stationName}
      />
      <EngineerFilter />
      <ExactFilter name="machine" hint={t("machineHint")} />
      <SearchFilter name="text" hint={t("textHint")} />
    </div>
  );
}
