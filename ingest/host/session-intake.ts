import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import type { SparkplugTopic } from "@firebreak/wire/topics.ts";
import { healthOfData } from "../health/take-health.ts";
import { takeDeviceBirth } from "./device-birth.ts";
import { createForeignIntake } from "./foreign/foreign-intake.ts";
import type { HostOptions } from "./host-options.ts";
import { machineIdOf } from "./node-name.ts";
import { batchesOf, type NodeSession } from "./node-session.ts";
import type { Unusable } from "./quarantine.ts";
import { createBlockIntake } from "./take-block.ts";

export type SessionIntakeOptions = HostOptions & {
  readonly quarantine: (session: NodeSession, unusable: Unusable) => void;
  readonly askRebirth: (session: NodeSession) => boolean;
};

export type SessionIntake = ReturnType<typeof createSessionIntake>;

/** More than these behind one node are no machines, and each costs memory. */
const maxMachines = 1_000;
/** One and a half keepalives, and some delay. */
const longestUnnoticedMs = 45_000;

/** A broker tells of a dead connection only after its keepalive; what came last before came over it. */
const lastHeardMs = ({ heardBeforeMs }: NodeSession, nowMs: number): number =>
  Math.max(heardBeforeMs, nowMs - longestUnnoticedMs);

/** What messages of a session mean, once they are in order: births, data and deaths of machines. */
export function createSessionIntake(options: SessionIntakeOptions) {
  const { acknowledger, clock, delivery, machinesOf, onMachine } = options;
  const takeBlock = createBlockIntake(options);
  const foreign = createForeignIntake(options);

  const online = (session: NodeSession, machineId: string) => {
    session.machines.add(machineId);
    session.unborn.delete(machineId);
    onMachine({ gatewayId: session.gatewayId, machineId, isOnline: true, atMs: clock.nowMs() });
  };
  const offline = (session: NodeSession, machineId: string, atMs: number) => {
    const wasUnborn = session.unborn.delete(machineId);
    if (!session.machines.delete(machineId) && !wasUnborn) return;
    onMachine({ gatewayId: session.gatewayId, machineId, isOnline: false, atMs });
  };

  const keepFor = (gatewayId: string, machineId: string) => (dictionary: SignalDictionary) => {
    if (!delivery.hasDictionary(machineId, dictionary.hash))
      delivery.append({ kind: "dictionary", gatewayId, machineId, dictionary });
  };
  const deviceBirth = (session: NodeSession, machineId: string, payload: Payload) => {
    const { gatewayId } = session;
    if (session.machines.size >= maxMachines && !session.machines.has(machineId)) {
      options.alarms.raise("too-many-machines", gatewayId);
      return;
    }
    if (session.isForeign) foreign.birth(session, machineId, payload);
    else takeDeviceBirth(session, machineId, { payload, keep: keepFor(gatewayId, machineId) });
    online(session, machineId);
  };
  const deviceData = (session: NodeSession, topic: SparkplugTopic, payload: Payload) => {
    const machineId = machineIdOf(topic);
    if (session.isForeign) {
      foreign.data(session, machineId, payload);
      return;
    }
    const blocks = batchesOf(session, machineId, payload.metrics);
    if (!blocks) {
      session.counts.beforeBirth++;
      options.askRebirth(session);
      return;
    }
    for (const block of blocks)
      takeBlock(session, { topic: { ...topic, device: machineId }, block });
  };
  /** Births come before data: what has not been born again by then is no more. */
  const endUnborn = (session: NodeSession) => {
    for (const machineId of [...session.unborn]) offline(session, machineId, clock.nowMs());
  };
  const nodeData = (session: NodeSession, machineId: string, payload: Payload) => {
    if (!session.isForeign) {
      options.onNodeData?.(session.gatewayId, payload.metrics);
      options.onHealth?.(healthOfData(session, payload, clock.nowMs()));
    } else if (session.machines.has(machineId)) foreign.data(session, machineId, payload);
  };
  /** The hub's clock and the node's differ: a death is not later than now. */
  const timeOf = ({ timestampMs }: Payload): number =>
    Math.min(timestampMs ?? Number.POSITIVE_INFINITY, clock.nowMs());

  return {
    /** After an NBIRTH: a foreign node may have metrics of its own. */
    nodeBorn(session: NodeSession, payload: Payload): void {
      if (!session.isForeign) return;
      foreign.begin(session);
      const machineId = machineIdOf(session.name);
      if (machinesOf(session.gatewayId)?.includes(machineId) === false) return;
      if (foreign.birth(session, machineId, payload)) online(session, machineId);
    },
    /** Any message but births and deaths of nodes. */
    take(session: NodeSession, topic: SparkplugTopic, payload: Payload): void {
      const machineId = machineIdOf(topic);
      if (topic.type.endsWith("DATA") && session.unborn.size > 0) endUnborn(session);
      if (topic.type === "DBIRTH") deviceBirth(session, machineId, payload);
      else if (topic.type === "DDEATH") offline(session, machineId, timeOf(payload));
      else if (topic.type === "DDATA") deviceData(session, topic, payload);
      else if (topic.type === "NDATA") nodeData(session, machineId, payload);
    },
    /** The node has died, or nobody knows any more: every machine of it is offline, and what it said last is stale. */
    end(session: NodeSession, saidGoodbye: boolean | null = null): void {
      const now = clock.nowMs();
      for (const machineId of [...session.machines, ...session.unborn])
        offline(session, machineId, now);
      if (session.isOnline && !session.isForeign)
        options.onSession?.(session.gatewayId, {
          isOnline: false,
          atMs: saidGoodbye ? now : lastHeardMs(session, now),
          saidGoodbye,
        });
      session.isOnline = false;
      session.offlineSinceMs ??= now;
      session.seq = undefined;
      acknowledger.offline(session.gatewayId);
    },
  };
}
