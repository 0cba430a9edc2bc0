import { setTimeout as sleep } from "node:timers/promises";
import { createBackoff } from "@firebreak/kit/backoff.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { InfluxClient } from "./influx-client.ts";
import { readFailure, type WaitCode, type WriteFailure } from "./write-failure.ts";

/** A line that the database will not take, by its place in the request, and the database's own words. */
export interface RefusedLine {
  readonly line: number;
  readonly reason: string;
}

/** Why nothing goes out at the moment. */
export interface Outage {
  readonly code: WaitCode;
  readonly message: string;
  readonly sinceMs: number;
}

export interface Deliverer {
  readonly outage: Outage | undefined;
  /** Resolves once each line is stored or refused for a reason of its own. @throws CodedError STORE_STOPPED after `stop` */
  deliver(lines: readonly string[]): Promise<RefusedLine[]>;
  /** Does anything else with the database and tries until it works. @throws CodedError STORE_STOPPED after `stop` */
  patiently<Result>(work: () => Promise<Result>): Promise<Result>;
  /** What waits gives up. */
  stop(): void;
}

export interface DelivererOptions {
  readonly client: Pick<InfluxClient, "write" | "refresh">;
  /** Makes what the store lacks, such as the database itself. */
  readonly prepare: () => Promise<void>;
  readonly onOutage: (outage: Outage) => void;
  readonly onBack: (outage: Outage) => void;
  readonly nowMs?: () => number;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
}

const stopped = () => new CodedError("STORE_STOPPED", "the store is closed", { retryable: true });

/** Writes one request after the other is asked for; tries for ever, and gives no line up. */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const { client, nowMs = Date.now, firstDelayMs = 250, maxDelayMs = 30_000 } = options;
  const stopping = new AbortController();
  let outage: Outage | undefined;

  /** A full database answers questions all the same: only a write ends what a write has found. */
  let isOfWriting = false;
  const isBack = (isWriting: boolean) => {
    if (!outage || (isOfWriting && !isWriting)) return;
    options.onBack(outage);
    outage = undefined;
    isOfWriting = false;
  };
  const isOut = ({ code, message }: { code: WaitCode; message: string }, isWriting: boolean) => {
    if (isOfWriting && !isWriting) return;
    const isNew = outage?.code !== code;
    outage = { code, message, sinceMs: outage?.sinceMs ?? nowMs() };
    isOfWriting = isWriting;
    if (isNew) options.onOutage(outage);
  };
  const pause = async (ms: number) => {
    await sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    if (stopping.signal.aborted) throw stopped();
  };
  const mend = async (code: WaitCode) => {
    try {
      if (code === "STORE_REFUSES_LOGIN") client.refresh();
      if (code === "STORE_NOT_FOUND") await options.prepare();
    } catch {
      // The next answer says whether it helped.
    }
  };

  /** Tries until it works, or until it is clear that these lines never will; a question is never given up. */
  const keepTrying = async (
    work: () => Promise<void>,
    { isWriting }: { readonly isWriting: boolean },
  ): Promise<WriteFailure | undefined> => {
    const backoff = createBackoff(firstDelayMs, maxDelayMs);
    for (;;) {
      if (stopping.signal.aborted) throw stopped();
      try {
        await work();
        isBack(isWriting);
        return undefined;
      } catch (error) {
        const failure = readFailure(error, nowMs());
        if (isWriting && failure.kind !== "later") {
          isBack(isWriting);
          return failure;
        }
        const later = failure.kind === "later" ? failure : { code: "STORE_FAILS", ...failure };
        isOut(later as { code: WaitCode; message: string }, isWriting);
        await mend(later.code as WaitCode);
        const ownMs = backoff.nextMs();
        const afterMs = failure.kind === "later" ? failure.afterMs : undefined;
        await pause(afterMs === undefined ? ownMs : withJitter(afterMs));
      }
    }
  };

  /** Writing the same line again changes nothing, so whatever is doubtful is sent again in smaller parts. */
  const deliver = async (
    lines: readonly string[],
    at: number,
    search: Search,
  ): Promise<RefusedLine[]> => {
    if (lines.length === 0) return [];
    const text = lines.join("\n");
    const failure = await keepTrying(() => client.write(text), { isWriting: true });
    if (!failure) {
      search.hopeless = 0;
      return [];
    }
    if (lines.length === 1) {
      search.hopeless++;
      return [{ line: at, reason: reasonOf(failure) }];
    }
    if (failure.kind === "lines") {
      if (failure.refused === lines.length && isHopeless(failure.message, search))
        return lines.map((_, index) => ({ line: at + index, reason: failure.message }));
      const named = failure.named.filter(({ line }) => line >= 0 && line < lines.length);
      if (named.length > 0) return deliverRest(lines, at, { named, search });
    }
    const half = lines.length >> 1;
    return [
      ...(await deliver(lines.slice(0, half), at, search)),
      ...(await deliver(lines.slice(half), at + half, search)),
    ];
  };
  const deliverRest = async (
    lines: readonly string[],
    at: number,
    found: {
      readonly named: readonly { readonly line: number; readonly message: string }[];
      readonly search: Search;
    },
  ): Promise<RefusedLine[]> => {
    const reasons = new Map(found.named.map(({ line, message }) => [line, message]));
    const places = lines.map((_, index) => index).filter((index) => !reasons.has(index));
    const left = places.map((index) => lines[index] ?? "");
    const rest = await deliver(left, 0, found.search);
    return [
      ...[...reasons].map(([line, reason]) => ({ line: at + line, reason })),
      ...rest.map(({ line, reason }) => ({ line: at + (places[line] ?? 0), reason })),
    ];
  };

  return {
    get outage() {
      return outage;
    },
    deliver: (lines) => deliver(lines, 0, { hopeless: 0 }),
    async patiently(work) {
      let result: Awaited<ReturnType<typeof work>> | undefined;
      const ask = async () => {
        result = await work();
      };
      await keepTrying(ask, { isWriting: false });
      return result as Awaited<ReturnType<typeof work>>;
    },
    stop: () => stopping.abort(),
  };
}

const reasonOf = (failure: WriteFailure): string =>
  (failure.kind === "lines" && failure.named[0]?.message) || failure.message;

/** Lines refused one by one without one stored between them. */
interface Search {
  hopeless: number;
}

/** What is older than the database keeps it takes at no time. */
export const isBeyondRetention = (message: string): boolean =>
  /beyond retention policy/.test(message);

/** Whether a part that was refused as a whole need not be searched for a line that would go in. */
const isHopeless = (message: string, { hopeless }: Search) =>
  isBeyondRetention(message) || hopeless >= 100;

/** Up to a tenth more, so that not everybody comes back at one instant. */
const withJitter = (ms: number) => ms * (1 + Math.random() / 10);
