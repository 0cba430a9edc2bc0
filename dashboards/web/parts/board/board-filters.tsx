import { inLanguage, textsOf, word } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/board-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { Station } from "../../names.ts";
import { query, setQuery } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { SettledInput } from "../settled-input.tsx";

const { t } = textsOf(texts);
const priorities = ["emergency", "major", "general", "planned"] as const;

interface Region {
  readonly regionId: string;
  readonly name: Readonly<Record<"en" | "zh-CN", string>>;
}

/** Which tickets stand in the queue; the choice is in the address. */
export function BoardFilters({ stations }: { readonly stations: ReadonlyMap<string, Station> }) {
  const regions = useResource<ListOf<Region>>("/organisation/regions?limit=500");
  const value = (name: string) => query.value.get(name) ?? "";
  return (
    <div class="tools">
      <fieldset class="switch wide">
        <legend class="unseen">{t("show")}</legend>
        {(["assign", "all"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={(value("show") || "assign") === one}
            data-show={one}
            onClick={() => setQuery({ show: one === "all" ? "all" : undefined })}
          >
            {t(one === "all" ? "allWork" : "toAssign")}
          </button>
        ))}
      </fieldset>
      <label>
        <span class="unseen">{t("sort")}</span>
        <select
          value={value("sort") || "due"}
          onChange={(event) => setQuery({ sort: event.currentTarget.value })}
        >
          <option value="due">{t("byDue")}</option>
          <option value="exposure">{t("byExposure")}</option>
        </select>
      </label>
      <label>
        <span class="unseen">{t("region")}</span>
        <select
          data-testid="region"
          value={value("region")}
          onChange={(event) => setQuery({ region: event.currentTarget.value })}
        >
          <option value="">{t("allRegions")}</option>
          {regions.data?.items.map(({ regionId, name }) => (
            <option key={regionId} value={regionId}>
              {inLanguage(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{t("station")}</span>
        <select
          data-testid="station"
          value={value("station")}
          onChange={(event) => setQuery({ station: event.currentTarget.value })}
        >
          <option value="">{t("allStations")}</option>
          {[...stations.values()]
            .filter(({ regionId }) => value("region") === "" || regionId === value("region"))
            .map(({ stationId, name }) => (
              <option key={stationId} value={stationId}>
                {inLanguage(name)}
              </option>
            ))}
        </select>
      </label>
      <label>
        <span class="unseen">{t("allPriorities")}</span>
        <select
          data-testid="priority"
          value={value("priority")}
          onChange={(event) => setQuery({ priority: event.currentTarget.value })}
        >
          <option value="">{t("allPriorities")}</option>
          {priorities.map((one) => (
            <option key={one} value={one}>
              {word("priority", one)}
            </option>
          ))}
        </select>
      </label>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is a component */}
      <label class="find">
        <span class="unseen">{t("findHint")}</span>
        <SettledInput
          type="search"
          placeholder={t("findHint")}
          value={value("text")}
          onSettled={(text) => setQuery({ text: text.trim() })}
        />
      </label>
    </div>
  );
}
