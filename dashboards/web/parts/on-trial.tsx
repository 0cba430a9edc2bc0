import { language, t } from "../i18n/language.ts";
import type { MachineRow, SignalNow } from "../types.ts";
import { Ago } from "./badges.tsx";

/** What rules on trial see now: nobody is sent out for it. Nothing where there is nothing. */
export function OnTrial({
  found,
  signals,
}: {
  found: NonNullable<MachineRow["onTrial"]>;
  signals: readonly SignalNow[];
}) {
  const titleOf = (signal: string) =>
    signals.find(({ name }) => name === signal)?.title[language.value] ?? signal;
  if (found.length === 0) return null;
  return (
    <section class="card" data-testid="on-trial">
      <h2>{t("onTrial")}</h2>
      <ul class="found-list">
        {found.map(({ ruleId, signal, since, isNovel }) => (
          <li key={ruleId} data-rule={ruleId}>
            {t(isNovel ? "onTrialNovel" : "onTrialOther", { signal: titleOf(signal) })}{" "}
            <Ago at={since} />
          </li>
        ))}
      </ul>
    </section>
  );
}
