import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/rollouts-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Problem } from "../parts/problem.tsx";
import { RolloutCard } from "../parts/rollouts/rollout-card.tsx";
import { RolloutForm } from "../parts/rollouts/rollout-form.tsx";
import type { RolloutRow } from "../parts/rollouts/rollout-types.ts";
import type { ListOf } from "../types.ts";

const { t } = textsOf(texts);

/** Configurations on their way to gateways: how far they are, and a new one. */
export function RolloutsPage() {
  usePageTitle(t("title"));
  const list = useResource<ListOf<RolloutRow>>("/rollouts", 5_000);
  return (
    <section class="page">
      <h1>{t("title")}</h1>
      <p class="lead">{t("about")}</p>
      <Problem error={list.error} />
      {may("gateways.configure") && <RolloutForm onMade={list.reload} />}
      {list.data?.items.length === 0 && <p class="empty">{t("none")}</p>}
      {list.data?.items.map((rollout) => (
        <RolloutCard key={rollout.rolloutId} rollout={rollout} onChanged={list.reload} />
      ))}
    </section>
  );
}
