import type { HubTlsOptions } from "@firebreak/ingest/certificates/hub-tls.ts";
import type { IngestOptions } from "@firebreak/ingest/ingest-options.ts";
import type { TelemetryAccess } from "@firebreak/ingest/store/open-store.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { DatabaseAccess } from "./hub-database.ts";
import type { BrokerAccess } from "./hub-files.ts";
import type { HubWorkshop } from "./hub-workshop.ts";

export interface HubOptions {
  readonly data: string;
  /** Address that pages, API and broker listen on. */
  readonly host: string;
  /** Of pages and API; 0 makes this and the broker's port free-chosen, the same as last time where they are free. */
  readonly port: number;
  readonly mqttPort: number;
  /** The embedded broker's TLS port; absent: none. */
  readonly tls?: HubTlsOptions;
  readonly broker?: BrokerAccess;
  /** Which groups the host listens to, and how long it waits for messages that are missing. */
  readonly sparkplug?: IngestOptions["sparkplug"];
  /** Default: a file in the data folder. */
  readonly database?: DatabaseAccess;
  /** Default: a file in the data folder. */
  readonly telemetry?: TelemetryAccess;
  /** Older samples are dropped; absent: none is. Of the embedded store only. */
  readonly telemetryDays?: number;
  /** Targets of notices; absent: nobody is told anything. */
  readonly channelsFile?: string;
  /** How long lines of the audit log are kept, days; absent: three years. */
  readonly auditDays?: number;
  /** Service plans beside those that come along; see `loadHubPlans`. */
  readonly plansFolder?: string;
  /** Servers of other makers to read. */
  readonly aempSources?: IngestOptions["aempSources"];
  readonly log: Logger;
  /** Of tickets, people, stock and the intake; what machines send has times of its own. Default: the system's. */
  readonly clock?: Clock;
  /** Machines are made by a simulator: every page says so. */
  readonly isSimulated?: boolean;
}

export interface Hub {
  /** Base address of pages and API. */
  readonly url: string;
  readonly mqttUrl: string;
  readonly data: string;
  /** Set at the very first start only: to be printed once, it is stored nowhere. */
  readonly adminPassword: string | undefined;
  readonly workshop: HubWorkshop;
  /** Does what has come due by the clock, without waiting for the time when it would be looked at. */
  turn(): Promise<void>;
  stop(): Promise<void>;
}
