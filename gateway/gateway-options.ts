import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Disk } from "@firebreak/log/disk.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { ConfigurationCommand, ConfigurationReport } from "@firebreak/wire/configuration.ts";
import type { BlackBoxSettings } from "./blackbox/black-box.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import type { HubAccess } from "./hub-access.ts";
import type { InspectedMachine } from "./local/facts.ts";
import type { DataBudget } from "./publish/data-budget.ts";
import type { BrokerAddress } from "./publish/mqtt-link.ts";
import type { WindowOptions } from "./publish/window.ts";
import type { CommandedGateway } from "./remote/remote-layer.ts";
import type { Source, SourceContext } from "./sources/source.ts";
import { defaultMemoryBytes } from "./spool/spool-options.ts";

export interface GatewayMachine {
  readonly machineId: string;
  readonly plan: Plan;
  readonly dataBudget?: DataBudget;
  /** Called once, when the machine's dictionary is known. */
  readonly sources: (context: SourceContext) => readonly Source[];
}

export interface GatewayOptions {
  readonly gatewayId: string;
  readonly hub: HubAccess | BrokerAddress | (() => Promise<BrokerAddress>);
  readonly spoolFolder: string;
  /** Bound of the spool on disk, bytes. */
  readonly spoolBytes?: number;
  /** For tests: a disk that fails. */
  readonly spoolDisk?: Disk;
  /** Bound of what is kept in memory while the disk takes nothing, bytes. */
  readonly memoryBytes?: number;
  readonly machines: readonly GatewayMachine[];
  /** Raw frames around trouble codes; what is left out has its default. */
  readonly blackBox?: Partial<BlackBoxSettings>;
  /** Begins a new numbering and time line, as a replay must. */
  readonly isNewEpoch?: boolean;
  /** A batch leaves the pipeline at this age, ms. */
  readonly batchAgeMs?: number;
  /** At most so much of the newest data is lost in a power cut, ms. */
  readonly syncIntervalMs?: number;
  readonly reconnect?: { readonly minMs: number; readonly capMs: number };
  readonly window?: Partial<WindowOptions>;
  /** So long a hub may take to answer a birth before data go out all the same, ms. */
  readonly openingMs?: number;
  readonly keepaliveSeconds?: number;
  /** So long one address of a broker may take to answer, ms. */
  readonly connectTimeoutMs?: number;
  /** Addresses of a name; default: the system's resolver. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** How often it is looked at whether the certificate is due for renewal, ms. */
  readonly certificateLookMs?: number;
  /** How often its own health is looked at, and told if it has changed, ms. */
  readonly healthLookMs?: number;
  /** Whether something keeps the system clock; default: what the system says. */
  readonly isNtpSynchronized?: () => Promise<boolean>;
  /** Takes configurations that the hub sends; absent: none is taken. */
  readonly layer?: LayerPort;
  /** Called at most once, with an error that nobody expected: it cannot go on, and is to be stopped and started anew. */
  readonly onBroken?: (error: unknown) => void;
  readonly clock?: Clock;
  readonly log: Logger;
}

/** Where configurations of the hub go, and what is said of them. */
export interface LayerPort {
  take(command: ConfigurationCommand, gateway: CommandedGateway): void;
  /** `since`: the first batch made by this run. */
  report(since: ConfigurationReport["since"]): ConfigurationReport;
}

export interface Gateway {
  /** Tells the hub what came of its configuration, now if there is a session. */
  tellConfiguration(): void;
  status(): GatewayStatus;
  /** What came of every signal, and the sources it comes from, to find what is wrong with an installation. */
  inspect(): readonly InspectedMachine[];
  /** Resolves when every source has come to its end; fails with the error of one that failed for good, or that it broke by. */
  ended(): Promise<void>;
  /** Resolves when everything produced so far is on disk and acknowledged by the hub. */
  drained(): Promise<void>;
  /** Stops reading, brings what is in memory to disk, says goodbye to the hub. What is not acknowledged stays. */
  stop(): Promise<void>;
}

export const gatewayDefaults = {
  spoolBytes: 1024 * 1024 * 1024,
  memoryBytes: defaultMemoryBytes,
  batchAgeMs: 1_000,
  syncIntervalMs: 500,
  reconnect: { minMs: 1_000, capMs: 120_000 },
  window: {
    maxBytes: 1024 * 1024,
    maxBatches: 512,
    backlogShare: 0.75,
    smallBacklogBytes: 128 * 1024,
    stallMs: 10_000,
    startBytes: 64 * 1024,
    targetMs: 4_000,
  },
  openingMs: 5_000,
  keepaliveSeconds: 20,
} as const;
