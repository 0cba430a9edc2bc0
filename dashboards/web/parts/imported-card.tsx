import { path } from "../api-client.ts";
import { formatNumber } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/imported-texts.ts";
import { useResource } from "../live/use-resource.ts";
import type { ImportedRow, ListOf } from "../types.ts";
import { whenText } from "./telemetry/when.ts";

const { t } = textsOf(texts);

const mostShown = 10;

/** Which stretches of a machine's series came from files; nothing where none did. */
export function ImportedCard({ machineId }: { readonly machineId: string }) {
  const { data } = useResource<ListOf<ImportedRow>>(path`/machines/${machineId}/imports`);
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section class="card" data-testid="imported">
      <h2>{t("title")}</h2>
      <p class="lead">{t("about")}</p>
      <ul class="plain-list">
        {items.slice(0, mostShown).map(({ importId, signal, from, to, samples, at, by }) => (
          <li key={`${importId} ${signal}`} data-signal={signal}>
            <b>{signal}</b>
            <span>
              {t("stretch", {
                ...{ from: whenText(from), to: whenText(to) },
                count: formatNumber(samples, language.value, 0),
              })}
            </span>
            <span class="faint">{t("by", { at: whenText(at), by })}</span>
          </li>
        ))}
      </ul>
      {items.length > mostShown && (
        <p class="faint">{t("more", { count: items.length - mostShown })}</p>
      )}
    </section>
  );
}
