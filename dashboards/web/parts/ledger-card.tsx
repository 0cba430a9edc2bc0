import { useState } from "preact/hooks";
import { path } from "../api-client.ts";
import { formatNumber, formatTime } from "../format.ts";
import { language, t, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/gateway-texts.ts";
import { ledgerGap, ledgerPlaces } from "../ledger.ts";
import { useResource } from "../live/use-resource.ts";
import type { LedgerCounts, LedgerHour, ListOf } from "../types.ts";
import { Problem } from "./problem.tsx";

const { word } = textsOf(texts);
const hourPlaces = ["produced", "stored", "journalled", "quarantined", "lost"] as const;

/** Every sample the machine produced, and where it is. */
export function LedgerCard({
  machineId,
  ledger,
}: {
  readonly machineId: string;
  readonly ledger: LedgerCounts | undefined;
}) {
  const [isOpen, open] = useState(false);
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
      <details onToggle={(event) => open(event.currentTarget.open)}>
        <summary>{t("byHour")}</summary>
        {isOpen && <LedgerHours machineId={machineId} />}
      </details>
    </section>
  );
}

/** The newest two days, hour by hour, with why samples were lost. */
function LedgerHours({ machineId }: { readonly machineId: string }) {
  const list = useResource<ListOf<LedgerHour>>(
    path`/machines/${machineId}/ledger/hours?limit=48`,
    60_000,
  );
  return (
    <>
      <Problem error={list.error} />
      <table class="rows" data-testid="ledger-hours">
        <thead>
          <tr>
            <th scope="col">{t("hour")}</th>
            {hourPlaces.map((place) => (
              <th key={place} scope="col">
                {t(place)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.data?.items.map((hour) => (
            <tr key={hour.hour} data-hour={hour.hour}>
              <th scope="row">{formatTime(hour.hour, language.value)}</th>
              {hourPlaces.map((place) => (
                <td key={place} data-label={t(place)}>
                  {formatNumber(hour[place], language.value, 0)}
                  {place === "lost" &&
                    Object.entries(hour.lostBy).map(([reason, samples]) => (
                      <small key={reason} class="faint">
                        {` ${word("lost", reason)}: ${formatNumber(samples, language.value, 0)}`}
                      </small>
                    ))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
