import { evidenceSentence } from "../../evidence/evidence-sentence.ts";
import type { SmartWorkOrder } from "../../field/field-types.ts";
import { formatNumber, formatPercent, formatTime } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { EvidenceChart } from "./evidence-chart.tsx";
import { Part } from "./part-places.tsx";

const { t, word } = textsOf(texts);

type Facts = { readonly order: SmartWorkOrder };

/** What is wrong, and why we think so. */
export function Why({ order }: Facts) {
  const { evidence, series } = order;
  const titles = new Map(series.map((one) => [one.signal, inLanguage(one.title)]));
  if (evidence.length === 0 && series.length === 0) return null;
  return (
    <section class="card" data-testid="why">
      <h2>{t("why")}</h2>
      <ul class="plain-list">
        {evidence.map((one) => (
          <li key={one.findingId}>
            {evidenceSentence(one, {
              language: language.value,
              titleOf: (name) => titles.get(name) ?? name,
            })}
          </li>
        ))}
      </ul>
      {series.map((one) => (
        <EvidenceChart key={one.signal} series={one} />
      ))}
    </section>
  );
}

/** Causes of each likely fault, most likely first, with what helps. */
export function Causes({ order: { faults } }: Facts) {
  if (faults.every(({ causes }) => causes.length === 0)) return null;
  return (
    <section class="card" data-testid="causes">
      <h2>{t("causes")}</h2>
      {faults.map((fault) => (
        <div key={fault.faultCode}>
          <h3>{inLanguage(fault.title)}</h3>
          <ol class="causes">
            {fault.causes.map((cause) => (
              <li key={cause.id} data-row={cause.id}>
                <b>
                  {inLanguage(cause.text)}{" "}
                  <span class="chip">{formatPercent(cause.confidence, language.value)}</span>
                </b>
                <span class="faint">{inLanguage(cause.remedy)}</span>
                {(cause.remedies ?? []).map((remedy) => (
                  <RemedyLine key={remedy.procedureId} remedy={remedy} />
                ))}
              </li>
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

type Remedy = NonNullable<SmartWorkOrder["faults"][number]["causes"][number]["remedies"]>[number];

function RemedyLine({
  remedy: { procedureId, standardHours, partNo, quantity = 1 },
}: {
  readonly remedy: Remedy;
}) {
  const hours = formatNumber(standardHours, language.value);
  return (
    <span class="faint">
      {t("procedure", { procedure: procedureId, hours })}
      {partNo !== undefined && (
        <>
          {" · "}
          <span class="code">{partNo}</span> ×{quantity}
        </>
      )}
    </span>
  );
}

export function Checks({ order: { checks } }: Facts) {
  if (checks.length === 0) return null;
  return (
    <section class="card" data-testid="checks">
      <h2>{t("checks")}</h2>
      <ol class="causes">
        {checks.map(({ check, expected }) => (
          <li key={check.en}>
            <b>{inLanguage(check)}</b>
            <span class="faint">
              {t("expected")}: {inLanguage(expected)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Parts({ order: { parts, reserved } }: Facts) {
  return (
    <section class="card" data-testid="parts">
      <h2>{t("parts")}</h2>
      {parts.length === 0 && reserved.length === 0 && <p class="faint">{t("partsNone")}</p>}
      <ul class="plain-list">
        {reserved.map((line) => (
          <li key={`reserved-${line.partNo}`} data-row={line.partNo}>
            <b>{inLanguage(line.name)}</b> <span class="code">{line.partNo}</span> ×{line.quantity}
            <span class="chip">{word("line", line.state)}</span>
            {line.reservation && (
              <p class="place">
                {t(line.reservation.bin === "-" ? "reservedIn" : "reservedAt", {
                  place: inLanguage(line.reservation.stationName),
                  bin: line.reservation.bin,
                })}
              </p>
            )}
          </li>
        ))}
        {parts
          .filter(({ partNo }) => !reserved.some((line) => line.partNo === partNo))
          .map((part) => (
            <Part key={part.partNo} part={part} />
          ))}
      </ul>
    </section>
  );
}

export function Safety({ order: { safety } }: Facts) {
  if (safety.length === 0) return null;
  return (
    <section class="card safety" data-testid="safety">
      <h2>{t("safetyNotes")}</h2>
      <ul class="plain-list">
        {safety.map((note) => (
          <li key={note.en}>{inLanguage(note)}</li>
        ))}
      </ul>
    </section>
  );
}

/** What was done to this machine before, and about this fault elsewhere. */
export function History({ order: { history, similar } }: Facts) {
  return (
    <section class="card" data-testid="history">
      <h2>{t("history")}</h2>
      {history.length === 0 && <p class="faint">{t("historyNone")}</p>}
      <ul class="plain-list">
        {history.map((past) => (
          <li key={past.ticketId}>
            <b>{inLanguage(past.title)}</b>
            <span class="faint">
              {formatTime(past.createdAt, language.value)} · {word("state", past.state)}
            </span>
          </li>
        ))}
      </ul>
      {similar.length > 0 && (
        <>
          <h3>{t("similar")}</h3>
          <ul class="plain-list">
            {similar.map(({ ticketId, at, solution, partNos }) => (
              <li key={ticketId}>
                {solution}
                <span class="faint">
                  {[formatTime(at, language.value), ...partNos].join(" · ")}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
