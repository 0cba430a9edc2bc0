import { may } from "../api-client.ts";
import { t as common, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/telemetry-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { explainErrors } from "../parts/problem.tsx";
import { ExportTab } from "../parts/telemetry/export-tab.tsx";
import { ImportTab } from "../parts/telemetry/import-tab.tsx";
import { query, setQuery } from "../router.ts";
import type { Permission } from "../types.ts";

const { t, word } = textsOf(texts);
const tabs = [
  { name: "export", needs: "exchange.export", Tab: ExportTab },
  { name: "import", needs: "exchange.import", Tab: ImportTab },
] as const satisfies readonly { name: string; needs: Permission; Tab: () => preact.VNode }[];

explainErrors(({ code }) => {
  const key = `error.${code}`;
  return Object.hasOwn(texts, key) ? t(key as keyof typeof texts) : undefined;
});

/** Stored samples as files, and history from files. */
export function TelemetryPage() {
  usePageTitle(t("title"));
  const open = tabs.filter(({ needs }) => may(needs));
  const chosen = open.find(({ name }) => name === query.value.get("tab")) ?? open[0];
  return (
    <section class="page">
      <h1>{t("title")}</h1>
      {open.length > 1 && (
        <div class="tools">
          <fieldset class="switch wide" data-testid="tabs">
            <legend class="unseen">{t("title")}</legend>
            {open.map(({ name }) => (
              <button
                key={name}
                type="button"
                data-tab={name}
                aria-pressed={name === chosen?.name}
                onClick={() => setQuery({ tab: name })}
              >
                {word("tab", name)}
              </button>
            ))}
          </fieldset>
        </div>
      )}
      {chosen ? <chosen.Tab /> : <p class="empty">{common("error.NOT_ALLOWED")}</p>}
    </section>
  );
}
