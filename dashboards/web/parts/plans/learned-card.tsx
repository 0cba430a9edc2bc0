import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/plans-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { formatMoment } from "../stock/stock-format.ts";
import { type Column, Table } from "../table.tsx";
import type { ParameterChange } from "./plan-data.ts";
import { usePartNames, useRegions } from "./use-names.ts";

const { t, word } = textsOf(texts);

interface Props {
  /** Only what the evaluation of this plan changed. */
  readonly planId?: string;
}

const reasonOf = (planId: string) => `evaluation of ${planId}`;

/** Which parameters of the forecast were changed, by evaluations and by people, newest first. */
export function LearnedCard({ planId }: Props) {
  const log = useResource<ListOf<ParameterChange>>("/forecast/parameters/log?limit=200");
  const regions = useRegions();
  const nameOf = usePartNames();
  const rows = log.data?.items
    .filter(({ reason }) => planId === undefined || reason === reasonOf(planId))
    .slice(0, planId === undefined ? 20 : 200);
  const number = (value: number) => formatNumber(value, language.value, 3);
  const columns: Column<ParameterChange>[] = [
    {
      key: "parameter",
      title: t("parameter"),
      isHead: true,
      cell: ({ name, partNo, regionId }) => (
        <>
          {word("parameter", name)}
          <span class="id">
            {[partNo === "" ? "" : nameOf(partNo), regionId === "" ? "" : regions.nameOf(regionId)]
              .filter((one) => one !== "")
              .join(" · ")}
          </span>
        </>
      ),
    },
    {
      key: "value",
      title: t("value"),
      isNumber: true,
      value: ({ after }) => after,
      cell: ({ before, after }) => (
        <span class="nowrap">
          {number(before ?? 1)} → <b>{number(after)}</b>
        </span>
      ),
    },
    { key: "why", title: t("why"), cell: (one) => <Why change={one} /> },
    {
      key: "at",
      title: t("when"),
      cell: ({ at }) => <span class="nowrap">{formatMoment(at, language.value)}</span>,
    },
  ];
  return (
    <section class="card" data-testid="learned">
      <h2>{t("learned")}</h2>
      <p class="lead">{t("learnedAbout")}</p>
      <Problem error={log.error} />
      <Table
        rows={rows}
        columns={columns}
        rowKey={({ name, partNo, regionId, at }) => `${name} ${regionId} ${partNo} ${at}`}
        empty={t("nothingLearned")}
        testid="parameter-log"
      />
    </section>
  );
}

function Why({ change: { reason, actorId } }: { change: ParameterChange }) {
  const plan = /^evaluation of (\S+)$/.exec(reason)?.[1];
  if (plan === undefined) return <span>{t("byPerson", { who: actorId })}</span>;
  return <a href={`/plans/${encodeURIComponent(plan)}`}>{t("byEvaluation", { plan })}</a>;
}
