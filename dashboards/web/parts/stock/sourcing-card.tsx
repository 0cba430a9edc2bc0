import { useSignal } from "@preact/signals";
import { me, path } from "../../api-client.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { Choice, Field } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { SettledInput } from "../settled-input.tsx";
import type { PartWithPlaces } from "./stock-data.ts";
import { formatMoment } from "./stock-format.ts";
import type { Places } from "./use-places.ts";

const { t, word } = textsOf(texts);
const priorities = ["emergency", "major", "general", "planned"] as const;

interface Props {
  readonly partNo: string;
  readonly places: Places;
  readonly version: number;
}

/** Where a request for the part would be served from, best first; reserves nothing. */
export function SourcingCard({ partNo, places, version }: Props) {
  const stations = places.list.filter(({ kind }) => kind === "station");
  const chosen = useSignal("");
  const quantity = useSignal(1);
  const priority = useSignal<string>("general");
  const home = stations.find(({ locationId }) => locationId === me.value?.stationId) ?? stations[0];
  const destination = chosen.value || home?.locationId;
  const wanted = new URLSearchParams({
    destination: destination ?? "",
    quantity: String(quantity.value),
    priority: priority.value,
  });
  const found = useResource<PartWithPlaces>(
    destination === undefined ? undefined : `${path`/parts/${partNo}/places`}?${wanted}#${version}`,
  );
  return (
    <section class="card" data-testid="sourcing">
      <h2>{t("sourcing")}</h2>
      <p class="lead">{t("sourcingAbout")}</p>
      <div class="command-form">
        <div class="pair">
          <Choice
            label={t("destination")}
            name="destination"
            words={places.list.map(({ locationId }) => locationId)}
            textOf={places.nameOf}
            value={destination ?? ""}
            onChange={(id) => {
              chosen.value = id;
            }}
          />
          <Field label={t("quantity")}>
            <SettledInput
              type="number"
              min={1}
              max={1000}
              value={String(quantity.value)}
              onSettled={(text) => {
                quantity.value = Math.max(1, Math.floor(Number(text) || 1));
              }}
            />
          </Field>
          <Choice
            label={t("priority")}
            name="priority"
            words={priorities}
            textOf={(one) => word("priority", one)}
            value={priority.value}
            onChange={(one) => {
              priority.value = one;
            }}
          />
        </div>
      </div>
      <Problem error={found.error} />
      {found.data?.isRisk && <p class="problem">{t("risk")}</p>}
      <ol class="sources" data-testid="sources">
        {found.data?.places.map((place) => (
          <li
            key={`${place.partNo} ${place.locationId}`}
            data-source={place.locationId ?? "supplier"}
          >
            <b>
              {place.locationName ? inLanguage(place.locationName) : word("source", place.kind)}
            </b>
            {place.locationName && <span class="faint">{word("source", place.kind)}</span>}
            {place.isAlternate && (
              <span class="chip">
                {t("isAlternate")} {place.partNo}
              </span>
            )}
            {place.locationId !== undefined && (
              <span>
                {t("freeCount", { count: place.free })}
                {place.bin !== undefined && ` · ${t("bin")} ${place.bin}`}
              </span>
            )}
            <span class="nowrap">
              {t("arrives", { time: formatMoment(place.etaAt, language.value) })}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
