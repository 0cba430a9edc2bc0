import type { Static } from "typebox";
import type { KpiReply } from "../../../server/api/kpi.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/figures-texts.ts";
import { type Column, Table } from "../table.tsx";
import { figureText } from "./figure-tile.tsx";
import { cellOf, csvLine, figures, unitInFile } from "./kpi-tiles.ts";

const { t } = textsOf(texts);
export type Groups = Static<typeof KpiReply>["groups"];

const inTables = [
  "tickets",
  "firstTimeFixRate",
  "sla.arrival",
  "responseMedian",
  "arrivalMedian",
  "mttrMs",
  "blockedByParts",
  "proactiveRatio",
  "costPerServiceFen",
  "nps",
] as const;

interface Props {
  readonly groups: Groups | undefined;
  /** Of the column that names the groups. */
  readonly name: string;
  readonly textOf: (key: string) => string;
  readonly testid: string;
}

/** The main figures of each group, one group a row. */
export function KpiTable({ groups, name, textOf, testid }: Props) {
  const shown = figures.filter(({ key }) => inTables.some((one) => one === key));
  const columns: Column<Groups[number]>[] = [
    { key: "key", title: name, isHead: true, cell: ({ key }) => textOf(key) },
    ...shown.map((figure) => ({
      key: figure.key,
      title: t(figure.key),
      isNumber: true,
      value: ({ kpis }: Groups[number]) => figure.of(kpis),
      cell: ({ kpis }: Groups[number]) => figureText(figure.of(kpis), figure.unit),
    })),
  ];
  return (
    <Table
      rows={groups}
      columns={columns}
      rowKey={({ key }) => key}
      empty={t("none")}
      testid={testid}
    />
  );
}

/** All figures of the compared groups as a file for spreadsheets. */
export function saveCsv(groups: Groups, textOf: (key: string) => string): void {
  const titles = figures.map(({ key, unit }) => `${t(key)}${unitInFile[unit]}`);
  const lines = [
    csvLine([t("group"), "ID", ...titles]),
    ...groups.map(({ key, kpis }) =>
      csvLine([textOf(key), key, ...figures.map(({ of, unit }) => cellOf(of(kpis), unit))]),
    ),
  ];
  const link = document.createElement("a");
  const blob = new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" });
  link.href = URL.createObjectURL(blob);
  link.download = "figures.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
