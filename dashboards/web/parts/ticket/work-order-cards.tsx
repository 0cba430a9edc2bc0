import type { SmartWorkOrder } from "@firebreak/tickets/field/work-order.ts";
import { formatTime } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { ticketPath } from "../../router.ts";
import { State } from "../badges.tsx";
import { EvidenceChart } from "./evidence-chart.tsx";

const { t } = textsOf(texts);

interface Props {
  readonly order: SmartWorkOrder | undefined;
}

/** What the signals did, beside the sentences that say it. */
export function EvidenceCharts({ order }: Props) {
  const drawn = order?.series.filter(({ t: times }) => times.length > 0) ?? [];
  if (drawn.length === 0) return null;
  return (
    <section class="card evidence-charts" data-testid="evidence-charts">
      <h2>{t("charts")}</h2>
      {drawn.map((series) => (
        <EvidenceChart key={`${series.signal} ${series.from}`} series={series} />
      ))}
    </section>
  );
}

/** Customer, site and station, whom to call, and what is dangerous. */
export function PlaceCard({ order }: Props) {
  if (!order) return null;
  const { customer, site, station, contacts, safety, standardHours } = order;
  const facts = [
    ["customer", customer?.name],
    ["site", site && [site.projectName, site.address].filter(Boolean).join(" · ")],
    ["station", inLanguage(station.name)],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  return (
    <section class="card" data-testid="place">
      <h2>{t("whoAndWhere")}</h2>
      <dl class="facts">
        {facts.map(([name, said]) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>{said}</dd>
          </div>
        ))}
        {contacts.length > 0 && (
          <div>
            <dt>{t("contacts")}</dt>
            <dd>
              {contacts.map(({ personId, name, phone }) => (
                <span key={personId} class="contact">
                  {name} {phone !== undefined && <a href={`tel:${phone}`}>{phone}</a>}
                </span>
              ))}
            </dd>
          </div>
        )}
      </dl>
      {standardHours !== undefined && <p class="faint">{t("hours", { count: standardHours })}</p>}
      {safety.length > 0 && (
        <div class="safety">
          <b>{t("safety")}</b>
          <ul>
            {safety.map((text) => (
              <li key={text.en}>{inLanguage(text)}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** What was found and done about the same fault, and earlier on this machine. */
export function PastCards({ order }: Props) {
  if (!order) return null;
  const { similar, history } = order;
  return (
    <>
      {similar.length > 0 && (
        <section class="card" data-testid="similar">
          <h2>{t("similar")}</h2>
          <ul class="past">
            {similar.map(({ ticketId, at, solution, partNos }) => (
              <li key={ticketId}>
                <a href={ticketPath(ticketId)}>{ticketId}</a>{" "}
                <span class="faint">{formatTime(at, language.value, "full")}</span>
                <p>
                  {solution}
                  {partNos.length > 0 && <span class="code"> {partNos.join(", ")}</span>}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
      {history.length > 0 && (
        <details class="card" data-testid="history">
          <summary>
            {t("history")} ({history.length})
          </summary>
          <ul class="plain">
            {history.map((one) => (
              <li key={one.ticketId}>
                <a href={ticketPath(one.ticketId)}>{inLanguage(one.title)}</a>
                <State of={one} />
                <span class="faint">{formatTime(one.createdAt, language.value)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
