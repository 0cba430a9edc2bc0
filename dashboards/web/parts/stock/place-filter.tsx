import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { Filter } from "../filters.tsx";
import type { Column } from "../table.tsx";
import type { Places } from "./use-places.ts";

const { t } = textsOf(texts);

/** Narrows a list of stock to one place. */
export const PlaceFilter = ({ places }: { places: Places }) => (
  <Filter
    name="location"
    label={t("place")}
    none={t("allPlaces")}
    words={places.list.map(({ locationId }) => locationId)}
    textOf={places.nameOf}
  />
);

/** How many of which part, the head of its row. */
export const partColumn = <
  Row extends { readonly partNo: string; readonly quantity: number },
>(): Column<Row> => ({
  key: "part",
  title: t("part"),
  isHead: true,
  cell: ({ partNo, quantity }) => (
    <a href={path`/parts/${partNo}`}>
      {quantity} × {partNo}
    </a>
  ),
});
