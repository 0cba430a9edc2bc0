import { isMessageKey, translate } from "./i18n/language.ts";
import type { Language } from "./i18n/messages.ts";
import type { TicketEvent } from "./types.ts";

const isOccurrence = (event: TicketEvent): boolean =>
  event.type === "evidence-added" && event.isOccurrence;

/** Of the other ticket or the person that an event names. */
function idOf(event: TicketEvent): string {
  switch (event.type) {
    case "child-linked":
      return event.childId;
    case "merged":
      return event.into;
    case "absorbed":
      return event.ticketId;
    case "assigned":
      return event.assignment.engineerId;
    case "owner-changed":
      return event.ownerId;
    default:
      return "engineerId" in event ? event.engineerId : "";
  }
}

/**
 * One event of a ticket's timeline in words, and what a person wrote with it. The first occurrence is what opened the
 * ticket, so only later ones happened again. Pure.
 */
export function timelineText(
  event: TicketEvent,
  timeline: readonly TicketEvent[],
  language: Language,
): { text: string; note: string | undefined } {
  const isAgain = isOccurrence(event) && timeline.find(isOccurrence)?.seq !== event.seq;
  const key = isAgain ? "event.occurrence" : `event.${event.type}`;
  const text = isMessageKey(key) ? translate(language, key, { id: idOf(event) }) : event.type;
  const note = "note" in event ? event.note : "reason" in event ? event.reason : undefined;
  return { text, note };
}
