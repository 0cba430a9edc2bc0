import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/lessons-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { CodeCards } from "../parts/lessons/code-cards.tsx";
import { DesignCard } from "../parts/lessons/design-card.tsx";
import { LifeCard } from "../parts/lessons/life-card.tsx";
import { RuleCards } from "../parts/lessons/rule-cards.tsx";

const { t } = textsOf(texts);

/** What the field teaches, and what people make of it. */
export function LessonsPage() {
  usePageTitle(t("lessons"));
  return (
    <section class="page lessons-page">
      <h1>{t("lessons")}</h1>
      <p class="lead">{t("lead")}</p>
      <RuleCards />
      <CodeCards />
      <DesignCard />
      <LifeCard />
    </section>
  );
}
