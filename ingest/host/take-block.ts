import { type SparkplugTopic, sparkplugTopic } from "@firebreak/wire/topics.ts";
import { judgeBatch, type Verdict } from "./accept-batch.ts";
import type { HostOptions } from "./host-options.ts";
import type { NodeSession } from "./node-session.ts";
import type { Unusable } from "./quarantine.ts";

export type BlockIntakeOptions = Pick<
  HostOptions,
  "acknowledger" | "alarms" | "clock" | "delivery" | "onBatch"
> & {
  readonly quarantine: (session: NodeSession, unusable: Unusable) => void;
  readonly askRebirth: (session: NodeSession) => boolean;
};

/** One block of a data message, on the topic it came on. */
export interface ArrivedBlock {
  readonly topic: SparkplugTopic & { readonly device: string };
  readonly block: Uint8Array;
}

/** Judges blocks and does with each what its verdict says. Throws LOG_FULL when the journal cannot take it. */
export function createBlockIntake(options: BlockIntakeOptions) {
  const { delivery } = options;
  return (session: NodeSession, arrived: ArrivedBlock): void => {
    const { gatewayId } = session;
    const { topic, block } = arrived;
    const verdict = judgeBatch(block, {
      gatewayId,
      machineId: topic.device,
      lookUp: (epoch, number) => delivery.lookUp(gatewayId, epoch, number),
      dictionary: (hash) => session.dictionaries.get(`${topic.device}\n${hash}`),
      epochs: session.epochs,
      highest: (epoch) => delivery.highest(gatewayId, epoch),
      nowMs: options.clock.nowMs(),
    });
    carryOut(options, session, { ...arrived, verdict });
  };
}

function carryOut(
  options: BlockIntakeOptions,
  session: NodeSession,
  { topic, block, verdict }: ArrivedBlock & { readonly verdict: Verdict },
): void {
  const { acknowledger, alarms, quarantine } = options;
  const { gatewayId, counts } = session;
  const machineId = topic.device;
  const unusable = { topic: sparkplugTopic(topic), bytes: block, machineId };
  switch (verdict.kind) {
    case "duplicate":
      counts.duplicates++;
      acknowledger.due(gatewayId, verdict.header.epoch);
      return;
    case "needs-dictionary": {
      const { header } = verdict;
      const asked = session.askedFor.get(header.dictionary);
      if (asked !== undefined && session.births > asked) {
        alarms.raise("unknown-dictionary", gatewayId, machineId);
        quarantine(session, { ...unusable, reason: "unknown-dictionary", header });
      } else if (options.askRebirth(session))
        session.askedFor.set(header.dictionary, session.births);
      return;
    }
    case "quarantine": {
      const { header, reason } = verdict;
      if (reason === "cloned-number") alarms.raise("cloned-gateway", gatewayId, machineId);
      if (reason === "checksum") alarms.raise("checksum", gatewayId, machineId);
      quarantine(session, { ...unusable, reason, ...(header ? { header } : {}) });
      if (header && reason === "cloned-number") acknowledger.due(gatewayId, header.epoch);
      return;
    }
    case "take":
      journal(options, session, { machineId, block, verdict });
      return;
  }
}

function journal(
  { delivery, clock, onBatch }: BlockIntakeOptions,
  { gatewayId, counts }: NodeSession,
  {
    machineId,
    block,
    verdict: { batch, dictionary },
  }: {
    readonly machineId: string;
    readonly block: Uint8Array;
    readonly verdict: Extract<Verdict, { kind: "take" }>;
  },
): void {
  const receivedAtMs = clock.nowMs();
  counts.batches++;
  delivery.append({ kind: "batch", gatewayId, machineId, receivedAtMs, block }, (position) =>
    onBatch({ gatewayId, machineId, receivedAtMs, batch, dictionary }, position),
  );
}
