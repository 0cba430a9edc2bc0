import { t } from "../i18n/language.ts";

export function MissingPage() {
  return (
    <section class="page">
      <h1>{t("notFoundTitle")}</h1>
      <p>
        <a href="/">{t("backToFleet")}</a>
      </p>
    </section>
  );
}
