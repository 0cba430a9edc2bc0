/**
 * The Sparkplug host: births, deaths and sequence per gateway, and what each message means for the journal. Everything
 * is synchronous; what cannot be kept is neither kept nor acknowledged, and comes again.
 */
import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { decodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, parseTopic, type SparkplugTopic } from "@firebreak/wire/topics.ts";
import type { Acknowledger } from "../delivery/acknowledger.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { JournalRecord, QuarantineReason } from "../journal/record.ts";
import { judgeBatch, type Verdict } from "./accept-batch.ts";
import type { IntakeAlarms } from "./alarms.ts";
import { takeDeviceBirth } from "./device-birth.ts";
import { createFloodLimit } from "./flood-limit.ts";
import {
  batchesOf,
  beginSession,
  type NodeSession,
  newSession,
  offerOf,
  sequenceOf,
  takeSequence,
} from "./node-session.ts";

export interface HostOptions {
  readonly storeId: string;
  readonly delivery: Delivery;
  readonly acknowledger: Acknowledger;
  readonly alarms: IntakeAlarms;
  readonly clock: Clock;
  readonly log: Logger;
  /** Machines a gateway may speak for; undefined where that is not known (an external broker's own rights). */
  readonly machinesOf: (gatewayId: string) => readonly string[] | undefined;
  readonly requestRebirth: (gatewayId: string) => void;
  readonly onBatch: (arrived: ArrivedBatch) => void;
  readonly onMachine: (state: { gatewayId: string; machineId: string; isOnline: boolean }) => void;
}

/** A batch that is on the journal's disk. */
export interface ArrivedBatch {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly receivedAtMs: number;
  readonly batch: Batch;
  readonly dictionary: SignalDictionary | undefined;
}

const rebirthSpacingMs = 60_000;
const quarantinePerMinute = 120;
const strangeWindowMs = 300_000;
const maxNodes = 50_000;

export class SparkplugHost {
  readonly #options: HostOptions;
  readonly #nodes = new Map<string, NodeSession>();
  readonly #mayQuarantine: (key: string) => boolean;
  #foreign = 0;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#mayQuarantine = createFloodLimit(() => options.clock.monotonicMs(), quarantinePerMinute);
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
    if (topic.type === "NBIRTH") this.#nodeBirth(session, payload);
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
    if (topic.device === undefined) return;
    if (topic.type === "DBIRTH") this.#deviceBirth(session, topic.device, payload);
    else if (topic.type === "DDEATH") this.#machineOffline(session, topic.device);
    else if (topic.type === "DDATA") this.#deviceData(session, topic, payload);
  }

  #isAllowed(session: NodeSession, machineId: string): boolean {
    return this.#options.machinesOf(session.gatewayId)?.includes(machineId) ?? true;
  }

  #nodeBirth(session: NodeSession, payload: Payload): void {
    const { alarms, acknowledger, clock, delivery, storeId } = this.#options;
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
    for (const block of blocks) this.#takeBlock(session, topic, block);
  }

  #takeBlock(session: NodeSession, topic: SparkplugTopic, block: Uint8Array): void {
    const { gatewayId } = session;
    const machineId = topic.device ?? "";
    const { delivery } = this.#options;
    const verdict = judgeBatch(block, {
      gatewayId,
      machineId,
      lookUp: (epoch, number) => delivery.lookUp(gatewayId, epoch, number),
      dictionary: (hash) => session.dictionaries.get(`${machineId}\n${hash}`),
      epochs: session.epochs,
      highest: (epoch) => delivery.highest(gatewayId, epoch),
    });
    this.#carryOut(session, topic, { block, verdict });
  }

  #carryOut(
    session: NodeSession,
    topic: SparkplugTopic,
    { block, verdict }: { block: Uint8Array; verdict: Verdict },
  ): void {
    const { acknowledger, alarms } = this.#options;
    const { gatewayId, counts } = session;
    const machineId = topic.device ?? "";
    const arrived = { topic: topicOf(topic), bytes: block, machineId };
    switch (verdict.kind) {
      case "duplicate":
        counts.duplicates++;
        acknowledger.due(gatewayId, verdict.header.epoch);
        return;
      case "needs-dictionary": {
        const { dictionary } = verdict.header;
        const asked = session.askedFor.get(dictionary);
        if (asked !== undefined && session.births > asked) {
          alarms.raise("unknown-dictionary", gatewayId, machineId);
          const { header } = verdict;
          this.#quarantine(session, { ...arrived, reason: "unknown-dictionary", header });
        } else if (this.#askRebirth(session)) session.askedFor.set(dictionary, session.births);
        return;
      }
      case "quarantine": {
        const { header, reason } = verdict;
        if (reason === "cloned-number") alarms.raise("cloned-gateway", gatewayId, machineId);
        if (reason === "checksum") alarms.raise("checksum", gatewayId, machineId);
        this.#quarantine(session, { ...arrived, reason, ...(header ? { header } : {}) });
        if (header && reason === "cloned-number") acknowledger.due(gatewayId, header.epoch);
        return;
      }
      case "take":
        this.#journal(session, machineId, { block, verdict });
        return;
    }
  }

  #journal(
    session: NodeSession,
    machineId: string,
    { block, verdict }: { block: Uint8Array; verdict: Extract<Verdict, { kind: "take" }> },
  ): void {
    const { delivery, clock, onBatch } = this.#options;
    const { gatewayId } = session;
    const receivedAtMs = clock.nowMs();
    session.counts.batches++;
    const { batch, dictionary } = verdict;
    delivery.append({ kind: "batch", gatewayId, machineId, receivedAtMs, block }, () =>
      onBatch({ gatewayId, machineId, receivedAtMs, batch, dictionary }),
    );
  }

  /** Keeps what cannot be used. Beyond the limit it is only counted: unless settled, it comes again. */
  #quarantine(
    session: NodeSession,
    arrived: {
      readonly topic: string;
      readonly reason: QuarantineReason;
      readonly bytes: Uint8Array;
      readonly machineId?: string;
      readonly header?: {
        readonly epoch: string;
        readonly number: number;
        readonly sampleCount: number;
      };
    },
  ): void {
    const { gatewayId } = session;
    session.counts.quarantined++;
    if (!this.#mayQuarantine(gatewayId)) return;
    const { topic, reason, bytes, header } = arrived;
    const record: JournalRecord = {
      kind: "quarantine",
      topic,
      reason,
      receivedAtMs: this.#options.clock.nowMs(),
      gatewayId,
      machineId: arrived.machineId ?? null,
      batch: header
        ? { epoch: header.epoch, number: header.number, samples: header.sampleCount }
        : null,
      length: bytes.length,
      bytes,
    };
    try {
      this.#options.delivery.append(record);
    } catch (error) {
      if (errorCode(error) !== "LOG_FULL") throw error;
    }
  }

  /** At most one per minute and node; true when it went out. */
  #askRebirth(session: NodeSession): boolean {
    const now = this.#options.clock.monotonicMs();
    if (now - session.rebirthAskedMs < rebirthSpacingMs) return false;
    session.rebirthAskedMs = now;
    this.#options.requestRebirth(session.gatewayId);
    return true;
  }
}

const topicOf = ({ group, type, edge, device }: SparkplugTopic): string =>
  `spBv1.0/${group}/${type}/${edge}${device === undefined ? "" : `/${device}`}`;
