import { formatNumber, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/iso15143-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { AempSourceRow, ListOf } from "../../types.ts";
import { Ago } from "../badges.tsx";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { skippedText } from "./skipped-text.ts";

const { t, word } = textsOf(texts);

const pollMs = 5_000;
const number = (value: number): string => formatNumber(value, language.value, 0);

const columns = (): Column<AempSourceRow>[] => [
  {
    key: "source",
    title: t("source"),
    isHead: true,
    cell: ({ sourceId, maker, url }) => (
      <>
        {maker ?? sourceId}
        <small class="id">{[maker && sourceId, url].filter(Boolean).join(" · ")}</small>
      </>
    ),
  },
  { key: "fares", title: t("state"), value: ({ state }) => state, cell: stateOf },
  {
    key: "lastOk",
    title: t("lastOk"),
    cell: ({ lastOkAt }) => (lastOkAt === null ? t("notYet") : <Ago at={lastOkAt} />),
  },
  {
    key: "next",
    title: t("nextAt"),
    value: ({ nextAt }) => nextAt,
    cell: ({ nextAt, state }) => {
      if (nextAt !== null) return formatTime(nextAt, language.value);
      return state === "waiting" ? "–" : t("now");
    },
  },
  {
    key: "machines",
    title: t("machines"),
    isNumber: true,
    value: ({ machines }) => machines,
    cell: ({ machines }) => number(machines),
  },
  {
    key: "samples",
    title: t("samples"),
    isNumber: true,
    value: ({ samples }) => samples,
    cell: ({ samples }) => number(samples),
  },
  { key: "skipped", title: t("skipped"), cell: skippedOf },
];

function stateOf({ state, cause, problem }: AempSourceRow) {
  return (
    <div class="source-state">
      {word("source", state)}
      {cause && (
        <p class="problem" data-cause={cause.reason}>
          {t(`cause.${cause.reason}`, cause.facts)}
          {cause.reason === "document" && <small class="id">{problem}</small>}
        </p>
      )}
    </div>
  );
}

function skippedOf({ skipped }: AempSourceRow) {
  if (skipped.length === 0) return null;
  const count = skipped.reduce((sum, one) => sum + one.count, 0);
  return (
    <details>
      <summary>{t("skippedCount", { count: number(count) })}</summary>
      <ul>
        {skipped.map((one) => (
          <li key={one.reason}>
            {t("times", { reason: skippedText(one.reason), count: number(one.count) })}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Servers of other makers that this hub reads, and how it goes with each. */
export function SourceList() {
  const list = useResource<ListOf<AempSourceRow>>("/aemp/sources", pollMs);
  return (
    <>
      <h2>{t("sources")}</h2>
      <p class="lead">{t("sourcesAbout")}</p>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columns()}
        rowKey={({ sourceId }) => sourceId}
        empty={t("noSources")}
        testid="aemp-sources"
      />
    </>
  );
}
