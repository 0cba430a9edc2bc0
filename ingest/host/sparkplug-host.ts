/**
 * The Sparkplug host: which node a message is of, in which order messages count, and when a session begins and ends.
 * Everything is synchronous but the wait for messages that are missing; what cannot be kept is neither kept nor
 * acknowledged, and comes again.
 */
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { decodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, parseTopic, type SparkplugTopic } from "@firebreak/wire/topics.ts";
import { isRetryable } from "../consume/is-retryable.ts";
import { createFloodLimit } from "./flood-limit.ts";
import type { HostOptions } from "./host-options.ts";
import { takeNodeBirth } from "./node-birth.ts";
import { isPlainName, machineIdOf } from "./node-name.ts";
import { isGoodbye, type NodeSession, newSession, sequenceOf } from "./node-session.ts";
import { createQuarantine } from "./quarantine.ts";
import { createRebirthRequests } from "./rebirth-requests.ts";
import { createReorder, type Reorder } from "./reorder.ts";
import { createSessionIntake, type SessionIntake } from "./session-intake.ts";

const maxNodes = 50_000;
/** A gateway of ours is born at most once a second. */
const birthsPerMinute = 120;
const defaultReorderTimeoutMs = 5_000;

export class SparkplugHost {
  readonly #options: HostOptions;
  readonly #groups: readonly string[];
  readonly #nodes = new Map<string, NodeSession>();
  readonly #quarantine: ReturnType<typeof createQuarantine>;
  readonly #askRebirth: ReturnType<typeof createRebirthRequests>;
  readonly #reorder: Reorder;
  readonly #mayBeBorn: (key: string) => boolean;
  readonly #intake: SessionIntake;
  #foreign = 0;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#groups = options.groups ?? [defaultGroup];
    this.#quarantine = createQuarantine(options);
    this.#askRebirth = createRebirthRequests(options);
    this.#mayBeBorn = createFloodLimit(() => options.clock.monotonicMs(), birthsPerMinute);
    this.#reorder = createReorder({
      clock: options.clock,
      timeoutMs: options.reorderTimeoutMs ?? defaultReorderTimeoutMs,
      onGap: (session) => void this.#askRebirth(session),
    });
    const parts = { quarantine: this.#quarantine, askRebirth: this.#askRebirth };
    this.#intake = createSessionIntake({ ...options, ...parts });
  }

  get nodes(): readonly NodeSession[] {
    return [...this.#nodes.values()];
  }

  /** Whether a gateway of ours has a session. */
  isOnline(gatewayId: string): boolean {
    return this.#nodes.get(`${defaultGroup}/${gatewayId}`)?.isOnline ?? false;
  }

  /** Messages on topics that are nobody's. */
  get foreignMessages(): number {
    return this.#foreign;
  }

  /** One message of the feed. Never throws. */
  take(topicText: string, bytes: Uint8Array): void {
    const topic = parseTopic(topicText);
    if (!topic || topic.type === "STATE" || !isPlainName(topic, this.#groups)) {
      this.#foreign++;
      return;
    }
    if (topic.type === "NCMD" || topic.type === "DCMD") return;
    const session = this.#session(topic);
    if (!session) return;
    session.heardBeforeMs = session.lastContactMs;
    session.lastContactMs = this.#options.clock.nowMs();
    this.#guarded(session, { topic: topicText, bytes }, () => {
      if (this.#isAllowed(session, topic))
        this.#takePayload(session, topic, { payload: decodePayload(bytes), bytes });
      else {
        this.#options.alarms.raise("foreign-machine", session.gatewayId, topic.device);
        this.#quarantine(session, { topic: topicText, reason: "foreign-machine", bytes });
      }
    });
  }

  /** The connection to the broker was lost: nobody is known to be online any more. */
  goOffline(): void {
    for (const session of this.#nodes.values()) {
      this.#reorder.release(session);
      this.#intake.end(session);
    }
  }

  close(): void {
    this.#reorder.close();
  }

  /** What cannot be understood is kept aside; what cannot be kept now comes again. */
  #guarded(
    session: NodeSession,
    { topic, bytes }: { readonly topic: string; readonly bytes: Uint8Array },
    run: () => void,
  ): void {
    const { alarms, log } = this.#options;
    const { gatewayId } = session;
    try {
      run();
    } catch (error) {
      const code = errorCode(error);
      if (isRetryable(error)) return;
      session.counts.malformed++;
      const isOurs = code === "SPARKPLUG_MALFORMED" || code === "SESSION_MALFORMED";
      if (!isOurs) log.error({ err: error, gatewayId }, "message failed");
      alarms.raise("malformed-messages", gatewayId);
      this.#quarantine(session, { topic, reason: "malformed-payload", bytes });
    }
  }

  #session({ group, edge }: SparkplugTopic): NodeSession | undefined {
    const key = `${group}/${edge}`;
    const known = this.#nodes.get(key);
    if (known) return known;
    if (this.#nodes.size >= maxNodes) {
      this.#foreign++;
      return undefined;
    }
    const made = newSession({ group, edge });
    this.#nodes.set(key, made);
    return made;
  }

  #isAllowed(session: NodeSession, topic: SparkplugTopic): boolean {
    if (topic.device === undefined) return true;
    const machines = this.#options.machinesOf(session.gatewayId);
    return machines?.includes(machineIdOf(topic)) ?? true;
  }

  #takePayload(
    session: NodeSession,
    topic: SparkplugTopic,
    { payload, bytes }: { readonly payload: Payload; readonly bytes: Uint8Array },
  ): void {
    if (topic.type === "NBIRTH") this.#nodeBirth(session, payload);
    else if (topic.type === "NDEATH") this.#nodeDeath(session, payload);
    else if (session.seq === undefined) {
      session.counts.beforeBirth++;
      this.#askRebirth(session);
    } else
      this.#reorder.take(session, {
        seq: payload.seq,
        bytes: bytes.length,
        // A batch of ours is explained by its own dictionary and counted by its own number.
        isFree: !session.isForeign && topic.type === "DDATA" && isBorn(session, topic),
        process: () => this.#inTurn(session, topic, { payload, bytes }),
      });
  }

  #inTurn(
    session: NodeSession,
    topic: SparkplugTopic,
    { payload, bytes }: { readonly payload: Payload; readonly bytes: Uint8Array },
  ): void {
    const { group, type, edge, device } = topic;
    const text = [`spBv1.0/${group}/${type}/${edge}`, device ?? []].flat().join("/");
    this.#guarded(session, { topic: text, bytes }, () =>
      this.#intake.take(session, topic, payload),
    );
  }

  #nodeBirth(session: NodeSession, payload: Payload): void {
    if (!this.#mayBeBorn(session.gatewayId)) {
      session.counts.ignoredBirths++;
      this.#options.alarms.raise("birth-storm", session.gatewayId);
      return;
    }
    this.#reorder.release(session);
    takeNodeBirth(this.#options, session, payload);
    this.#intake.nodeBorn(session, payload);
  }

  #nodeDeath(session: NodeSession, payload: Payload): void {
    const bdSeq = sequenceOf(payload);
    if (bdSeq !== undefined && session.bdSeq !== undefined && bdSeq !== session.bdSeq) {
      session.counts.staleDeaths++;
      return;
    }
    this.#reorder.release(session);
    this.#intake.end(session, isGoodbye(session, payload));
  }
}

const isBorn = ({ machines }: NodeSession, { device = "" }: SparkplugTopic): boolean =>
  machines.has(device);
