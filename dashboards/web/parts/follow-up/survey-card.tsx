import { formatPercent, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/follow-up-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";

const { t } = textsOf(texts);

interface Campaign {
  /** Such as 2026-Q1. */
  readonly quarter: string;
  readonly startedAt: string;
  readonly invited: number;
  readonly answered: number;
}

/** How the survey of this quarter stands, with those before it. */
export function SurveyCard() {
  const { data, error } = useResource<ListOf<Campaign>>("/feedback/campaigns");
  return (
    <section class="card">
      <h2>{t("survey")}</h2>
      <Problem error={error} />
      <Table
        rows={data?.items}
        columns={columns()}
        rowKey={({ quarter }) => quarter}
        empty={t("noSurvey")}
        testid="campaigns"
      />
    </section>
  );
}

const columns = (): Column<Campaign>[] => [
  { key: "quarter", title: t("quarter"), isHead: true, cell: ({ quarter }) => quarter },
  {
    key: "startedAt",
    title: t("startedAt"),
    value: ({ startedAt }) => startedAt,
    cell: ({ startedAt }) => formatTime(startedAt, language.value),
  },
  {
    key: "invited",
    title: t("invited"),
    isNumber: true,
    value: ({ invited }) => invited,
    cell: ({ invited }) => invited,
  },
  {
    key: "answered",
    title: t("answered"),
    isNumber: true,
    value: ({ answered }) => answered,
    cell: ({ answered }) => answered,
  },
  {
    key: "answerRate",
    title: t("answerRate"),
    isNumber: true,
    cell: ({ invited, answered }) =>
      invited === 0 ? "–" : formatPercent(answered / invited, language.value),
  },
];
