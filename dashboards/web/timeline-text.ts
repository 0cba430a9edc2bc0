import { isMessageKey, translate } from "./i18n/language.ts";
import type { Language } from "./i18n/messages.ts";
import type { TicketEvent } from "./types.ts";

/** One event of a ticket's timeline in words, and what a person wrote with it. Pure. */
export function timelineText(
  event: TicketEvent,
  language: Language,
): { text: string; note: string | undefined } {
  const isAgain = event.type === "evidence-added" && event.isOccurrence;
  const key = isAgain ? "event.occurrence" : `event.${event.type}`;
  const id =
    event.type === "child-linked" ? event.childId : event.type === "merged" ? event.into : "";
  const text = isMessageKey(key) ? translate(language, key, { id }) : event.type;
  const note = "note" in event ? event.note : "reason" in event ? event.reason : undefined;
  return { text, note };
}
