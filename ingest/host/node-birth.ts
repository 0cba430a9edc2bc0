import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup } from "@firebreak/wire/topics.ts";
import { healthOfBirth } from "../health/take-health.ts";
import type { HostOptions } from "./host-options.ts";
import { beginSession, type NodeSession, offerOf } from "./node-session.ts";

const strangeWindowMs = 300_000;

/** Opens the session of an NBIRTH and answers its offer. Throws SESSION_MALFORMED. */
export function takeNodeBirth(options: HostOptions, session: NodeSession, payload: Payload): void {
  const { alarms, acknowledger, clock, delivery, storeId } = options;
  const { gatewayId } = session;
  // Our gateways are in our group: the checksums of their batches hold their ids as they stand there.
  const offer = session.name.group === defaultGroup ? offerOf(payload) : undefined;
  session.isForeign = offer === undefined;
  if (!beginSession(session, payload)) {
    const now = clock.monotonicMs();
    session.strangeBirthsMs = session.strangeBirthsMs.filter((at) => now - at < strangeWindowMs);
    session.strangeBirthsMs.push(now);
    if (session.strangeBirthsMs.length >= 2) alarms.raise("alternating-sessions", gatewayId);
  }
  session.epochs = [];
  if (offer === undefined) {
    // It knows no acknowledgement, and is sent none.
    alarms.raise("no-acknowledgement", gatewayId);
    return;
  }
  const { epochs } = offer;
  session.epochs = epochs.map(({ epoch }) => epoch);
  const isElsewhere = offer.storeId !== null && offer.storeId !== storeId;
  if (isElsewhere) alarms.raise("foreign-store", gatewayId);
  for (const { epoch, next } of epochs)
    if (next <= delivery.highest(gatewayId, epoch)) alarms.raise("epoch-went-back", gatewayId);
  // What went to another store was freed for that store: it is not lost, it is elsewhere.
  delivery.noteOffer(gatewayId, epochs, !isElsewhere);
  acknowledger.online(gatewayId, session.epochs);
  options.onSession?.(gatewayId, { isOnline: true, atMs: clock.nowMs(), saidGoodbye: null });
  options.onHealth?.(healthOfBirth(session, payload, clock.nowMs()));
}
