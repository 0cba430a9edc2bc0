import type { Audit, Refusal } from "./broker/audit.ts";
import type { Delivery } from "./delivery/delivery.ts";
import type { Feed, FeedCounts } from "./feed/feed.ts";
import type { HubClock } from "./health/hub-clock.ts";
import type { IntakeAlarm, IntakeAlarms } from "./host/alarms.ts";
import type { NodeCounts } from "./host/node-session.ts";
import type { SparkplugHost } from "./host/sparkplug-host.ts";
import type { DiskStatus } from "./journal/disk-guard.ts";
import type { Journal } from "./journal/journal.ts";

/** Everything countable about the intake, for the status page, `/metrics` and `/readyz`. */
export interface IngestStatus {
  readonly feed: FeedCounts & { readonly isOnline: boolean; readonly lastError: string | null };
  readonly journal: {
    readonly bytes: number;
    readonly maxBytes: number;
    readonly oldest: number;
    readonly end: number;
    readonly synced: number;
    readonly skippedRecords: number;
    readonly canTake: boolean;
    readonly disk: DiskStatus;
    readonly consumers: ReturnType<Journal["consumers"]>;
  };
  /** New and on disk since the start. */
  readonly taken: { readonly batches: number; readonly samples: number };
  readonly gateways: readonly GatewayStatus[];
  /** One figure for a whole fleet that was cut off, instead of an alarm for each. */
  readonly fleet: FleetStatus;
  readonly foreignMessages: number;
  readonly refusals: Readonly<Record<Refusal, number>>;
  readonly quarantine: Readonly<Record<string, number>>;
  readonly alarms: readonly IntakeAlarm[];
}

export interface FleetStatus {
  /** Gateways that have been heard since the hub started. */
  readonly known: number;
  readonly online: number;
  /** Lost within the last ten minutes, and not back yet. */
  readonly reconnecting: number;
}

/** What is known of the lines to all gateways together. */
export interface LinksStatus extends FleetStatus {
  readonly hubClock: HubClock;
}

export interface GatewayStatus extends NodeCounts {
  readonly gatewayId: string;
  readonly isOnline: boolean;
  /** When its death was heard; null while online. */
  readonly offlineSince: string | null;
  /** It knows no acknowledgement: what it loses cannot be known. */
  readonly isForeign: boolean;
  readonly lastContact: string;
  readonly births: number;
  readonly machines: readonly string[];
}

export function ingestStatus(parts: {
  readonly feed: Feed;
  readonly journal: Journal;
  readonly host: SparkplugHost;
  readonly delivery: Delivery;
  readonly audit: Audit;
  readonly alarms: IntakeAlarms;
  readonly nowMs: number;
}): IngestStatus {
  const { feed, journal, host, delivery, audit, alarms, nowMs } = parts;
  return {
    feed: { ...feed.counts, isOnline: feed.isOnline, lastError: feed.lastError },
    journal: {
      bytes: journal.bytes,
      maxBytes: journal.maxBytes,
      oldest: journal.oldest,
      end: journal.end,
      synced: journal.synced,
      skippedRecords: journal.skippedRecords,
      canTake: journal.canTake(),
      disk: journal.disk(),
      consumers: journal.consumers(),
    },
    taken: delivery.taken,
    gateways: host.nodes.map((node) => ({
      gatewayId: node.gatewayId,
      isOnline: node.isOnline,
      offlineSince:
        node.offlineSinceMs === undefined ? null : new Date(node.offlineSinceMs).toISOString(),
      isForeign: node.isForeign,
      lastContact: new Date(node.lastContactMs).toISOString(),
      births: node.births,
      machines: [...node.machines],
      ...node.counts,
    })),
    fleet: fleetOf(host, nowMs),
    foreignMessages: host.foreignMessages,
    refusals: audit.counts(),
    quarantine: delivery.quarantineCounts(),
    alarms: alarms.list(),
  };
}

const reconnectingMs = 600_000;

export function fleetOf({ nodes }: Pick<SparkplugHost, "nodes">, nowMs: number): FleetStatus {
  const known = nodes.filter(({ births }) => births > 0);
  const online = known.filter(({ isOnline }) => isOnline).length;
  const reconnecting = known.filter(
    ({ isOnline, offlineSinceMs = 0 }) => !isOnline && nowMs - offlineSinceMs < reconnectingMs,
  ).length;
  return { known: known.length, online, reconnecting };
}
