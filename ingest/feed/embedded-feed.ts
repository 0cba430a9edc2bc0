import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { stateTopic } from "@firebreak/wire/topics.ts";
import type { EmbeddedBroker } from "../broker/embedded-broker.ts";
import type { Feed, FeedHandler } from "./feed.ts";
import { encodeState, goodbye, takeMessage } from "./state-message.ts";

export interface EmbeddedFeedOptions {
  readonly broker: Pick<EmbeddedBroker, "listen" | "publish">;
  /** Sparkplug groups to listen to. */
  readonly groups: readonly string[];
  readonly handler: FeedHandler;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The hub at the broker in its own process: no line that could be cut, and no packet that is written and read again.
 * It is online until it is closed.
 * @see Sparkplug 3.0, host application: STATE, QoS 1, retained
 */
export function openEmbeddedFeed(options: EmbeddedFeedOptions): Feed {
  const { broker, handler, clock, log } = options;
  const counts = { received: 0, bytes: 0, deferred: 0, connects: 1 };
  const bornMs = clock.nowMs();
  let isOnline = true;

  for (const group of options.groups)
    broker.listen(`spBv1.0/${group}/#`, (topic, payload) => {
      // Commands are our own, and come by here as well.
      if (isOnline) takeMessage(handler, counts, { topic, payload });
    });
  const say = (online: boolean, stampMs: number) =>
    broker.publish(stateTopic, encodeState(online, stampMs), { qos: 1, retain: true });
  const said = say(true, bornMs);

  return {
    counts,
    get isOnline() {
      return isOnline;
    },
    lastError: null,
    ready: () => said,
    publish(topic, payload) {
      if (!isOnline) return false;
      broker
        .publish(topic, payload)
        .catch((error: unknown) => log.error({ err: error, topic }, "a command was not sent"));
      return true;
    },
    async close() {
      if (!isOnline) return;
      isOnline = false;
      await goodbye(say(false, Math.max(clock.nowMs(), bornMs + 1)));
    },
  };
}
