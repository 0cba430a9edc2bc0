import { metricNames, type Offer } from "@firebreak/wire/session.ts";
import { parseOffer } from "@firebreak/wire/session-codec.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Metric, Payload } from "@firebreak/wire/sparkplug-types.ts";
import { gatewayIdOf, type NodeName } from "./node-name.ts";

/** What is known of one gateway since the hub started. */
export interface NodeSession {
  readonly name: NodeName;
  readonly gatewayId: string;
  isOnline: boolean;
  /** When its death was heard, by the hub's clock, ms; undefined while online or never heard of. */
  offlineSinceMs: number | undefined;
  /**
   * A node that made no offer in its birth: it speaks plain Sparkplug and knows no acknowledgement, so what it loses
   * cannot be known.
   */
  isForeign: boolean;
  bdSeq: number | undefined;
  /** The time in its birth, by its own clock, ms; undefined before one, or where it has none. */
  bornMs: number | undefined;
  /** Sequence number of the last message in order; undefined before a birth. */
  seq: number | undefined;
  births: number;
  lastContactMs: number;
  /** The contact before that. */
  heardBeforeMs: number;
  /** Which machine's batches an alias means. */
  readonly batchAliases: Map<number, string>;
  /** What of the gateway's own health an alias means. */
  readonly healthAliases: Map<number, readonly string[]>;
  readonly machines: Set<string>;
  /** Machines of before the newest birth that have not been born again. */
  readonly unborn: Set<string>;
  readonly dictionaries: Map<string, SignalDictionary>;
  epochs: readonly string[];
  rebirthAskedMs: number;
  /** Dictionaries asked for by rebirth, and how many births there had been. */
  readonly askedFor: Map<string, number>;
  /** Monotonic times of births that did not continue the session before. */
  strangeBirthsMs: number[];
  readonly counts: NodeCounts;
}

export interface NodeCounts {
  batches: number;
  duplicates: number;
  quarantined: number;
  malformed: number;
  /** Times that messages were missing and did not come within the time given. */
  sequenceGaps: number;
  /** Times that messages came in another order than they were sent, and all of them came. */
  reordered: number;
  staleDeaths: number;
  beforeBirth: number;
  /** Births that came faster than any node may be born. */
  ignoredBirths: number;
  /** Of a foreign node: samples journalled as ours. */
  foreignSamples: number;
  /** Of a foreign node: values of a kind that is no number, or beyond the number of signals of a machine. */
  foreignSkipped: number;
}

export const newSession = (name: NodeName): NodeSession => ({
  name,
  gatewayId: gatewayIdOf(name),
  isOnline: false,
  offlineSinceMs: undefined,
  isForeign: false,
  bdSeq: undefined,
  bornMs: undefined,
  seq: undefined,
  births: 0,
  lastContactMs: 0,
  heardBeforeMs: 0,
  batchAliases: new Map(),
  healthAliases: new Map(),
  machines: new Set(),
  unborn: new Set(),
  dictionaries: new Map(),
  epochs: [],
  rebirthAskedMs: Number.NEGATIVE_INFINITY,
  askedFor: new Map(),
  strangeBirthsMs: [],
  counts: {
    batches: 0,
    duplicates: 0,
    quarantined: 0,
    malformed: 0,
    sequenceGaps: 0,
    reordered: 0,
    staleDeaths: 0,
    beforeBirth: 0,
    ignoredBirths: 0,
    foreignSamples: 0,
    foreignSkipped: 0,
  },
});

/** The bdSeq of a birth or death; undefined when it has none. */
export function sequenceOf(payload: Payload): number | undefined {
  const metric = payload.metrics.find(({ name }) => name === metricNames.sequence);
  return typeof metric?.value === "number" || typeof metric?.value === "bigint"
    ? Number(metric.value)
    : undefined;
}

/** The gateway's half of the opening exchange; undefined for a node that speaks plain Sparkplug. Throws SESSION_MALFORMED. */
export function offerOf(payload: Payload): Offer | undefined {
  const value = payload.metrics.find(({ name }) => name === metricNames.offer)?.value;
  return typeof value === "string" ? parseOffer(value) : undefined;
}

/**
 * Starts the session that an NBIRTH opens. False for a birth that neither repeats the session it follows nor comes
 * from the next one: two gateways that share one identity look like this.
 * @see Sparkplug 3.0, bdSeq counts on by one per CONNECT, modulo 256; a rebirth repeats it
 */
export function beginSession(session: NodeSession, { seq = 0, ...payload }: Payload): boolean {
  const before = session.bdSeq;
  const bdSeq = sequenceOf(payload);
  session.bdSeq = bdSeq;
  session.bornMs = payload.timestampMs;
  session.isOnline = true;
  session.offlineSinceMs = undefined;
  session.seq = seq;
  session.births++;
  session.batchAliases.clear();
  for (const machineId of session.machines) session.unborn.add(machineId);
  session.machines.clear();
  session.dictionaries.clear();
  if (before === undefined || bdSeq === undefined) return true;
  return bdSeq === before || bdSeq > before || bdSeq === 0;
}

/**
 * Whether a death is a goodbye. A will is made before the connection, so its time is not behind that of the birth; a
 * node that ends in order makes its death when it ends.
 * @see Sparkplug 3.0, payloads: the will is part of the CONNECT, and a node that means to go publishes NDEATH itself
 */
export const isGoodbye = ({ bornMs }: NodeSession, { timestampMs }: Payload): boolean =>
  bornMs !== undefined && timestampMs !== undefined && timestampMs > bornMs;

/** The batches of a data message; undefined when an alias is one that no birth gave. */
export function batchesOf(
  session: NodeSession,
  machineId: string,
  metrics: readonly Metric[],
): Uint8Array[] | undefined {
  const blocks: Uint8Array[] = [];
  for (const { name, alias, value } of metrics) {
    const isBatch =
      name === metricNames.batch ||
      (name === undefined && alias !== undefined && session.batchAliases.get(alias) === machineId);
    if (isBatch && value instanceof Uint8Array) blocks.push(value);
    else if (name === undefined && alias !== undefined && session.batchAliases.size === 0)
      return undefined;
  }
  return blocks;
}
