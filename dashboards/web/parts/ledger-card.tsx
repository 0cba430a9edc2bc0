import { formatNumber } from "../format.ts";
import { language, t } from "../i18n/language.ts";
import { ledgerGap, ledgerPlaces } from "../ledger.ts";
import type { LedgerCounts } from "../types.ts";

/** Every sample the machine produced, and where it is. */
export function LedgerCard({ ledger }: { ledger: LedgerCounts | undefined }) {
  if (ledger === undefined) return null;
  const gap = ledgerGap(ledger);
  const number = (value: number) => formatNumber(value, language.value, 0);
  return (
    <section class="card" data-testid="ledger">
      <h2>{t("ledger")}</h2>
      <p class="lead">{t("ledgerAbout")}</p>
      <dl class="ledger">
        {(["produced", ...ledgerPlaces, "suppressed"] as const).map((place) => (
          <div key={place} class={place === "lost" && ledger.lost > 0 ? "bad" : place}>
            <dt>{t(place)}</dt>
            <dd data-field={place} data-value={ledger[place]}>
              {number(ledger[place])}
            </dd>
          </div>
        ))}
      </dl>
      <p class={gap === 0 ? "even" : "problem"}>
        {gap === 0 ? t("balances") : t("doesNotBalance", { count: number(gap) })}
      </p>
    </section>
  );
}
