import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { ChannelLimits } from "./channels-defaults.ts";
import { type Claim, claimDue } from "./claim-deliveries.ts";
import { composeMessage } from "./compose.ts";
import { giveUpOld, markFailed, markSent, nextDueMs } from "./delivery-outcome.ts";
import type { Target } from "./load-channels.ts";
import type { Directory } from "./recipients.ts";
import { type Network, send, TargetRefused } from "./senders.ts";

export interface WorkerOptions {
  readonly db: Database;
  readonly target: Target;
  readonly directory: Directory;
  readonly network: Network;
  readonly site: string | undefined;
  readonly limits: ChannelLimits;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly random: () => number;
  readonly log: Logger;
}

export type Health = "unknown" | "up" | "failing" | "down";

/** What is known of a target since this process began. */
export interface TargetHealth {
  readonly state: Health;
  /** Since when it has been in this state, and the last error: milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  readonly error: string | undefined;
  readonly sentMs: number | undefined;
}

/**
 * Sends what is due at one target, a few at a time. After some failures in a row the target counts as down: then one
 * attempt at a time is made, at growing intervals, until one succeeds. Workers of other targets know nothing of it.
 */
export class TargetWorker {
  readonly #options: WorkerOptions;
  #health: TargetHealth;
  #failures = 0;
  #retryAtMs = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const sinceMs = options.nowMs();
    this.#health = { state: "unknown", sinceMs, error: undefined, sentMs: undefined };
  }

  get targetId(): string {
    return this.#options.target.config.id;
  }

  get health(): TargetHealth {
    return this.#health;
  }

  /** Resolves with the time at which it wants to be called again, undefined: when there is something new. */
  async runDue(): Promise<number | undefined> {
    const { db, limits, nowMs, newId } = this.#options;
    for (;;) {
      const at = nowMs();
      if (this.#isDown && at < this.#retryAtMs) return this.#retryAtMs;
      const next = await nextDueMs(db, this.targetId);
      if (next === undefined || next > at) return next;
      const most = this.#isDown ? 1 : limits.parallelPerTarget;
      const claims = await claimDue(db, {
        targetId: this.targetId,
        nowMs: at,
        limits,
        most,
        newId,
      });
      if (claims.length === 0) return nextDueMs(db, this.targetId);
      await runBounded(claims, most, (claim) => this.#attempt(claim));
    }
  }

  get #isDown(): boolean {
    return this.#failures >= this.#options.limits.downAfterFailures;
  }

  async #attempt(claim: Claim): Promise<void> {
    const { db, target, network, nowMs } = this.#options;
    try {
      const outgoing = await composeMessage(this.#options, claim);
      await send(target, outgoing, network);
    } catch (error) {
      await this.#failed(claim, error);
      return;
    }
    this.#failures = 0;
    this.#turn("up", undefined, nowMs());
    await markSent(db, claim, nowMs());
  }

  async #failed(claim: Claim, failure: unknown): Promise<void> {
    const { db, nowMs, log } = this.#options;
    const at = nowMs();
    const error = describe(failure);
    const isOurs = failure instanceof CodedError && !failure.retryable;
    if (isOurs) {
      // Nobody to tell, or nothing to tell: no fault of the target.
      await markFailed(db, claim, { error, againMs: undefined });
      return;
    }
    this.#failures += 1;
    const waitMs = this.#waitMs(claim.attempts, failure);
    if (this.#isDown) this.#retryAtMs = at + this.#waitMs(this.#failures, failure);
    const isOver = at >= claim.giveUpAtMs;
    await markFailed(db, claim, { error, againMs: isOver ? undefined : at + waitMs });
    if (this.#isDown) await giveUpOld(db, this.targetId, { error, nowMs: at });
    const state = this.#isDown ? "down" : "failing";
    if (this.#turn(state, error, at))
      log.warn(
        { target: this.targetId, code: errorCode(failure), state },
        "a target does not take messages",
      );
  }

  /** Full jitter; what the target asks for is kept to, within the cap. */
  #waitMs(attempts: number, failure: unknown): number {
    const { limits, random } = this.#options;
    const { retryMinMs, retryCapMs } = limits;
    const ceiling = Math.min(retryCapMs, retryMinMs * 2 ** Math.min(attempts, 30));
    const asked = failure instanceof TargetRefused ? (failure.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.max(retryMinMs + random() * (ceiling - retryMinMs), Math.min(asked, retryCapMs));
  }

  /** True when the state changed. */
  #turn(state: Health, error: string | undefined, atMs: number): boolean {
    const isNew = this.#health.state !== state;
    this.#health = {
      state,
      sinceMs: isNew ? atMs : this.#health.sinceMs,
      error,
      sentMs: state === "up" ? atMs : this.#health.sentMs,
    };
    return isNew;
  }
}

/** Codes and our own words only: an answer of the other side may hold anything. */
function describe(failure: unknown): string {
  if (failure instanceof CodedError) return `${failure.code}: ${failure.message}`.slice(0, 300);
  return `UNKNOWN: ${errorCode(failure)}`;
}

async function runBounded<Item>(
  items: readonly Item[],
  width: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
