import { may } from "../../api-client.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/figures-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { query, setQuery } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { SettledInput } from "../settled-input.tsx";
import type { PartView } from "../stock/stock-data.ts";
import { CurveChart, type CurveWeek } from "./curve-chart.tsx";

const { t } = textsOf(texts);

/** What a part was used for, week by week, beside what was expected. */
export function CurveCard({ selection }: { selection: URLSearchParams }) {
  const partNo = query.value.get("part") ?? "";
  const parts = useResource<ListOf<PartView>>(may("stock.read") ? "/parts?limit=1000" : undefined);
  const known = parts.data?.items.find((one) => one.partNo === partNo);
  const span = new URLSearchParams({ partNo });
  for (const name of ["from", "to", "region"]) {
    const value = selection.get(name);
    if (value) span.set(name, value);
  }
  const { data, error } = useResource<{ weeks: CurveWeek[] }>(
    partNo === "" ? undefined : `/kpis/consumption?${span}`,
  );
  return (
    <section class="card">
      <h2>{t("curve")}</h2>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is a component */}
      <label class="field">
        <span>{t("partNo")}</span>
        <SettledInput
          name="part"
          list="parts-to-draw"
          value={partNo}
          onSettled={(text) => setQuery({ part: text.trim() })}
        />
        <datalist id="parts-to-draw">
          {parts.data?.items.map((one) => (
            <option key={one.partNo} value={one.partNo}>
              {inLanguage(one.name)}
            </option>
          ))}
        </datalist>
        <small class="faint">
          {known ? `${inLanguage(known.name)} · ${t("curveHint")}` : t("curveHint")}
        </small>
      </label>
      <Problem error={error} />
      {data && data.weeks.length > 0 && <CurveChart weeks={data.weeks} label={partNo} />}
      {data?.weeks.length === 0 && <p class="empty">{t("noCurve")}</p>}
    </section>
  );
}
