import { path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import type { Column } from "../table.tsx";
import { Band } from "./band.tsx";
import type { PartView, StockView } from "./stock-data.ts";
import { formatYuan } from "./stock-format.ts";

const { t, word } = textsOf(texts);

const whole = (pieces: number) => formatNumber(pieces, language.value, 0);

export const PartLink = ({ partNo, name }: { partNo: string; name?: PartView["name"] }) => (
  <a href={path`/parts/${partNo}`}>
    {name ? inLanguage(name) : partNo}
    {name && <span class="id">{partNo}</span>}
  </a>
);

export const masterColumns = (): Column<PartView>[] => [
  { key: "part", title: t("part"), isHead: true, cell: (part) => <PartLink {...part} /> },
  { key: "category", title: t("category"), cell: ({ category }) => word("category", category) },
  {
    key: "abc",
    title: t("abc"),
    value: ({ abcClass = "B" }) => abcClass,
    cell: ({ abcClass = "B" }) => abcClass,
  },
  {
    key: "price",
    title: t("price"),
    isNumber: true,
    value: ({ unitPriceFen }) => unitPriceFen,
    cell: ({ unitPriceFen }) => formatYuan(unitPriceFen, language.value),
  },
  {
    key: "leadTime",
    title: t("leadTime"),
    isNumber: true,
    value: ({ leadTimeDays }) => leadTimeDays,
    cell: ({ leadTimeDays }) => t("days", { count: leadTimeDays }),
  },
  {
    key: "policy",
    title: t("policy"),
    value: ({ planningPolicy }) => planningPolicy,
    cell: ({ planningPolicy }) => word("policy", planningPolicy),
  },
  {
    key: "onHand",
    title: t("onHand"),
    isNumber: true,
    value: ({ onHand }) => onHand,
    cell: ({ onHand }) => <b>{whole(onHand)}</b>,
  },
  {
    key: "reserved",
    title: t("reserved"),
    isNumber: true,
    value: ({ reserved }) => reserved,
    cell: ({ reserved }) => whole(reserved),
  },
];

export const partColumn = (): Column<StockView> => ({
  key: "part",
  title: t("part"),
  isHead: true,
  cell: ({ partNo, partName }) => <PartLink partNo={partNo} name={partName} />,
});

/** Where it lies; as the head of the row when the table is of one part. */
export const placeColumn = (isHead = false): Column<StockView> => ({
  key: "place",
  title: t("place"),
  isHead,
  cell: ({ locationName, locationKind }) => (
    <span>
      {inLanguage(locationName)}
      <span class="id">{word("kindOfPlace", locationKind)}</span>
    </span>
  ),
});

const pieces = (
  key: "onHand" | "reserved" | "inTransit" | "free",
  of: (row: StockView) => number,
) =>
  ({
    key,
    title: t(key),
    isNumber: true,
    value: of,
    cell: (row: StockView) => (key === "free" ? <b>{whole(of(row))}</b> : whole(of(row))),
  }) satisfies Column<StockView>;

export const levelColumns = (): Column<StockView>[] => [
  { key: "bin", title: t("bin"), cell: ({ bin }) => bin },
  pieces("onHand", ({ onHand }) => onHand),
  pieces("reserved", ({ reserved }) => reserved),
  pieces("free", ({ onHand, reserved }) => onHand - reserved),
  pieces("inTransit", ({ inTransitIn }) => inTransitIn),
  {
    key: "band",
    title: t("bandTitle"),
    value: ({ band }) => band,
    cell: (row) => <Band of={row} />,
  },
];
