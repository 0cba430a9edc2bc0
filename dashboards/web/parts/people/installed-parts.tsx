import { path } from "../../api-client.ts";
import { formatNumber, formatPercent } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/machine-files-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { dayOf, type InstalledPart } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

/** Below this share of its life left a part burns, %. */
const lowPct = 10;

const columns = (): Column<InstalledPart>[] => [
  {
    key: "position",
    title: t("position"),
    isHead: true,
    value: ({ position }) => position,
    cell: ({ position }) => position,
  },
  {
    key: "part",
    title: t("part"),
    value: ({ partNo }) => partNo,
    cell: ({ partNo, serial }) => [partNo, serial].filter(Boolean).join(" · "),
  },
  {
    key: "remaining",
    title: t("remainingLife"),
    value: ({ remainingLifePct }) => remainingLifePct,
    cell: ({ remainingLifePct: left }) =>
      left === undefined ? (
        "–"
      ) : (
        <span class="load">
          <meter min={0} max={100} low={lowPct} optimum={100} value={left} />
          <small>{formatPercent(left / 100, language.value)}</small>
        </span>
      ),
  },
  { key: "source", title: t("lifeSource"), cell: ({ source }) => word("partSource", source) },
  {
    key: "installed",
    title: t("installed"),
    cell: ({ installedAt, installedAtHours }) =>
      t("atHours", {
        date: dayOf(installedAt),
        hours: formatNumber(installedAtHours, language.value, 0),
      }),
  },
];

/** Parts that work in a machine, with the life they have left. */
export function InstalledParts({ machineId }: { machineId: string }) {
  const list = useResource<ListOf<InstalledPart>>(
    path`/organisation/machines/${machineId}/installed-parts`,
  );
  return (
    <section class="card">
      <h2>{t("parts")}</h2>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columns()}
        rowKey={({ position }) => position}
        empty={t("noParts")}
        testid="installed-parts"
      />
    </section>
  );
}
