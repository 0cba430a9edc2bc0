import { inLanguage, textsOf } from "../../i18n/language.ts";
import type { Message } from "../../i18n/messages.ts";
import { texts } from "../../i18n/pages/figures-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { query, setQuery } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Choice } from "../form.tsx";

const { t, word } = textsOf(texts);
const dayMs = 86_400_000;
export const groupings = ["region", "station", "product", "engineer"] as const;

interface Place {
  readonly regionId?: string;
  readonly stationId?: string;
  readonly name: Message;
}

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
export function Filters() {
  const regions = useResource<ListOf<Place>>("/organisation/regions?limit=500");
  const stations = useResource<ListOf<Place>>("/organisation/stations?limit=500");
  const nameOf = (places: readonly Place[] | undefined, id: string) => {
    const place = places?.find((one) => (one.stationId ?? one.regionId) === id);
    return place ? inLanguage(place.name) : id;
  };
  const value = (name: string) => query.value.get(name) ?? "";
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
      <Choice
        label={t("region")}
        name="region"
        words={(regions.data?.items ?? []).flatMap(({ regionId }) => regionId ?? [])}
        textOf={(id) => nameOf(regions.data?.items, id)}
        none={t("all")}
        value={value("region")}
        onChange={(region) => setQuery({ region })}
      />
      <Choice
        label={t("station")}
        name="station"
        words={(stations.data?.items ?? []).flatMap(({ stationId }) => stationId ?? [])}
        textOf={(id) => nameOf(stations.data?.items, id)}
        none={t("all")}
        value={value("station")}
        onChange={(station) => setQuery({ station })}
      />
      {(["product", "engineer"] as const).map((name) => (
        <label key={name} class="field">
          <span>{t(name)}</span>
          <input
            name={name}
            value={value(name)}
            placeholder={t("all")}
            onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value.trim() })}
          />
        </label>
      ))}
    </div>
  );
}
