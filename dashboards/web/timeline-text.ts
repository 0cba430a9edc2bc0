import { formatNumber, formatTime } from "./format.ts";
import { isMessageKey, translate } from "./i18n/language.ts";
import type { Language } from "./i18n/messages.ts";
import type { TicketEvent } from "./types.ts";

type NameOf = (engineerId: string) => string;

const isOccurrence = (event: TicketEvent): boolean =>
  event.type === "evidence-added" && event.isOccurrence;

/** Of the other ticket or the person that an event names. */
function idOf(event: TicketEvent, nameOf: NameOf): string {
  switch (event.type) {
    case "child-linked":
      return event.childId;
    case "merged":
      return event.into;
    case "absorbed":
      return event.ticketId;
    case "assigned":
      return nameOf(event.assignment.engineerId);
    case "owner-changed":
      return event.ownerId;
    default:
      return "engineerId" in event ? nameOf(event.engineerId) : "";
  }
}

/** What an event says beside its name: choices in words, amounts, what a person wrote. */
function detailOf(event: TicketEvent, language: Language): string | undefined {
  const word = (vocabulary: string, name: string): string => {
    const key = `${vocabulary}.${name}`;
    return isMessageKey(key) ? translate(language, key) : name;
  };
  const joined = (...parts: readonly (string | undefined)[]): string | undefined =>
    parts.filter((part) => part !== undefined && part !== "").join(" · ") || undefined;
  const lines = (all: readonly { partNo: string; quantity: number }[]) =>
    all.map(({ partNo, quantity }) => `${quantity} × ${partNo}`).join(", ");
  const attempts = (all: readonly { judgement: string; handling: string }[]) =>
    all.map(({ judgement, handling }) => `${judgement} → ${handling}`).join("; ");
  const opinion = ({ question, advice }: { question: string; advice?: string }) =>
    joined(question, advice);
  switch (event.type) {
    case "priority-raised":
      // A finding's id is no reason for people.
      return event.actor.kind === "person"
        ? joined(word("priority", event.to), event.reason)
        : word("priority", event.to);
    case "priority-lowered":
      return joined(word("priority", event.to), event.reason);
    case "assigned":
      return event.assignment.overridden?.reason;
    case "assignment-rejected":
      return joined(word("rejection", event.cause), event.reason);
    case "held":
      return joined(word("hold", event.reason), event.note);
    case "arrived":
      return joined(
        event.distanceKm === undefined
          ? undefined
          : `${formatNumber(event.distanceKm, language, 1)} km`,
        event.reason === "place of the machine not known"
          ? translate(language, "event.placeUnknown")
          : event.reason,
      );
    case "consulted":
      return opinion(event.consult);
    case "parts-missing":
      return joined(lines(event.lines), event.note);
    case "departed":
      return event.missingParts.length === 0
        ? undefined
        : translate(language, "event.withoutParts", { parts: event.missingParts.join(", ") });
    case "finished":
      return joined(word("outcome", event.outcome), attempts(event.attempts), event.note);
    case "not-fixed":
      return joined(attempts(event.attempts), event.consult && opinion(event.consult), event.note);
    case "customer-reported":
      return event.text;
    case "rescheduled":
      return joined(
        `${formatTime(event.dueWindow.from, language)} – ${formatTime(event.dueWindow.to, language)}`,
        event.reason,
      );
    case "remote-started":
      return event.contact;
    case "verification-confirmed":
    case "verification-not-applicable":
      return event.actor.kind === "person" ? event.detail : undefined;
    case "verification-failed":
      return event.actor.kind === "person" ? event.detail : undefined;
    case "close-blocked":
      return event.blockers.join(", ");
    case "clock-levels-reached":
      return event.clocks
        ?.map(
          ({ kind }) =>
            `${word("clock", kind)}: ${event.levels.map((level) => word("clockLevel", level)).join(", ")}`,
        )
        .join("; ");
    case "parts-committed":
      return formatTime(event.commitAt, language);
    case "parts-requested":
      return lines(event.lines);
    case "cancelled":
      return event.actor.kind === "person" ? event.reason : word("cancelled", event.reason);
    case "parts-approved":
      return event.actor.kind === "person" ? event.reason : undefined;
    default:
      return "note" in event ? event.note : "reason" in event ? event.reason : undefined;
  }
}

/**
 * One event of a ticket's timeline in words, and what was said with it. The first occurrence is what opened the ticket,
 * so only later ones happened again. Pure.
 */
export function timelineText(
  event: TicketEvent,
  timeline: readonly TicketEvent[],
  language: Language,
  nameOf: NameOf = (id) => id,
): { text: string; note: string | undefined } {
  const isAgain = isOccurrence(event) && timeline.find(isOccurrence)?.seq !== event.seq;
  const isHeard = event.type === "finding-cleared" && event.findingId.startsWith("silence/");
  const key = isAgain ? "event.occurrence" : isHeard ? "event.heardAgain" : `event.${event.type}`;
  const text = isMessageKey(key)
    ? translate(language, key, { id: idOf(event, nameOf) })
    : event.type;
  return { text, note: detailOf(event, language) };
}
