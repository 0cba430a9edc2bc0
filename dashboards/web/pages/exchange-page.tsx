import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/exchange-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { ExportCard } from "../parts/people/export-card.tsx";
import { ImportCard } from "../parts/people/import-card.tsx";

const { t } = textsOf(texts);

/** Lists in and out. */
export function ExchangePage() {
  usePageTitle(t("exchange"));
  return (
    <section class="page">
      <header>
        <h1>{t("exchange")}</h1>
        <p class="lead">{t("about")}</p>
      </header>
      <div class="columns">
        <div>{may("exchange.import") ? <ImportCard /> : <p class="empty">{t("noImport")}</p>}</div>
        <div>{may("exchange.export") && <ExportCard />}</div>
      </div>
    </section>
  );
}
