import { encodeDictionaries } from "@firebreak/wire/dictionary-codec.ts";
import { type HealthEntry, healthMetric } from "@firebreak/wire/gateway-health.ts";
import { metricNames, nodeOrders, nodeReplies, type Offer } from "@firebreak/wire/session.ts";
import { encodeOffer } from "@firebreak/wire/session-codec.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { DataType, type Metric } from "@firebreak/wire/sparkplug-types.ts";

/** One machine as its birth certificate shows it. */
export interface DeviceBirth {
  readonly machineId: string;
  /** Every signal with its last good value; null where there is none. */
  readonly signals: readonly { readonly name: string; readonly value: number | null }[];
  /** What explains the batches of this machine that are still to come. */
  readonly dictionaries: readonly SignalDictionary[];
}

/** NDEATH, as will and before a clean end. @see Sparkplug 3.0, payloads: bdSeq is its only metric, there is no seq */
export const encodeDeath = (bdSeq: number, timestampMs: number): Uint8Array =>
  encodePayload({ timestampMs, metrics: [sequenceMetric(bdSeq)] });

/** NBIRTH; its seq is 0. The aliases of `health` count from 1. */
export function encodeNodeBirth(
  bdSeq: number,
  { offer, health = [] }: { readonly offer: Offer; readonly health?: readonly HealthEntry[] },
  timestampMs: number,
): Uint8Array {
  const metrics: Metric[] = [
    { ...sequenceMetric(bdSeq), timestampMs },
    { name: metricNames.rebirth, timestampMs, datatype: DataType.Boolean, value: false },
    {
      name: metricNames.offer,
      timestampMs,
      datatype: DataType.String,
      value: encodeOffer(offer),
    },
    ...health.map((entry, at) => healthMetric(entry, { alias: at + 1, isNamed: true })),
    ...nodeReplies.map((reply) => ({ ...reply, timestampMs, isNull: true })),
    // What it can be told: a command names only metrics of the birth.
    ...[metricNames.acknowledge, ...nodeOrders].map((name) => ({
      name,
      timestampMs,
      datatype: DataType.String,
      isNull: true,
    })),
  ];
  return encodePayload({ timestampMs, seq: 0, metrics });
}

/** NDATA with what has changed of the gateway's health. A payload is wholly live or wholly historical. */
export function encodeHealth(
  entries: readonly { readonly entry: HealthEntry; readonly alias: number }[],
  { seq, isHistorical, timestampMs }: { seq: number; isHistorical: boolean; timestampMs: number },
): Uint8Array {
  const metrics = entries.map(({ entry, alias }) =>
    healthMetric(entry, { alias, isNamed: false, ...(isHistorical ? { isHistorical } : {}) }),
  );
  return encodePayload({ timestampMs, seq, metrics });
}

/** DBIRTH: all signals, then ours. Aliases count on from `firstAlias`; the batch metric has the last of them. */
export function encodeDeviceBirth(
  { signals, dictionaries }: DeviceBirth,
  { seq, firstAlias, timestampMs }: { seq: number; firstAlias: number; timestampMs: number },
): { readonly payload: Uint8Array; readonly batchAlias: number } {
  const metrics: Metric[] = signals.map(({ name, value }, at) => ({
    name,
    alias: firstAlias + at,
    timestampMs,
    datatype: DataType.Double,
    ...(value === null ? { isNull: true } : { value }),
  }));
  metrics.push({
    name: metricNames.dictionaries,
    alias: firstAlias + signals.length,
    timestampMs,
    datatype: DataType.Bytes,
    value: encodeDictionaries(dictionaries),
  });
  const batchAlias = firstAlias + signals.length + 1;
  metrics.push({
    name: metricNames.batch,
    alias: batchAlias,
    timestampMs,
    datatype: DataType.Bytes,
    isNull: true,
  });
  return { payload: encodePayload({ timestampMs, seq, metrics }), batchAlias };
}

/** DDATA with one batch. A payload is wholly live or wholly historical. */
export function encodeBatchData(
  block: Uint8Array,
  {
    alias,
    seq,
    isHistorical,
    timestampMs,
  }: { alias: number; seq: number; isHistorical: boolean; timestampMs: number },
): Uint8Array {
  const metric: Metric = {
    alias,
    timestampMs,
    ...(isHistorical ? { isHistorical } : {}),
    value: block,
  };
  return encodePayload({ timestampMs, seq, metrics: [metric] });
}

const sequenceMetric = (bdSeq: number): Metric => ({
  name: metricNames.sequence,
  datatype: DataType.Int64,
  value: bdSeq,
});
