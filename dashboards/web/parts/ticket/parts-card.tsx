import { RESERVED_FROM } from "@firebreak/tickets/parts/reserved-from.ts";
import { formatPercent, formatTime } from "../../format.ts";
import { t as common, inLanguage, language, textsOf, word } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { ticketPath } from "../../router.ts";
import type { PartsLine, Ticket } from "../../types.ts";
import { State } from "../badges.tsx";

const { t } = textsOf(texts);

interface Props {
  readonly ticket: Ticket;
  /** Its parts tickets: they know where the parts lie. */
  readonly relatives: readonly Ticket[];
}

/** Which parts a job needs, how likely, where each is, when it comes, and on which parts ticket. */
export function PartsCard({ ticket, relatives }: Props) {
  const children = relatives.filter(
    ({ kind, parentId }) => kind === "parts" && parentId === ticket.ticketId,
  );
  const lines = children.flatMap(({ parts }) => parts);
  const planned = ticket.predictedParts.filter(
    ({ partNo }) => !lines.some((line) => line.partNo === partNo || line.insteadOf === partNo),
  );
  const likely = new Map(ticket.predictedParts.map((part) => [part.partNo, part.probability]));
  if (children.length + planned.length === 0) return null;
  return (
    <section class="card" data-testid="parts">
      <h2>{common("whatToBring")}</h2>
      {children.map((child) => (
        <div key={child.ticketId} class="parts-ticket" data-parts-ticket={child.ticketId}>
          <p class="parts-head">
            <a class="id" href={ticketPath(child.ticketId)}>
              {child.ticketId}
            </a>
            <State of={child} />
          </p>
          <PartsLines ticket={child} likely={likely} />
        </div>
      ))}
      {planned.length > 0 && (
        <ul class="parts">
          {planned.map(({ partNo, name, qty, probability }) => (
            <li key={partNo} data-part={partNo}>
              <b>
                {qty} × {name ? inLanguage(name) : partNo}
              </b>
              {name && <span class="code">{partNo}</span>}
              <Likely probability={probability} />
              {probability < RESERVED_FROM && (
                <span class="place none" data-field="place">
                  {common("notReserved", {
                    percent: formatPercent(RESERVED_FROM, language.value),
                  })}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface LinesProps {
  readonly ticket: Ticket;
  readonly likely?: ReadonlyMap<string, number>;
}

/** The lines of one parts ticket. */
export function PartsLines({ ticket, likely }: LinesProps) {
  return (
    <ul class="parts">
      {ticket.parts.map((line) => (
        <Line key={line.partNo} line={line} probability={likely?.get(line.partNo)} />
      ))}
    </ul>
  );
}

const NO_BIN = "-";
const moving: readonly PartsLine["state"][] = ["reserved", "in_transit", "backordered"];

function Line({ line, probability }: { line: PartsLine; probability: number | undefined }) {
  const { partNo, name, quantity, state, reservation, source, insteadOf, usedQuantity } = line;
  const signs = [
    ...(insteadOf === undefined ? [] : [t("insteadOf", { part: insteadOf })]),
    ...(source?.etaAt && moving.includes(state)
      ? [t("etaAt", { time: formatTime(source.etaAt, language.value) })]
      : []),
    ...(source?.isGreen ? [t("green")] : []),
    ...(usedQuantity ? [t("used", { count: usedQuantity })] : []),
  ];
  return (
    <li data-part={partNo} data-line-state={state}>
      <b>
        {quantity} × {inLanguage(name)}
      </b>
      <span class="code">{partNo}</span>
      <Likely probability={probability} />
      {reservation && (
        <span class="place" data-field="place">
          {placeText(reservation)}
        </span>
      )}
      <span class={`chip state ${state}`} data-field="line-state">
        {word("line", state)}
      </span>
      {signs.length > 0 && <span class="faint">{signs.join(" · ")}</span>}
      {source?.isRisk && moving.includes(state) && <span class="due warned">{t("risk")}</span>}
    </li>
  );
}

/** What came by a transfer may have no bin yet. */
function placeText({ stationName, bin }: NonNullable<PartsLine["reservation"]>): string {
  const station = inLanguage(stationName);
  return bin === NO_BIN ? station : common("liesAt", { station, bin });
}

function Likely({ probability }: { probability: number | undefined }) {
  if (probability === undefined) return null;
  const percent = formatPercent(probability, language.value);
  return <span class="faint">{common("probability", { percent })}</span>;
}
