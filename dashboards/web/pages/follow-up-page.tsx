import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/follow-up-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { CallsTab } from "../parts/follow-up/calls-tab.tsx";
import { ComplaintsTab } from "../parts/follow-up/complaints-tab.tsx";
import { FeedbackTab } from "../parts/follow-up/feedback-tab.tsx";
import { explainErrors } from "../parts/problem.tsx";
import { query, setQuery } from "../router.ts";
import type { Permission } from "../types.ts";

const { t, word } = textsOf(texts);
const tabs = [
  { name: "tasks", needs: "followup.write", Tab: CallsTab },
  { name: "complaints", needs: "followup.write", Tab: ComplaintsTab },
  { name: "feedback", needs: "feedback.read", Tab: FeedbackTab },
] as const satisfies readonly { name: string; needs: Permission; Tab: () => preact.VNode }[];

explainErrors(({ code }) => {
  const key = `error.${code}`;
  return Object.hasOwn(texts, key) ? t(key as keyof typeof texts) : undefined;
});

/** Whom to call, what customers complain about, and what they say of the service. */
export function FollowUpPage() {
  usePageTitle(t("followUp"));
  const open = tabs.filter(({ needs }) => may(needs));
  const chosen = open.find(({ name }) => name === query.value.get("tab")) ?? open[0];
  return (
    <section class="page follow-up">
      <h1>{t("followUp")}</h1>
      <div class="tools">
        <fieldset class="switch wide" data-testid="tabs">
          <legend class="unseen">{t("followUp")}</legend>
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
      {chosen && <chosen.Tab />}
    </section>
  );
}
