import { formatNumber, formatTime } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/quarantine-texts.ts";
import { useResource } from "../live/use-resource.ts";
import type { ListOf } from "../types.ts";

const { t } = textsOf(texts);

interface RefusedRow {
  readonly machineId: string | null;
  readonly reason: string;
  readonly samples: number;
  readonly since: string | null;
}

/** Samples that the telemetry database refused; they are tried again by themselves. */
export function RefusedSamples() {
  const list = useResource<ListOf<RefusedRow>>("/quarantine/refused", 15_000);
  if (list.data === undefined || list.data.items.length === 0) return null;
  return (
    <section data-testid="refused-samples">
      <h2>{t("refused")}</h2>
      <p class="faint">{t("refusedAbout")}</p>
      <ul class="plain alarms">
        {list.data.items.map(({ machineId, reason, samples, since }) => (
          <li key={`${machineId} ${reason}`} class="card">
            <b>
              {t("samplesWait", {
                machine: machineId ?? "–",
                count: formatNumber(samples, language.value),
              })}
            </b>
            <span class="faint">
              {[reason, since && formatTime(since, language.value)].filter(Boolean).join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
