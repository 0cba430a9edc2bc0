import { useState } from "preact/hooks";
import type { Static } from "typebox";
import type { FaultReply, KpiReply, StaffingReply } from "../../server/api/kpi.ts";
import { may } from "../api-client.ts";
import { formatNumber } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/figures-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { CurveCard } from "../parts/figures/curve-card.tsx";
import { useFigureNames } from "../parts/figures/figure-names.ts";
import { FigureTile, figureText } from "../parts/figures/figure-tile.tsx";
import { Filters, groupings, selectionOf } from "../parts/figures/filters.tsx";
import { HeatMap } from "../parts/figures/heat-map.tsx";
import { KpiTable, saveCsv } from "../parts/figures/kpi-table.tsx";
import { figures, type Kpis, leadOf, type Stock } from "../parts/figures/kpi-tiles.ts";
import { Choice } from "../parts/form.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { query, setQuery } from "../router.ts";

const { t, word } = textsOf(texts);
type Person = Static<typeof StaffingReply>["items"][number];

/** The figures of the service, of the tickets and stock that the address selects. */
export function FiguresPage() {
  usePageTitle(t("figures"));
  const [nowMs] = useState(Date.now);
  const selection = selectionOf(query.value, nowMs);
  const groupBy = query.value.get("groupBy") ?? "station";
  const kpis = useResource<Static<typeof KpiReply>>(
    `/kpis?${selection}&groupBy=${groupBy}&trendBy=month`,
  );
  const faults = useResource<Static<typeof FaultReply>>(`/kpis/faults?${selection}`);
  const total = kpis.data?.total;
  const names = useFigureNames();
  const groupName = (key: string) => names.nameOf(groupBy, key);
  return (
    <section class="page figures-page">
      <div class="title-row">
        <h1>{t("figures")}</h1>
        <button
          type="button"
          data-testid="export-csv"
          disabled={!kpis.data}
          onClick={() => saveCsv(kpis.data?.groups ?? [], groupName)}
        >
          {t("exportCsv")}
        </button>
      </div>
      <p class="lead">{t("lead")}</p>
      <Filters names={names} />
      <Problem error={kpis.error ?? faults.error} />
      {total && <Tiles total={total} />}
      <StockTiles selection={selection} />
      <p class="faint">{t("referenceAbout")}</p>
      <section class="card">
        <h2>{t("trend")}</h2>
        <KpiTable
          groups={kpis.data?.trend}
          name={t("month")}
          textOf={(key) => names.nameOf("month", key)}
          testid="trend"
        />
      </section>
      <section class="card">
        <div class="card-head">
          <h2>{t("compared")}</h2>
          <Choice
            label={t("groupBy")}
            name="groupBy"
            words={groupings}
            textOf={(one) => t(one as (typeof groupings)[number])}
            value={groupBy}
            onChange={(value) => setQuery({ groupBy: value })}
          />
        </div>
        <KpiTable
          groups={kpis.data?.groups}
          name={t(groupings.find((one) => one === groupBy) ?? "group")}
          textOf={groupName}
          testid="compared"
        />
      </section>
      <div class="columns">
        <section class="card">
          <h2>{t("heatMap")}</h2>
          <HeatMap
            cells={faults.data?.heatMap ?? []}
            regionName={(id) => names.nameOf("region", id)}
          />
        </section>
        <section class="card">
          <h2>{t("topFaults")}</h2>
          <ol class="top-faults" data-testid="top-faults">
            {(faults.data?.top ?? []).map(({ name, count }) => (
              <li key={name} data-row={name} data-value={count}>
                <span>{names.faultName(name)}</span> <b>{count}</b>
              </li>
            ))}
          </ol>
          {faults.data?.top.length === 0 && <p class="empty">{t("none")}</p>}
        </section>
      </div>
      <CurveCard selection={selection} />
      <Staffing regionName={(id) => names.nameOf("region", id)} />
    </section>
  );
}

function Tiles({ total }: { total: Kpis }) {
  const lead = leadOf(may("feedback.read"));
  const first = lead.flatMap((key) => figures.find((one) => one.key === key) ?? []);
  const others = figures.filter(({ key }) => !lead.includes(key));
  return (
    <dl class="tiles" data-testid="tiles">
      {first.map((figure) => (
        <FigureTile key={figure.key} figure={figure} value={figure.of(total)} isLead />
      ))}
      {others.map((figure) => (
        <FigureTile key={figure.key} figure={figure} value={figure.of(total)} />
      ))}
    </dl>
  );
}

function StockTiles({ selection }: { selection: URLSearchParams }) {
  const region = selection.get("region");
  const span = new URLSearchParams({
    from: selection.get("from") ?? "",
    to: selection.get("to") ?? "",
    ...(region === null ? {} : { region }),
  });
  const { data, error } = useResource<Stock>(`/kpis/stock?${span}`);
  if (!data) return <Problem error={error} />;
  return (
    <dl class="tiles" data-testid="stock-tiles">
      <FigureTile
        figure={{ key: "turnover", unit: "number", kind: "reference", aim: "+35 %" }}
        value={data.turnover}
      />
      <FigureTile figure={{ key: "inBand", unit: "share" }} value={data.inBand} />
      <FigureTile figure={{ key: "lossRate", unit: "share" }} value={data.lossRate} />
    </dl>
  );
}

function Staffing({ regionName }: { regionName: (id: string) => string }) {
  const { data } = useResource<Static<typeof StaffingReply>>("/kpis/staffing");
  const number = (key: "machines" | "engineers" | "machinesPerEngineer"): Column<Person> => ({
    key,
    title: t(key),
    isNumber: true,
    value: (row) => row[key],
    cell: (row) => (row[key] === null ? "–" : formatNumber(row[key], language.value, 1)),
  });
  const columns: Column<Person>[] = [
    {
      key: "regionId",
      title: t("region"),
      isHead: true,
      cell: ({ regionId }) => regionName(regionId),
    },
    number("machines"),
    number("engineers"),
    number("machinesPerEngineer"),
    {
      key: "coverage",
      title: t("coverage"),
      isNumber: true,
      value: ({ coverage }) => coverage,
      cell: ({ coverage }) => figureText(coverage, "share"),
    },
    { key: "zone", title: t("zone"), cell: ({ zone }) => word("zone", zone) },
  ];
  return (
    <section class="card">
      <h2>{t("staffing")}</h2>
      <Table
        rows={data?.items}
        columns={columns}
        rowKey={({ regionId }) => regionId}
        empty={t("none")}
        testid="staffing"
      />
    </section>
  );
}
