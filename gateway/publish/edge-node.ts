import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { HealthEntry } from "@firebreak/wire/gateway-health.ts";
import type { Acknowledgement, Offer } from "@firebreak/wire/session.ts";
import type { Metric } from "@firebreak/wire/sparkplug-payload.ts";
import type { Observable } from "rxjs";
import type { DeviceBirth } from "./edge-payloads.ts";
import type { BrokerAddress } from "./mqtt-link.ts";
import type { Route } from "./route.ts";

/** What happens to an edge node, in order. */
export type EdgeEvent =
  /** Births are out and the hub is online: the opening exchange has begun. */
  | { readonly kind: "session" }
  | { readonly kind: "acknowledged"; readonly acknowledgements: readonly Acknowledgement[] }
  /** The first answer to births: when it was sent by the hub's clock, within the round trip that now ends. */
  | { readonly kind: "hub-time"; readonly hubMs: number; readonly roundTripMs: number }
  /** The hub wants something else: the name of a metric of `nodeOrders`, and its text as it came. */
  | { readonly kind: "order"; readonly metric: string; readonly text: string }
  /** Connected, but the hub is not online: data wait. */
  | { readonly kind: "hub-away" }
  | { readonly kind: "disconnected"; readonly isRefused: boolean; readonly reason: string };

export interface EdgeNodeOptions {
  readonly gatewayId: string;
  readonly group?: string;
  /** A function is asked before every try, for a hub that may come back at another address. It must not throw. */
  readonly address: BrokerAddress | (() => Promise<BrokerAddress>) | Route;
  /** The bdSeq of the next connection; one more for each. */
  readonly nextBdSeq: () => number;
  /** Asked at every birth. */
  readonly births: () => {
    readonly offer: Offer;
    readonly devices: readonly DeviceBirth[];
    readonly health?: readonly HealthEntry[];
  };
  /** Hears how many bytes each birth has; of the node itself without a machine. */
  readonly onBirth?: (bytes: number, machineId?: string) => void;
  /** Waiting between tries, with full jitter, ms. After a refusal five times as long. */
  readonly reconnect?: { readonly minMs: number; readonly capMs: number };
  readonly keepaliveSeconds?: number;
  /** So long one address may take to answer, ms. */
  readonly connectTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface EdgeNode {
  /** Subscribing connects, and connects again without end; unsubscribing cuts the connection. Subscribe once. */
  readonly events$: Observable<EdgeEvent>;
  /** Sends a batch now; false if there is no session or the machine was in no birth. No delivery guarantee: QoS 0. */
  publishBatch(machineId: string, block: Uint8Array, isHistorical: boolean): boolean;
  /** Sends changed values of the gateway's own health; bytes, 0 if there is no session or no birth named one of them. */
  publishHealth(entries: readonly HealthEntry[], isHistorical: boolean): number;
  /** Sends what is of no machine's batches (NDATA) now; false if there is no session. No delivery guarantee: QoS 0. */
  publishNode(metrics: readonly Metric[]): boolean;
  /** Gives birth anew, at most once a second. */
  rebirth(): void;
  /** Cuts a connection that seems dead; the next try follows after the usual wait. */
  dropLink(reason?: string): void;
  /** Says goodbye (NDEATH) and disconnects for good; `events$` completes. */
  disconnect(): Promise<void>;
}
