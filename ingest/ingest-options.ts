import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { AempSource } from "./aemp/source-config.ts";
import type { GatewayCredentials } from "./broker/gateway-credentials.ts";
import type { BrokerAccess } from "./broker/open-broker.ts";
import type { CaptureLimits } from "./captures/capture-quota.ts";
import type { HubTlsOptions } from "./certificates/hub-tls.ts";
import type { HostOptions } from "./host/host-options.ts";
import type { JournalOptions } from "./journal/journal.ts";
import type { SealOptions, TelemetryAccess } from "./store/open-store.ts";

export interface IngestOptions {
  readonly dataFolder: string;
  /** Gateways free batches for this store only. */
  readonly storeId: string;
  /** Address the embedded broker listens on. */
  readonly host: string;
  /** 0: any free port. */
  readonly mqttPort: number;
  /** A second port of the embedded broker, with TLS and certificates. */
  readonly tls?: HubTlsOptions;
  /** Who may come in at the embedded broker; default: the files of the data folder. */
  readonly credentials?: GatewayCredentials;
  /** How often the rights of those who are connected are looked at, ms. */
  readonly recheckMs?: number;
  /** An external broker instead of the embedded one. */
  readonly broker?: BrokerAccess;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly journal?: Pick<JournalOptions, "maxBytes" | "keepMs" | "syncIntervalMs">;
  /** Default: a file in the data folder. */
  readonly telemetry?: TelemetryAccess;
  readonly store?: SealOptions;
  readonly sparkplug?: Pick<HostOptions, "groups" | "reorderTimeoutMs">;
  /** What recordings of raw frames may take on the disk; what is left out has its default. */
  readonly captures?: Partial<CaptureLimits>;
  /** Servers of other makers to read. */
  readonly aempSources?: readonly AempSource[];
  readonly acknowledge?: { readonly spacingMs?: number; readonly repeatMs?: number };
}
