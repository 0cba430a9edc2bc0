import { rootOf } from "../find-carrier.ts";
import type { Ticket } from "../ticket.ts";
import { loadTicket } from "../ticket-store.ts";
import { carryOut, type TicketWork } from "../ticket-work.ts";
import { isOpen } from "../vocabulary.ts";
import { changeEpisode, type SilenceEpisode } from "./silence-episode.ts";

/** Nobody has taken it on, and it is about nothing else. */
const isUntouched = ({ state, ownerId, customerReported, absorbedIds }: Ticket): boolean =>
  state === "new" && ownerId === "" && !customerReported && absorbedIds.length === 0;

/**
 * The machine is heard again (`back`), or is not meant to be (`parked`): a ticket that nobody has taken on ends, any
 * other gets a line and is left to people. One that stayed with a former owner is left as it is.
 */
export async function endSilence(
  work: TicketWork,
  { episodeId, ticketId }: SilenceEpisode,
  why: "back" | "parked" | "sold",
): Promise<void> {
  const { tx, at } = work;
  await changeEpisode(tx, episodeId, { ended_at: at });
  const own = await loadTicket(tx, ticketId);
  const found = own && (await rootOf(tx, own));
  if (!found || why === "sold" || !isOpen(found.ticket.state)) return;
  const { key } = found;
  const ticket = await carryOut(work, found, {
    type: "note-cleared",
    findingId: episodeId,
    machineAt: at,
    commandId: `${episodeId}/cleared`,
  });
  if (ticket.ticketId !== ticketId || !isUntouched(ticket)) return;
  const reason = why === "back" ? "data-again" : "machine-parked";
  await carryOut(
    work,
    { ticket, key },
    { type: "cancel", reason, commandId: `${episodeId}/cancelled` },
  );
}
