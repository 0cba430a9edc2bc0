import { t as common, inLanguage, textsOf, word } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { ticketPath } from "../../router.ts";
import type { Ticket } from "../../types.ts";
import { State } from "../badges.tsx";

const { t } = textsOf(texts);

interface Props {
  readonly ticket: Ticket;
  readonly relatives: readonly Ticket[];
}

/** Every ticket this one has to do with, and how. */
export function LinksCard({ ticket, relatives }: Props) {
  const { parentId, childIds, mergedInto, absorbedIds, recurrenceOf, visitId } = ticket;
  const links = [
    ...(parentId === undefined ? [] : [["parent", parentId] as const]),
    ...(mergedInto === undefined ? [] : [["mergedInto", mergedInto] as const]),
    ...childIds.map((id) => ["child", id] as const),
    ...absorbedIds.map((id) => ["absorbed", id] as const),
    ...(recurrenceOf === undefined ? [] : [["recurrence", recurrenceOf] as const]),
  ];
  if (links.length === 0 && visitId === undefined) return null;
  return (
    <section class="card" data-testid="links">
      <h2>{common("linkedTickets")}</h2>
      <ul class="plain">
        {links.map(([how, id]) => {
          const found = relatives.find(({ ticketId }) => ticketId === id);
          return (
            <li key={id} data-linked={id}>
              <span class="faint">{t(how)}</span>
              <a href={ticketPath(id)}>
                {found ? `${word("kind", found.kind)} · ${inLanguage(found.title)}` : id}
              </a>
              {found && <State of={found} />}
            </li>
          );
        })}
        {visitId !== undefined && <li>{t("sameVisit")}</li>}
      </ul>
    </section>
  );
}
