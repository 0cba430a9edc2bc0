import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/iso15143-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { ClientList } from "../parts/iso15143/client-list.tsx";
import { SourceList } from "../parts/iso15143/source-list.tsx";

const { t } = textsOf(texts);

/** ISO 15143-3 both ways: servers that this hub reads, and programs that read this hub. */
export function Iso15143Page() {
  usePageTitle(t("title"));
  return (
    <section class="page">
      <h1>{t("title")}</h1>
      <SourceList />
      {may("users.write") && <ClientList />}
    </section>
  );
}
