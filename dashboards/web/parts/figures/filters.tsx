import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/figures-texts.ts";
import { wordsOf } from "../../i18n/pages/organisation-texts.ts";
import { query, setQuery } from "../../router.ts";
import { Choice } from "../form.tsx";
import type { FigureNames } from "./figure-names.ts";

const { t, word } = textsOf(texts);
const dayMs = 86_400_000;
export const groupings = ["region", "station", "product", "engineer"] as const;

/** From the page's address to the interface's: `from` and `to` at full hours, so that answers agree. Pure. */
export function selectionOf(given: URLSearchParams, nowMs: number): URLSearchParams {
  const days = Number(given.get("days") ?? 90);
  const to = Math.ceil(nowMs / 3_600_000) * 3_600_000;
  const wanted = new URLSearchParams({
    from: new Date(to - (days > 0 ? days : 90) * dayMs).toISOString(),
    to: new Date(to).toISOString(),
  });
  for (const name of groupings) {
    const value = given.get(name);
    if (value) wanted.set(name, value);
  }
  return wanted;
}

/** What the figures are of; all of it stands in the address. */
export function Filters({ names }: { names: FigureNames }) {
  const value = (name: string) => query.value.get(name) ?? "";
  const words = {
    region: names.network.regionIds,
    station: names.network.stationIds,
    product: wordsOf("productType"),
    engineer: names.engineerIds,
  };
  return (
    <div class="filters" data-testid="filters">
      <Choice
        label={t("period")}
        name="days"
        words={["30", "90", "365"]}
        textOf={(days) => word("days", days)}
        value={value("days") || "90"}
        onChange={(days) => setQuery({ days })}
      />
      {groupings.map((name) => (
        <Choice
          key={name}
          label={t(name)}
          name={name}
          words={words[name]}
          textOf={(id) => names.nameOf(name, id)}
          none={t("all")}
          value={value(name)}
          onChange={(id) => setQuery({ [name]: id })}
        />
      ))}
    </div>
  );
}
