import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { createTicketIds } from "../ticket-ids.ts";
import { type ChannelLimits, channelDefaults } from "./channels-defaults.ts";
import {
  type DeliveryPage,
  type DeliveryQuery,
  forgetOldDeliveries,
  loadDeliveries,
  requeue,
  type TargetCounts,
  targetCounts,
} from "./delivery-list.ts";
import type { Channels } from "./load-channels.ts";
import { csvDrop } from "./outbound/csv-drop.ts";
import { runOutbound } from "./outbound/run-outbound.ts";
import { emptyOutbox, isOutboxWaiting, type PrepareNotice } from "./outbox.ts";
import type { Directory } from "./recipients.ts";
import { createAddressCheck } from "./safe-address.ts";
import type { Network } from "./senders.ts";
import { type TargetHealth, TargetWorker } from "./target-worker.ts";
import { testTarget } from "./test-message.ts";

/** A target as it is shown: no secret, of its address only the host. */
export interface TargetView extends TargetHealth, TargetCounts {
  readonly id: string;
  readonly kind: "webhook" | "email" | "template";
  readonly host: string;
}

/** What the HTTP interface uses. */
export interface ChannelDesk {
  targets(): Promise<TargetView[]>;
  deliveries(query: DeliveryQuery): Promise<DeliveryPage>;
  /** Puts dead deliveries back: one, or all of a target. Returns how many. */
  resend(what: { readonly deliveryId: string } | { readonly targetId: string }): Promise<number>;
  /** Sends a test message at once, past all queues. @throws CodedError what the target answered; TARGET_UNKNOWN */
  test(targetId: string, actorId: string): Promise<void>;
  /** Reads the targets' file again. @throws CodedError BAD_CONFIGURATION: then the old targets stay */
  reload(): Promise<void>;
}

export interface ChannelsOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly directory: Directory;
  /** Reads the configuration; called at the start and at each `reload`. */
  readonly load: () => Channels;
  readonly prepare?: PrepareNotice;
  readonly limits?: Partial<ChannelLimits>;
  readonly random?: () => number;
  readonly resolve?: NonNullable<Network["resolve"]>;
}

/** The tables must have been made by `migrateChannels`. */
export class ChannelsService implements ChannelDesk {
  readonly #options: ChannelsOptions;
  readonly #limits: ChannelLimits;
  readonly #newId: () => string;
  #channels: Channels;
  #workers: Map<string, TargetWorker>;

  /** @throws CodedError BAD_CONFIGURATION */
  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.#limits = { ...channelDefaults, ...options.limits };
    this.#newId = createTicketIds(options.clock.nowMs).rowId;
    this.#channels = options.load();
    this.#workers = this.#workersOf(this.#channels);
  }

  get workers(): readonly TargetWorker[] {
    return [...this.#workers.values()];
  }

  /** Makes deliveries of all notices in the outbox; returns how many notices there were. */
  async emptyOutbox(): Promise<number> {
    const { db, directory, clock } = this.#options;
    for (let sum = 0; ; ) {
      if (!(await isOutboxWaiting(db))) return sum;
      const taken = await emptyOutbox(db, {
        channels: this.#channels,
        directory,
        prepare: this.#options.prepare,
        limits: this.#limits,
        nowMs: clock.nowMs(),
        newId: this.#newId,
      });
      sum += taken;
    }
  }

  /** Hands closed tickets and parts movements to the system that reads files; returns how many rows went out. */
  async dropFiles(): Promise<number> {
    const { db, clock } = this.#options;
    const { csvFolder } = this.#channels;
    return csvFolder === undefined ? 0 : runOutbound(db, csvDrop(csvFolder), clock.nowMs);
  }

  /** One round: the outbox, then every target by itself. For tests and for `startChannels`. */
  async runOnce(): Promise<void> {
    await this.emptyOutbox();
    await Promise.all(this.workers.map((worker) => worker.runDue()));
  }

  async targets(): Promise<TargetView[]> {
    const counts = await targetCounts(this.#options.db);
    return this.#channels.targets.map(({ config }) => {
      const worker = this.#workers.get(config.id);
      if (!worker) throw new CodedError("TARGET_UNKNOWN", "there is no such target");
      return {
        id: config.id,
        kind: config.kind,
        host: config.kind === "email" ? config.host : new URL(config.url).host,
        ...worker.health,
        ...(counts.get(config.id) ?? { queuedCount: 0, deadCount: 0, sentCount: 0 }),
      };
    });
  }

  deliveries(query: DeliveryQuery): Promise<DeliveryPage> {
    return loadDeliveries(this.#options.db, query);
  }

  resend(what: { readonly deliveryId: string } | { readonly targetId: string }): Promise<number> {
    const nowMs = this.#options.clock.nowMs();
    return requeue(this.#options.db, what, {
      nowMs,
      giveUpAtMs: nowMs + this.#limits.giveUpAfterMs,
    });
  }

  async test(targetId: string, actorId: string): Promise<void> {
    const target = this.#channels.targets.find(({ config }) => config.id === targetId);
    if (!target) throw new CodedError("TARGET_UNKNOWN", `there is no target ${targetId}`);
    const { db, directory, clock } = this.#options;
    await testTarget(target, actorId, {
      db,
      directory,
      network: this.#network(this.#channels),
      site: this.#channels.site,
      nowMs: clock.nowMs,
      newId: this.#newId,
    });
  }

  async reload(): Promise<void> {
    const channels = this.#options.load();
    this.#workers = this.#workersOf(channels);
    this.#channels = channels;
    this.#options.log.info({ targets: channels.targets.length }, "channels were read again");
  }

  /** Removes what was sent long ago. */
  forgetOld(): Promise<void> {
    const beforeMs = this.#options.clock.nowMs() - this.#limits.forgetAfterMs;
    return forgetOldDeliveries(this.#options.db, beforeMs);
  }

  #network(channels: Channels): Network {
    return {
      limits: this.#limits,
      mayConnect: createAddressCheck(channels.allowAddresses),
      ...(this.#options.resolve ? { resolve: this.#options.resolve } : {}),
    };
  }

  #workersOf(channels: Channels): Map<string, TargetWorker> {
    const { db, clock, log, directory, random = Math.random } = this.#options;
    const network = this.#network(channels);
    return new Map(
      channels.targets.map((target) => [
        target.config.id,
        new TargetWorker({
          db,
          target,
          directory,
          network,
          site: channels.site,
          limits: this.#limits,
          nowMs: clock.nowMs,
          newId: this.#newId,
          random,
          log,
        }),
      ]),
    );
  }
}
