import { may } from "../api-client.ts";
import { formatNumber } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/plans-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Filter, listPath } from "../parts/filters.tsx";
import { DraftForm } from "../parts/plans/draft-form.tsx";
import { LearnedCard } from "../parts/plans/learned-card.tsx";
import {
  monthText,
  type PartsPlan,
  type PlanLine,
  planStates,
  planTypes,
} from "../parts/plans/plan-data.ts";
import { usePartNames, useRegions } from "../parts/plans/use-names.ts";
import { Problem } from "../parts/problem.tsx";
import { formatChange, formatMoment } from "../parts/stock/stock-format.ts";
import { StockNav } from "../parts/stock/stock-nav.tsx";
import { type Column, Table } from "../parts/table.tsx";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);
const pollMs = 30_000;
const mostErrors = 8;

/** Parts plans, the month-end run, and what the last month taught. */
export function PlansPage() {
  usePageTitle(t("plans"));
  const list = useResource<ListOf<PartsPlan>>(
    listPath("/parts-plans", ["type", "state"], {}),
    pollMs,
  );
  const regions = useRegions();
  const last = list.data?.items
    .filter(({ state }) => state === "evaluated")
    .toSorted((a, b) => (a.period.from < b.period.from ? 1 : -1))[0];
  return (
    <section class="page">
      <h1 class="unseen">{t("plans")}</h1>
      <StockNav current="plans" />
      {may("plans.draft") && <DraftForm />}
      <div class="tools">
        <Filter
          name="type"
          label={t("type")}
          none={t("allTypes")}
          words={planTypes}
          textOf={(one) => word("planType", one)}
        />
        <Filter
          name="state"
          label={t("state")}
          none={t("allStates")}
          words={planStates}
          textOf={(one) => word("planState", one)}
        />
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columnsOf(regions.ofPlan)}
        rowKey={({ planId }) => planId}
        empty={t("noPlans")}
        testid="plans"
      />
      <div class="columns">
        <div>
          <LearnedCard />
        </div>
        <div>{last && <LastErrors plan={last} nameOfRegion={regions.nameOf} />}</div>
      </div>
    </section>
  );
}

const columnsOf = (ofPlan: (regionId: string) => string): Column<PartsPlan>[] => [
  {
    key: "plan",
    title: t("plan"),
    isHead: true,
    cell: ({ planId, planType }) => (
      <a href={`/plans/${encodeURIComponent(planId)}`}>
        {word("planType", planType)}
        <span class="id">{planId}</span>
      </a>
    ),
  },
  { key: "region", title: t("region"), cell: ({ regionId }) => ofPlan(regionId) },
  {
    key: "month",
    title: t("month"),
    cell: ({ period }) => <span class="nowrap">{monthText(period, language.value)}</span>,
  },
  {
    key: "state",
    title: t("state"),
    value: ({ state }) => state,
    cell: ({ state }) => <span class={`chip state ${state}`}>{word("planState", state)}</span>,
  },
  {
    key: "lines",
    title: t("lines"),
    isNumber: true,
    value: ({ lines }) => lines.length,
    cell: ({ lines }) => formatNumber(lines.length, language.value, 0),
  },
  {
    key: "flagged",
    title: t("flagged"),
    isNumber: true,
    value: ({ lines }) => lines.filter(({ isAboveUpper }) => isAboveUpper).length,
    cell: ({ lines }) => {
      const count = lines.filter(({ isAboveUpper }) => isAboveUpper).length;
      return count === 0 ? "0" : <span class="chip above-upper">{count}</span>;
    },
  },
  {
    key: "last",
    title: t("lastStep"),
    cell: ({ history }) => {
      const step = history.at(-1);
      return step ? (
        <span>
          {step.actorId}
          <span class="id">{formatMoment(step.at, language.value)}</span>
        </span>
      ) : (
        "–"
      );
    },
  },
];

interface ErrorsProps {
  readonly plan: PartsPlan;
  readonly nameOfRegion: (regionId: string) => string;
}

/** Where the last evaluated plan was most wrong. */
function LastErrors({ plan, nameOfRegion }: ErrorsProps) {
  const nameOf = usePartNames();
  const size = ({ error = 0 }: PlanLine) => Math.abs(error);
  const worst = plan.lines.toSorted((a, b) => size(b) - size(a)).slice(0, mostErrors);
  return (
    <section class="card" data-testid="last-errors">
      <h2>
        <a href={`/plans/${encodeURIComponent(plan.planId)}`}>
          {t("lastErrors", { month: monthText(plan.period, language.value) })}
        </a>
      </h2>
      <dl class="stock-facts">
        {worst.map(({ partNo, regionId, error = 0 }) => (
          <div key={`${partNo}@${regionId}`}>
            <dt>
              {nameOf(partNo)} · {nameOfRegion(regionId)}
            </dt>
            <dd>{formatChange(Math.round(error * 10) / 10, language.value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
