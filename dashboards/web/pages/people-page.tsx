import { useEffect, useState } from "preact/hooks";
import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { wordsOf } from "../i18n/pages/organisation-texts.ts";
import { texts } from "../i18n/pages/people-texts.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import type { CrewRow } from "../parts/board/board-data.ts";
import { Filter, SearchFilter } from "../parts/filters.tsx";
import { Certificates } from "../parts/people/certificates.tsx";
import { EngineerForm } from "../parts/people/engineer-form.tsx";
import { Load } from "../parts/people/load.tsx";
import { type EngineerView, useNetwork } from "../parts/people/organisation-data.ts";
import { OrganisationTabs } from "../parts/people/organisation-tabs.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { engineerPath, goTo, query } from "../router.ts";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);

interface Row {
  readonly engineer: EngineerView;
  readonly crew: CrewRow | undefined;
}

/** Engineers: where they belong, what they may work on, how much they have to do. */
export function PeoplePage() {
  usePageTitle(t("engineers"));
  const network = useNetwork();
  const engineers = useResource<ListOf<EngineerView>>("/organisation/engineers?limit=1000", 60_000);
  const crew = useResource<ListOf<CrewRow>>("/board/engineers", 30_000);
  const [isAdding, add] = useState(false);
  const reloadCrew = crew.reload;
  useEffect(() => onLive("ticket", reloadCrew), [reloadCrew]);
  const crewById = new Map(crew.data?.items.map((one) => [one.engineerId, one]));
  const rows = engineers.data?.items
    .map((engineer): Row => ({ engineer, crew: crewById.get(engineer.engineerId) }))
    .filter(isWanted);
  return (
    <section class="page">
      <OrganisationTabs />
      <header class="title-row">
        <div>
          <h1>{t("engineers")}</h1>
          <p class="lead">{t("aboutPeople")}</p>
        </div>
        {may("organisation.write") && !isAdding && (
          <button type="button" data-testid="add-engineer" onClick={() => add(true)}>
            {t("addEngineer")}
          </button>
        )}
      </header>
      {isAdding && (
        <EngineerForm
          network={network}
          onSaved={(engineerId) => goTo(engineerPath(engineerId))}
          onCancel={() => add(false)}
        />
      )}
      <div class="tools">
        <SearchFilter name="search" hint={t("searchHint")} />
        <Filter
          name="station"
          label={t("station")}
          none={t("allStations")}
          words={network.stationIds}
          textOf={network.stationName}
        />
        <Filter
          name="level"
          label={t("level")}
          none={t("allLevels")}
          words={wordsOf("level")}
          textOf={(one) => word("level", one)}
        />
        <Filter
          name="state"
          label={t("state")}
          none={t("allStates")}
          words={wordsOf("engineerState")}
          textOf={(one) => word("engineerState", one)}
        />
      </div>
      <Problem error={engineers.error ?? crew.error} />
      <Table
        rows={rows}
        columns={columnsOf(network)}
        rowKey={({ engineer }) => engineer.engineerId}
        empty={t("emptyPeople")}
        testid="engineers"
      />
    </section>
  );
}

function isWanted({ engineer, crew }: Row): boolean {
  const wanted = (name: string) => query.value.get(name) ?? "";
  const sought = wanted("search").toLowerCase();
  const { engineerId, name = "", stationId, level } = engineer;
  return (
    [engineerId, name].some((text) => text.toLowerCase().includes(sought)) &&
    ["", stationId].includes(wanted("station")) &&
    ["", level].includes(wanted("level")) &&
    (wanted("state") === "" || crew?.state === wanted("state"))
  );
}

const columnsOf = (network: ReturnType<typeof useNetwork>): Column<Row>[] => [
  {
    key: "name",
    title: t("engineer"),
    isHead: true,
    value: ({ engineer }) => engineer.engineerId,
    cell: ({ engineer: { engineerId, name = engineerId, flyingSquad } }) => (
      <>
        <a href={engineerPath(engineerId)}>{name}</a>
        {flyingSquad && <span class="chip flying">{t("flyingSquad")}</span>}
        {name !== engineerId && <small class="id">{engineerId}</small>}
      </>
    ),
  },
  {
    key: "state",
    title: t("state"),
    value: ({ crew }) => crew?.state,
    cell: ({ crew }) =>
      crew && (
        <span class={`chip engineer-state ${crew.state}`}>{word("engineerState", crew.state)}</span>
      ),
  },
  {
    key: "station",
    title: t("station"),
    value: ({ engineer }) => engineer.stationId,
    cell: ({ engineer: { stationId } }) => network.stationName(stationId),
  },
  {
    key: "region",
    title: t("region"),
    cell: ({ engineer: { stationId } }) =>
      network.regionName(network.stationById.get(stationId)?.regionId),
  },
  {
    key: "level",
    title: t("level"),
    value: ({ engineer }) => engineer.level,
    cell: ({ engineer }) => word("level", engineer.level),
  },
  {
    key: "certificates",
    title: t("skills"),
    cell: ({ engineer }) => <Certificates of={engineer} />,
  },
  {
    key: "faultClasses",
    title: t("faultClasses"),
    cell: ({ engineer: { skills } }) =>
      skills.faultClasses.map((one) => word("faultClass", one)).join(" · "),
  },
  {
    key: "load",
    title: t("load"),
    value: ({ crew }) => crew?.assignedHours,
    cell: ({ crew }) => crew && <Load of={crew} />,
  },
];
