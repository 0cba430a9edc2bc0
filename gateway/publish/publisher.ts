import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Acknowledgement } from "@firebreak/wire/session.ts";
import type { EdgeEvent, EdgeNode } from "./edge-node.ts";
import { SendingWindow, type SendQueue, type WindowOptions } from "./window.ts";

/** What a publisher needs of the spool. */
export interface BatchStore {
  readonly index: SendQueue & { readonly end: number };
  readonly sendableEnd: number;
  readonly storeId: string | null;
  read(ordinal: number): { readonly machineId: string; readonly block: Uint8Array } | undefined;
  markSent(ordinal: number): void;
  acknowledge(acknowledgement: Acknowledgement, inFlight: Iterable<number>): string;
}

export type LinkState =
  | "disconnected"
  /** The broker says no. */
  | "refused"
  /** Connected; the hub is not. */
  | "hub-away"
  /** Births are out, the hub has not answered yet. */
  | "opening"
  | "sending"
  /** The hub is another one than this gateway was enrolled to: it gets nothing. */
  | "other-store";

export interface PublisherStatus {
  readonly link: LinkState;
  /** Why, for people; empty while all is well. */
  readonly detail: string;
  readonly inFlight: number;
  readonly sentBatches: number;
  readonly sentBytes: number;
  readonly stalls: number;
  readonly refusedAcknowledgements: number;
  readonly lastAcknowledgedMs: number | null;
}

export interface PublisherOptions {
  readonly store: BatchStore;
  readonly edge: Pick<EdgeNode, "publishBatch" | "rebirth" | "dropLink">;
  readonly window: WindowOptions;
  /** So long a hub may take to answer a birth before data go out all the same: they are repeated if it lost them, ms. */
  readonly openingMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A hub repeats its acknowledgements every 10 s: after so many stalls without a word the connection is dead. */
const silentStalls = 2;
const silence = "the server does not confirm; batches go out again";

/**
 * Brings batches from the spool to the hub: what goes out when, what goes out again, what the hub's answers mean.
 * Feed it the events of the edge node, and a tick every 100 ms or so.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #window: SendingWindow;
  #link: LinkState = "disconnected";
  #detail = "not connected yet";
  #openedMs = 0;
  #isHeardSinceStall = false;
  #hasWarned = false;
  readonly #counts = { sentBatches: 0, sentBytes: 0, stalls: 0, refusedAcknowledgements: 0 };
  #lastAcknowledgedMs: number | null = null;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#window = new SendingWindow(options.store.index, options.window);
  }

  onEvent(event: EdgeEvent): void {
    switch (event.kind) {
      case "session":
        this.#openedMs = this.#nowMs;
        this.#hasWarned = false;
        this.#window.start(this.#options.store.index.end, this.#nowMs);
        this.#become("opening", "waiting for the hub's answer");
        break;
      case "acknowledged":
        this.#onAcknowledged(event.acknowledgements);
        break;
      case "hub-away":
        this.#become("hub-away", "the hub is not online");
        break;
      case "disconnected":
        this.#become(event.isRefused ? "refused" : "disconnected", event.reason);
        break;
      case "hub-time":
      case "order":
        break;
    }
  }

  /** More about why the broker says no, from somebody who could ask. */
  explainRefusal(detail: string): void {
    if (this.#link === "refused") this.#become("refused", detail);
  }

  tick(): void {
    if (this.#link === "opening" && this.#nowMs - this.#openedMs >= this.#options.openingMs)
      this.#become("sending", "");
    if (this.#link !== "sending") return;
    if (this.#window.checkStall(this.#nowMs)) this.#onStall();
    this.pump();
  }

  /** Sends what may go out now; `from`: what was passed over from there on is no longer waiting. */
  pump(from?: number): void {
    if (from !== undefined) this.#window.lookFrom(from);
    const { store, edge } = this.#options;
    let hasLost = false;
    while (this.#link === "sending") {
      const chosen = this.#window.next(store.sendableEnd, this.#nowMs);
      if (chosen === undefined) break;
      const batch = store.read(chosen.ordinal);
      if (batch === undefined) {
        hasLost = true;
        continue;
      }
      // Before it leaves: from here on the hub may rightly claim to have it.
      store.markSent(chosen.ordinal);
      if (!edge.publishBatch(batch.machineId, batch.block, chosen.isHistorical)) {
        this.#window.rewind(this.#nowMs);
        break;
      }
      this.#counts.sentBatches++;
      this.#counts.sentBytes += batch.block.length;
    }
    if (!hasLost) return;
    // The hub must hear that these are no longer held, so that it books them.
    this.#window.settle(this.#nowMs);
    edge.rebirth();
  }

  /** Everything that could go has gone, and most of it has arrived; true only right after `tick`. */
  get isIdle(): boolean {
    return this.#link === "sending" && this.#window.isIdle;
  }

  status(): PublisherStatus {
    return {
      link: this.#link,
      detail: this.#detail,
      inFlight: this.#window.inFlight.length,
      ...this.#counts,
      lastAcknowledgedMs: this.#lastAcknowledgedMs,
    };
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #become(link: LinkState, detail: string): void {
    if (link === this.#link && detail === this.#detail) return;
    const isNews = link !== this.#link;
    this.#link = link;
    this.#detail = detail;
    if (isNews) this.#options.log.info({ link, detail }, "link to the hub changed");
  }

  #onAcknowledged(acknowledgements: readonly Acknowledgement[]): void {
    const { store, clock } = this.#options;
    if (this.#link !== "opening" && this.#link !== "sending" && this.#link !== "other-store")
      return;
    this.#isHeardSinceStall = true;
    for (const acknowledgement of acknowledgements) {
      const outcome = store.acknowledge(acknowledgement, this.#window.inFlight);
      if (outcome === "other-store") {
        this.#onOtherStore(acknowledgement);
        return;
      }
      if (outcome === "fallen-back") this.#window.rewind(this.#nowMs);
      if (outcome === "beyond-sent" || outcome === "malformed")
        this.#refuse(acknowledgement, outcome);
    }
    this.#lastAcknowledgedMs = clock.nowMs();
    this.#become("sending", "");
    this.#window.settle(this.#nowMs);
    this.pump();
  }

  #onOtherStore({ storeId }: Acknowledgement): void {
    this.#counts.refusedAcknowledgements++;
    this.#become("other-store", "the hub has another store than this gateway was enrolled to");
    this.#warnOnce(
      { storeId, enrolled: this.#options.store.storeId },
      "acknowledgement of another store refused",
    );
  }

  #refuse({ epoch, through }: Acknowledgement, outcome: string): void {
    this.#counts.refusedAcknowledgements++;
    this.#warnOnce({ epoch, through, outcome }, "acknowledgement of batches never sent refused");
  }

  /** Once per session: a hub repeats itself every 10 s. */
  #warnOnce(fields: object, sentence: string): void {
    if (!this.#hasWarned) this.#options.log.warn(fields, sentence);
    this.#hasWarned = true;
  }

  #onStall(): void {
    this.#counts.stalls++;
    if (this.#window.stalls === 1)
      this.#options.log.info({}, "the hub does not acknowledge, batches go out again");
    const isSilent = !this.#isHeardSinceStall && this.#window.stalls >= silentStalls;
    this.#isHeardSinceStall = false;
    this.#become(this.#link, silence);
    if (isSilent) this.#options.edge.dropLink(silence);
  }
}
