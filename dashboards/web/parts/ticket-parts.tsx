import { RESERVED_FROM } from "@firebreak/tickets/parts/reserved-from.ts";
import { formatPercent } from "../format.ts";
import { inLanguage, language, t, word } from "../i18n/language.ts";
import type { PartsLine, Ticket } from "../types.ts";

interface Props {
  readonly ticket: Ticket;
  /** Its parts tickets (or its parent): they know where the parts lie. */
  readonly relatives: readonly Ticket[];
}

/** Which parts the job needs, how likely, and where they are kept for it. */
export function TicketParts({ ticket, relatives }: Props) {
  const lines = [...ticket.parts, ...relatives.flatMap(({ parts }) => parts)];
  const planned = ticket.predictedParts.filter(
    ({ partNo }) => !lines.some((line) => line.partNo === partNo),
  );
  const likely = new Map(ticket.predictedParts.map((part) => [part.partNo, part.probability]));
  if (lines.length + planned.length === 0) return null;
  return (
    <section class="card" data-testid="parts">
      <h2>{t("whatToBring")}</h2>
      <ul class="parts">
        {lines.map((line) => (
          <Line key={line.partNo} line={line} probability={likely.get(line.partNo)} />
        ))}
        {planned.map(({ partNo, name, qty, probability }) => (
          <li key={partNo} data-part={partNo}>
            <b>
              {qty} × {name ? inLanguage(name) : partNo}
            </b>
            {name && <span class="code">{partNo}</span>}
            <Likely probability={probability} />
            {probability < RESERVED_FROM && (
              <span class="place none" data-field="place">
                {t("notReserved", { percent: formatPercent(RESERVED_FROM, language.value) })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ line, probability }: { line: PartsLine; probability: number | undefined }) {
  const { partNo, name, quantity, state, reservation } = line;
  return (
    <li data-part={partNo} data-line-state={state}>
      <b>
        {quantity} × {inLanguage(name)}
      </b>
      <span class="code">{partNo}</span>
      <Likely probability={probability} />
      {reservation && (
        <span class="place" data-field="place">
          {t("liesAt", { station: inLanguage(reservation.stationName), bin: reservation.bin })}
        </span>
      )}
      <span class={`chip state ${state}`} data-field="line-state">
        {word("line", state)}
      </span>
    </li>
  );
}

function Likely({ probability }: { probability: number | undefined }) {
  if (probability === undefined) return null;
  const percent = formatPercent(probability, language.value);
  return <span class="faint">{t("probability", { percent })}</span>;
}
