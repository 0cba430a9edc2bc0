import { CodedError } from "@firebreak/kit/coded-error.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { decodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { defaultGroup, parseTopic } from "@firebreak/wire/topics.ts";
import type { QuarantineEntry } from "../delivery/intake-queries.ts";
import type { QuarantineState } from "../delivery/quarantine-rows.ts";
import { judgeBatch, type Verdict } from "./accept-batch.ts";
import type { HostOptions } from "./host-options.ts";

/** What came of a retry. `reason`: why it waits still; a reason of the quarantine, `under-way`, `cut` or `not-kept`. */
export interface RetryResult {
  readonly state: QuarantineState;
  readonly reason: string | null;
}

type RetryOptions = Pick<HostOptions, "delivery" | "clock" | "onBatch"> & {
  /** For which machines a gateway may speak now; undefined for one that is not enrolled here. */
  readonly rightsOf: (gatewayId: string) => Promise<readonly string[] | undefined>;
};

interface Block {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly block: Uint8Array;
  /** Undefined where the block is only a part of the entry, whose number is not its own. */
  readonly entry: QuarantineEntry | undefined;
}

/**
 * Tries again what could not be used. What can be used now is journalled and goes the way of all batches, once,
 * however often it is asked for: its number, not this call, decides. A clone's batch stays where it is.
 * @throws CodedError QUARANTINE_UNKNOWN, LOG_FULL (retryable: nothing was taken)
 */
export function createRetry(options: RetryOptions) {
  const { delivery } = options;
  const underWay = new Set<number>();
  return async (position: number): Promise<RetryResult> => {
    const entry = delivery.quarantineEntry(position);
    if (entry === undefined)
      throw new CodedError("QUARANTINE_UNKNOWN", "nothing in quarantine has this number");
    if (entry.state !== "waiting") return { state: entry.state, reason: null };
    if (underWay.has(position)) return { state: "waiting", reason: "under-way" };
    const bytes = delivery.quarantinedBytes(position);
    if (bytes === undefined) return { state: "waiting", reason: "not-kept" };
    if (bytes.length < entry.length) return { state: "waiting", reason: "cut" };
    if (entry.reason === "cloned-number") return { state: "waiting", reason: entry.reason };
    underWay.add(position);
    try {
      return await carryOut(options, entry, bytes);
    } finally {
      underWay.delete(position);
    }
  };
}

async function carryOut(
  options: RetryOptions,
  entry: QuarantineEntry,
  bytes: Uint8Array,
): Promise<RetryResult> {
  const rights = entry.gatewayId === null ? undefined : await options.rightsOf(entry.gatewayId);
  const found = blocksOf(entry, bytes, rights);
  if (typeof found === "string") return { state: "waiting", reason: found };
  const refusal = found.map((one) => refusalOf(judge(options, one))).find(Boolean);
  if (refusal) return { state: "waiting", reason: refusal };
  const taken: Promise<void>[] = [];
  let clone: string | undefined;
  for (const one of found) {
    // A message may hold a batch twice, or two under one number: what was taken a moment ago is known now.
    const verdict = judge(options, one);
    clone ??= refusalOf(verdict);
    if (verdict.kind === "take") taken.push(journal(options, one, verdict));
  }
  await Promise.all(taken);
  if (clone) return { state: "waiting", reason: clone };
  const state = taken.length > 0 ? "released" : "known";
  // Of a number that was settled by lying here the batch itself says so, in one transaction with its samples.
  if (entry.number === null || taken.length === 0)
    options.delivery.noteQuarantined(entry.position, state);
  return { state, reason: null };
}

const refusalOf = (verdict: Verdict): string | undefined => {
  if (verdict.kind === "needs-dictionary") return "unknown-dictionary";
  return verdict.kind === "quarantine" ? verdict.reason : undefined;
};

/** The batches in what was kept; or why there are none. */
function blocksOf(
  entry: QuarantineEntry,
  bytes: Uint8Array,
  rights: readonly string[] | undefined,
): Block[] | string {
  const { gatewayId, reason } = entry;
  const topic = parseTopic(entry.topic);
  if (topic?.type !== "DDATA" || topic.group !== defaultGroup) return reason;
  const { device: machineId } = topic;
  if (machineId === undefined || gatewayId === null) return reason;
  // What was put aside for want of a right needs one; of other things it is enough that none is against it.
  const mayPass = rights?.includes(machineId) ?? reason !== "foreign-machine";
  if (!mayPass) return "foreign-machine";
  const of = { gatewayId, machineId };
  if (reason !== "foreign-machine" && reason !== "malformed-payload")
    return [{ ...of, block: bytes, entry }];
  const blocks = blocksIn(bytes);
  if (blocks === undefined || blocks.length === 0) return reason;
  return blocks.map((block) => ({ ...of, block, entry: undefined }));
}

/** A metric with bytes in a message of data is a batch: nothing else of ours is. */
function blocksIn(bytes: Uint8Array): Uint8Array[] | undefined {
  try {
    return decodePayload(bytes).metrics.flatMap(({ name, value }) =>
      value instanceof Uint8Array && (name === undefined || name === metricNames.batch)
        ? [value]
        : [],
    );
  } catch {
    return undefined;
  }
}

function judge(
  { delivery, clock }: RetryOptions,
  { gatewayId, machineId, block, entry }: Block,
): Verdict {
  const isOwn = (epoch: string, number: number) =>
    entry?.epoch === epoch && entry.number === number;
  return judgeBatch(block, {
    gatewayId,
    machineId,
    lookUp: (epoch, number) =>
      isOwn(epoch, number) ? { seen: false } : delivery.lookUp(gatewayId, epoch, number),
    dictionary: (hash) => delivery.dictionary(machineId, hash),
    epochs: [],
    highest: (epoch) => delivery.highest(gatewayId, epoch),
    nowMs: clock.nowMs(),
  });
}

/** Resolves once it is on disk. */
function journal(
  { delivery, clock, onBatch }: RetryOptions,
  { gatewayId, machineId, block }: Block,
  { batch, dictionary }: Extract<Verdict, { kind: "take" }>,
): Promise<void> {
  const receivedAtMs = clock.nowMs();
  return new Promise((resolve) =>
    delivery.append({ kind: "batch", gatewayId, machineId, receivedAtMs, block }, (position) => {
      onBatch({ gatewayId, machineId, receivedAtMs, batch, dictionary }, position);
      resolve();
    }),
  );
}
