/**
 * The Sparkplug host: births, deaths and sequence per gateway, and what each message means for the journal. Everything
 * is synchronous; what cannot be kept is neither kept nor acknowledged, and comes again.
 */
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { decodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, parseTopic, type SparkplugTopic } from "@firebreak/wire/topics.ts";
import { takeDeviceBirth } from "./device-birth.ts";
import type { HostOptions } from "./host-options.ts";
import { takeNodeBirth } from "./node-birth.ts";
import {
  batchesOf,
  type NodeSession,
  newSession,
  sequenceOf,
  takeSequence,
} from "./node-session.ts";
import { createQuarantine } from "./quarantine.ts";
import { createRebirthRequests } from "./rebirth-requests.ts";
import { createBlockIntake } from "./take-block.ts";

const maxNodes = 50_000;

export class SparkplugHost {
  readonly #options: HostOptions;
  readonly #nodes = new Map<string, NodeSession>();
  readonly #quarantine: ReturnType<typeof createQuarantine>;
  readonly #askRebirth: ReturnType<typeof createRebirthRequests>;
  readonly #takeBlock: ReturnType<typeof createBlockIntake>;
  #foreign = 0;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#quarantine = createQuarantine(options);
    this.#askRebirth = createRebirthRequests(options);
    this.#takeBlock = createBlockIntake({
      ...options,
      quarantine: this.#quarantine,
      askRebirth: this.#askRebirth,
    });
  }

  get nodes(): readonly NodeSession[] {
    return [...this.#nodes.values()];
  }

  /** Messages on topics that are nobody's. */
  get foreignMessages(): number {
    return this.#foreign;
  }

  /** One message of the feed. Never throws. */
  take(topicText: string, bytes: Uint8Array): void {
    const topic = parseTopic(topicText);
    if (!topic || topic.type === "STATE" || topic.group !== defaultGroup) {
      this.#foreign++;
      return;
    }
    if (topic.type === "NCMD" || topic.type === "DCMD") return;
    const session = this.#session(topic.edge);
    if (!session) return;
    session.lastContactMs = this.#options.clock.nowMs();
    try {
      if (topic.device !== undefined && !this.#isAllowed(session, topic.device)) {
        this.#options.alarms.raise("foreign-machine", topic.edge, topic.device);
        this.#quarantine(session, { topic: topicText, reason: "foreign-machine", bytes });
        return;
      }
      this.#takePayload(session, topic, decodePayload(bytes));
    } catch (error) {
      const code = errorCode(error);
      if (code === "LOG_FULL") return;
      session.counts.malformed++;
      const isOurs = code === "SPARKPLUG_MALFORMED" || code === "SESSION_MALFORMED";
      if (!isOurs) this.#options.log.error({ err: error, gatewayId: topic.edge }, "message failed");
      this.#options.alarms.raise("malformed-messages", topic.edge);
      this.#quarantine(session, { topic: topicText, reason: "malformed-payload", bytes });
    }
  }

  /** The connection to the broker was lost: nobody is known to be online any more. */
  goOffline(): void {
    for (const session of this.#nodes.values()) this.#end(session);
  }

  #session(gatewayId: string): NodeSession | undefined {
    const known = this.#nodes.get(gatewayId);
    if (known) return known;
    if (this.#nodes.size >= maxNodes) {
      this.#foreign++;
      return undefined;
    }
    const made = newSession(gatewayId);
    this.#nodes.set(gatewayId, made);
    return made;
  }

  #takePayload(session: NodeSession, topic: SparkplugTopic, payload: Payload): void {
    if (topic.type === "NBIRTH") takeNodeBirth(this.#options, session, payload);
    else if (topic.type === "NDEATH") this.#nodeDeath(session, payload);
    else this.#takeOfSession(session, topic, payload);
  }

  /** Everything that only means something between a birth and a death. */
  #takeOfSession(session: NodeSession, topic: SparkplugTopic, payload: Payload): void {
    if (session.seq === undefined) {
      session.counts.beforeBirth++;
      this.#askRebirth(session);
      return;
    }
    if (!takeSequence(session, payload.seq)) {
      session.counts.sequenceGaps++;
      this.#askRebirth(session);
    }
    if (topic.device === undefined) {
      if (topic.type === "NDATA") this.#options.onNodeData?.(session.gatewayId, payload.metrics);
      return;
    }
    if (topic.type === "DBIRTH") this.#deviceBirth(session, topic.device, payload);
    else if (topic.type === "DDEATH") this.#machineOffline(session, topic.device);
    else if (topic.type === "DDATA") this.#deviceData(session, topic, payload);
  }

  #isAllowed(session: NodeSession, machineId: string): boolean {
    return this.#options.machinesOf(session.gatewayId)?.includes(machineId) ?? true;
  }

  #nodeDeath(session: NodeSession, payload: Payload): void {
    const bdSeq = sequenceOf(payload);
    if (bdSeq !== undefined && session.bdSeq !== undefined && bdSeq !== session.bdSeq) {
      session.counts.staleDeaths++;
      return;
    }
    this.#end(session);
  }

  #end(session: NodeSession): void {
    for (const machineId of [...session.machines]) this.#machineOffline(session, machineId);
    session.isOnline = false;
    session.seq = undefined;
    this.#options.acknowledger.offline(session.gatewayId);
  }

  #deviceBirth(session: NodeSession, machineId: string, payload: Payload): void {
    const { delivery } = this.#options;
    const { gatewayId } = session;
    for (const dictionary of takeDeviceBirth(session, machineId, payload))
      if (!delivery.hasDictionary(machineId, dictionary.hash))
        delivery.append({ kind: "dictionary", gatewayId, machineId, dictionary });
    this.#options.onMachine({ gatewayId, machineId, isOnline: true });
  }

  #machineOffline(session: NodeSession, machineId: string): void {
    if (!session.machines.delete(machineId)) return;
    const { gatewayId } = session;
    this.#options.onMachine({ gatewayId, machineId, isOnline: false });
  }

  #deviceData(session: NodeSession, topic: SparkplugTopic, payload: Payload): void {
    const machineId = topic.device ?? "";
    const blocks = batchesOf(session, machineId, payload.metrics);
    if (!blocks) {
      session.counts.beforeBirth++;
      this.#askRebirth(session);
      return;
    }
    for (const block of blocks)
      this.#takeBlock(session, { topic: { ...topic, device: machineId }, block });
  }
}
