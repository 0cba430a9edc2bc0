import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/stock-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Filter, listPath, SearchFilter } from "../parts/filters.tsx";
import { More, pageSize } from "../parts/more.tsx";
import { Problem } from "../parts/problem.tsx";
import { PartForm } from "../parts/stock/part-form.tsx";
import {
  levelColumns,
  masterColumns,
  partColumn,
  placeColumn,
} from "../parts/stock/stock-columns.tsx";
import { categories, type PartView, type StockView } from "../parts/stock/stock-data.ts";
import { StockNav } from "../parts/stock/stock-nav.tsx";
import { usePlaces } from "../parts/stock/use-places.ts";
import { Table } from "../parts/table.tsx";
import { goTo, query } from "../router.ts";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);
const pollMs = 30_000;
const bands = ["outside", "below", "above", "within"] as const;

/** The parts master and, beside it, what lies where. */
export function PartsPage() {
  const isStock = query.value.get("view") === "stock";
  usePageTitle(t(isStock ? "stock" : "parts"));
  return (
    <section class="page">
      <h1 class="unseen">{t(isStock ? "stock" : "parts")}</h1>
      <StockNav current={isStock ? "stock" : "parts"} />
      {isStock ? <StockList /> : <MasterList />}
    </section>
  );
}

function MasterList() {
  const shown = useSignal(pageSize);
  const address = listPath("/parts", ["search", "category"], { limit: String(shown.value) });
  const list = useResource<ListOf<PartView>>(address, pollMs);
  const [isAdding, add] = useState(false);
  if (isAdding)
    return (
      <PartForm onSaved={(partNo) => goTo(path`/parts/${partNo}`)} onCancel={() => add(false)} />
    );
  return (
    <>
      <div class="tools">
        <SearchFilter name="search" hint={t("searchHint")} />
        <Filter
          name="category"
          label={t("category")}
          none={t("allCategories")}
          words={categories}
          textOf={(one) => word("category", one)}
        />
        {may("stock.write") && (
          <button type="button" class="at-end" data-testid="add-part" onClick={() => add(true)}>
            {t("addPart")}
          </button>
        )}
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={masterColumns()}
        rowKey={({ partNo }) => partNo}
        empty={t("noParts")}
        testid="parts-master"
      />
      <More list={list.data} shown={shown} />
    </>
  );
}

function StockList() {
  const shown = useSignal(pageSize);
  const places = usePlaces();
  const address = listPath("/stock", ["location", "band", "part"], { limit: String(shown.value) });
  const list = useResource<ListOf<StockView>>(address, pollMs);
  return (
    <>
      <div class="tools">
        <Filter
          name="band"
          label={t("bandTitle")}
          none={t("anyBand")}
          words={bands}
          textOf={(band) => word("band", band)}
        />
        <Filter
          name="location"
          label={t("place")}
          none={t("allPlaces")}
          words={places.list.map(({ locationId }) => locationId)}
          textOf={places.nameOf}
        />
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={[partColumn(), placeColumn(), ...levelColumns()]}
        rowKey={({ partNo, locationId }) => `${partNo}@${locationId}`}
        rowClass={({ band }) => (band === "within" ? "" : `is-${band}`)}
        empty={t("noStock")}
        testid="stock"
      />
      <More list={list.data} shown={shown} />
    </>
  );
}
