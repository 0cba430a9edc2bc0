import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import type { HostOptions } from "./host-options.ts";
import { beginSession, type NodeSession, offerOf, sequenceOf } from "./node-session.ts";

const strangeWindowMs = 300_000;

/** Opens the session of an NBIRTH and answers its offer. Throws SESSION_MALFORMED. */
export function takeNodeBirth(options: HostOptions, session: NodeSession, payload: Payload): void {
  const { alarms, acknowledger, clock, delivery, storeId } = options;
  const { gatewayId } = session;
  const offer = offerOf(payload);
  if (!beginSession(session, sequenceOf(payload))) {
    const now = clock.monotonicMs();
    session.strangeBirthsMs = session.strangeBirthsMs.filter((at) => now - at < strangeWindowMs);
    session.strangeBirthsMs.push(now);
    if (session.strangeBirthsMs.length >= 2) alarms.raise("alternating-sessions", gatewayId);
  }
  const epochs = offer?.epochs ?? [];
  session.epochs = epochs.map(({ epoch }) => epoch);
  const isForeign = offer !== undefined && offer.storeId !== null && offer.storeId !== storeId;
  if (isForeign) alarms.raise("foreign-store", gatewayId);
  for (const { epoch, next } of epochs)
    if (next <= delivery.highest(gatewayId, epoch)) alarms.raise("epoch-went-back", gatewayId);
  // What went to another store was freed for that store: it is not lost, it is elsewhere.
  delivery.noteOffer(gatewayId, epochs, !isForeign);
  acknowledger.online(gatewayId, session.epochs);
}
