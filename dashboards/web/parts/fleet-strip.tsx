import { formatNumber } from "../format.ts";
import { language, t, word } from "../i18n/language.ts";
import type { FleetSummary } from "../types.ts";

const order = ["critical", "poor", "watch", "good", "unknown"] as const;

/** The whole fleet in one line: each part as long as its share, the worst first. */
export function FleetStrip({ fleet }: { fleet: FleetSummary | undefined }) {
  const isThere = (one: (typeof order)[number]) => fleet === undefined || fleet.health[one] > 0;
  const number = (value: number | undefined) =>
    value === undefined ? "–" : formatNumber(value, language.value);
  return (
    <div class="fleet-strip">
      <dl class="figures">
        <div>
          <dd data-field="machines">{number(fleet?.machines)}</dd>
          <dt>{t("machinesInFleet")}</dt>
        </div>
        <div>
          <dd data-field="online">{number(fleet?.online)}</dd>
          <dt>{t("online")}</dt>
        </div>
        <div class={fleet?.openTickets ? "hot" : undefined}>
          <dd data-field="openTickets">{number(fleet?.openTickets)}</dd>
          <dt>{t("openTickets")}</dt>
        </div>
      </dl>
      <div class="shares">
        <h2>{t("fleetByHealth")}</h2>
        <svg class="bar" aria-hidden="true" width="100%" height="14">
          {fleet && <Bar fleet={fleet} />}
        </svg>
        <ul class="legend">
          {order.filter(isThere).map((one) => (
            <li key={one} class={`health ${one}`}>
              <i class="dot" aria-hidden="true" />
              {word("health", one)} <b>{number(fleet?.health[one])}</b>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Bar({ fleet }: { fleet: FleetSummary }) {
  const total = Math.max(1, fleet.machines);
  let at = 0;
  return order.map((one) => {
    const from = at;
    const share = (100 * fleet.health[one]) / total;
    at += share;
    return (
      share > 0 && (
        <rect key={one} class={`fill ${one}`} x={`${from}%`} width={`${share}%`} height="14" />
      )
    );
  });
}
